"""The catalogue as submissions and the form need it: kept per process, checked for freshness by one small query.

What is kept is thrown away as soon as there is another load, or a company added or withdrew a question.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from cxorders.organisation.models import Unit
from feedback.text.warning import Rules, Term, lexicon_from, rules_from
from touchpoints.catalogue.enums import QuestionType
from touchpoints.catalogue.models import FeedbackMethod, IssueCategory, KeyPoint, Question, Section
from touchpoints.orders.models import StageType

Questions = dict[int, tuple[Question, ...]]
"""key point → its questions, in the order they are asked"""

Stamp = tuple[int | None, int | None, int | None]
"""the last load, the last question of a company, how many of its questions are withdrawn"""


@dataclass(frozen=True)
class StagePlace:
    """Where a stage type stands: touchpoint, key points (those with an overall item first), usual methods."""

    touchpoint_id: int
    key_point_ids: tuple[int, ...]
    probes: tuple[str, ...]
    first: KeyPoint | None
    """the key point that is asked first: the first of the stage, or the first at its touchpoint where it has none"""


@dataclass(frozen=True)
class Reference:
    """The group's catalogue, as one load left it."""

    lexicon: tuple[Term, ...]
    rules: Rules
    methods: dict[str, FeedbackMethod]
    """by code, those in use, in the order of the file"""
    places: dict[int, StagePlace]
    """by stage type"""
    key_points: dict[str, KeyPoint]
    """by code, those in use with process and touchpoint, in the order of the file"""
    questions: Questions
    categories: dict[str, IssueCategory]
    """by code, those in use, with their severity and group"""
    callback_rules: dict[str, dict[str, Any]]
    """by code, word for word"""


@dataclass(frozen=True)
class Sheet:
    """A key point with the questions asked there in one company, and the catalogue they come from."""

    key_point: KeyPoint
    company_id: int | None
    questions: tuple[Question, ...]
    reference: Reference

    @property
    def overall(self) -> Question | None:
        """The overall item: the first satisfaction question; without one the form asks it as a question of its own."""
        return next((q for q in self.questions if q.type == QuestionType.CSAT5), None)


@dataclass(frozen=True)
class Catalogue:
    """The catalogue as one company uses it."""

    company_id: int | None
    reference: Reference
    own: Questions

    def sheet(self, key_point: KeyPoint) -> Sheet:
        """The questions of `key_point`: the group's, then the company's own."""
        pk = key_point.pk
        questions = self.reference.questions.get(pk, ()) + self.own.get(pk, ())
        return Sheet(
            self.reference.key_points.get(key_point.code, key_point), self.company_id, questions, self.reference
        )

    def sheet_by_code(self, code: str) -> Sheet | None:
        """As `sheet`, by the code of the key point; None when no key point in use has it."""
        key_point = self.reference.key_points.get(code)
        return None if key_point is None else self.sheet(key_point)


_references: dict[int, Reference] = {}
_own: dict[tuple[int, Stamp], Questions] = {}
_MOST_COMPANIES = 200


def forget_catalogue() -> None:
    """Drop what this process keeps; for tests, whose rows come back under old keys."""
    _references.clear()
    _own.clear()


def kept_references() -> dict[int, Reference]:
    """Load → catalogue, as this process keeps it; for tests, which put back what stood before them."""
    return _references


def catalogue_for(company: Unit | None) -> Catalogue:
    """The catalogue of `company` (None: the group's). One query, unless something changed since the last time."""
    stamp = _stamp(company.pk if company is not None else None)
    reference = _reference(stamp[0])
    if company is None:
        return Catalogue(None, reference, {})
    return Catalogue(company.pk, reference, _own_questions(company.pk, stamp))


def sheet_for(key_point: KeyPoint, company: Unit) -> Sheet:
    """The questions of `key_point` in `company`."""
    return catalogue_for(company).sheet(key_point)


def reference() -> Reference:
    """The group's catalogue as it is now."""
    return catalogue_for(None).reference


def _stamp(company_id: int | None) -> Stamp:
    # by hand: this runs before every submission, and the ORM would take longer than the database
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT MAX(id) FROM touchpoints_catalogueload), MAX(id), SUM(CASE WHEN retired THEN 1 ELSE 0 END) "
            "FROM touchpoints_question WHERE company_id = %s",
            [company_id],
        )
        load, last, withdrawn = cursor.fetchone()
    return (load, last, withdrawn)


def _reference(load: int | None) -> Reference:
    if load is None:  # nothing was loaded as a whole: rows may change one by one
        return _read_reference()
    kept = _references.get(load)
    if kept is None:
        kept = _read_reference()
        _references.clear()
        _references[load] = kept
    return kept


def _own_questions(company_id: int, stamp: Stamp) -> Questions:
    if stamp[1] is None:
        return {}
    kept = _own.get((company_id, stamp))
    if kept is None:
        kept = _grouped(list(Question.objects.filter(company_id=company_id, retired=False)))
        if len(_own) >= _MOST_COMPANIES:
            _own.clear()
        _own[(company_id, stamp)] = kept
    return kept


def _grouped(questions: list[Question]) -> Questions:
    grouped: dict[int, list[Question]] = {}
    for question in sorted(questions, key=lambda q: (q.position, q.code)):
        grouped.setdefault(question.key_point_id, []).append(question)
    return {key: tuple(rows) for key, rows in grouped.items()}


def _read_reference() -> Reference:
    wanted = Section.objects.filter(code__in=("lexicon", "warning_rules", "callback_rules"))
    sections = dict(wanted.values_list("code", "body"))
    points = (
        KeyPoint.objects.filter(retired=False)
        .select_related("touchpoint", "process")
        .order_by("touchpoint__position", "position", "code")
    )
    key_points = {point.code: point for point in points}
    questions = _grouped(list(Question.objects.filter(company=None, retired=False)))
    return Reference(
        lexicon=lexicon_from(sections.get("lexicon", ())),
        rules=rules_from(sections.get("warning_rules", {})),
        methods={row.code: row for row in FeedbackMethod.objects.filter(retired=False).order_by("position", "code")},
        places=_places(key_points, questions),
        key_points=key_points,
        questions=questions,
        categories={
            row.code: row for row in IssueCategory.objects.filter(retired=False).select_related("severity", "group")
        },
        callback_rules={row["code"]: row for row in sections.get("callback_rules") or ()},
    )


def _places(key_points: dict[str, KeyPoint], questions: Questions) -> dict[int, StagePlace]:
    of_stage: dict[int, set[int]] = {}
    for stage_type, key_point in StageType.key_points.through.objects.order_by().values_list(
        "stagetype_id", "keypoint_id"
    ):
        of_stage.setdefault(stage_type, set()).add(key_point)
    rated = {key for key, asked in questions.items() if any(q.type == QuestionType.CSAT5 for q in asked)}
    by_key = {point.pk: point for point in key_points.values()}
    places = {}
    for pk, touchpoint, probes in StageType.objects.order_by().values_list("pk", "touchpoint_id", "probes"):
        own = [point.pk for point in key_points.values() if point.pk in of_stage.get(pk, ())]
        own.sort(key=lambda key: key not in rated)  # stable: else in the order of the file
        near = (point for point in key_points.values() if point.touchpoint_id == touchpoint)
        places[pk] = StagePlace(touchpoint, tuple(own), tuple(probes), by_key[own[0]] if own else next(near, None))
    return places
