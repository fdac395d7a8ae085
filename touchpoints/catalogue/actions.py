"""Verbs of the catalogue: loading the file, and what one company changes for itself."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import department_of
from touchpoints.catalogue import loading, overriding
from touchpoints.catalogue.enums import QuestionType
from touchpoints.catalogue.loading import Part
from touchpoints.catalogue.models import CatalogueLoad, IssueCategory, KeyPoint, Override, Question
from touchpoints.catalogue.policy import may_override
from touchpoints.catalogue.reading import Document, Problem, Unreadable, read

DEFAULT_FILE = Path(__file__).parent / "data" / "catalogue.yaml"


class CatalogueError(BusinessError):
    """The catalogue file is not right; every problem is listed with its line, and nothing was changed."""

    code = "catalogue_file"
    zh = "目录文件有 {count} 处错误，什么都没有改动："
    en = "The catalogue file has {count} errors; nothing was changed:"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(count=len(problems))

    def in_language(self, language: str) -> str:
        told = [problem.in_language(language) for problem in self.problems]
        return "\n".join([super().in_language(language), *told])


class CatalogueFileMissing(BusinessError):
    """There is no readable file at the path."""

    code = "catalogue_file_missing"
    zh = "读不到目录文件 {path}。"
    en = "The catalogue file {path} cannot be read."


def load_catalogue(
    path: Path | str = DEFAULT_FILE, *, at: datetime, by: User | None = None, parts: Iterable[Part] = ()
) -> CatalogueLoad:
    """Make the tables equal to the catalogue file; the same file a second time changes nothing.

    In order: the whole file is read and checked, by the catalogue and by each of `parts` (the loaders of standards and
    order types); then, in one transaction, rows are created, changed or retired by code and all sections are kept word
    for word. Overrides and questions of companies are never touched. Journal row "catalogue.loaded" where something
    changed; `counts` of the returned row says what, section by section, and an unsaved row means nothing did.
    Raises CatalogueFileMissing, CatalogueError.
    """
    own = Part(loading.check, loading.apply)
    everything = [own, *parts]
    document = _checked(Path(path), everything)
    with transaction.atomic():
        counts = {name: count for part in everything for name, count in part.apply(document).items()}
        load = CatalogueLoad(
            version=str(document.at("meta", "version") or "")[:20],
            sha256=document.sha256,
            loaded_at=at,
            counts={name: asdict(count) for name, count in counts.items()},
        )
        if load.moved:
            load.save()
            record(load, "catalogue.loaded", by=by, at=at, version=load.version, counts=load.moved)
    return load


def _checked(path: Path, parts: list[Part]) -> Document:
    try:
        document = read(path.read_bytes())
    except OSError as error:
        raise CatalogueFileMissing(path=path.name) from error
    except Unreadable as error:
        raise CatalogueError(error.problems) from error
    problems = sorted({problem for part in parts for problem in part.check(document)})
    if problems:
        raise CatalogueError(problems)
    return document


class NotOverridable(BusinessError):
    """The group keeps this value for everybody."""

    code = "not_overridable"
    zh = "这一项由集团统一规定，企业不能改。"
    en = "The group sets this value for everybody; a company cannot change it."


class SameAsGroup(BusinessError):
    """The value is the group's own."""

    code = "same_as_group"
    zh = "与集团规定相同，不用另设。"
    en = "This is the group's own value already."


class NoSuchDepartment(BusinessError):
    """The company has no open department with that code."""

    code = "no_such_department"
    zh = "本公司没有这个部门，不能转给它。"
    en = "Your company has no such department, so nothing can be sent there."


class NothingToClear(BusinessError):
    """The company follows the group already."""

    code = "nothing_to_clear"
    zh = "本公司这一项已经与集团相同。"
    en = "Your company follows the group here already."
    status = 409


class RowUnknown(BusinessError):
    """The catalogue has no such row in force."""

    code = "catalogue_row_unknown"
    zh = "目录里没有 {code}，或已停用。"
    en = "The catalogue has no {code}, or it is retired."
    status = 404


class QuestionEmpty(BusinessError):
    """A question needs words."""

    code = "question_empty"
    zh = "请写下要问客户的话，最多 {limit} 个字。"
    en = "Write the question for the customer, {limit} characters at most."


class QuestionTypeUnknown(BusinessError):
    """A company may ask for a rating, yes or no, a number or words."""

    code = "question_type"
    zh = "不支持这种答法。"
    en = "This kind of answer is not available."


class QuestionTwice(BusinessError):
    """The same words are asked at this key point already."""

    code = "question_twice"
    zh = "这个关键点已经有这一问。"
    en = "This key point already asks that."


class GroupQuestion(BusinessError):
    """Questions of the group stay: every company asks them."""

    code = "group_question"
    zh = "集团的问题各企业都要问，不能删。"
    en = "Every company asks the group's questions; they cannot be removed."


OWN_QUESTION_TYPES = tuple(t for t in QuestionType if t != QuestionType.CHOICE)
"""answers a company's own question may have; a choice would need its options"""

OWN_QUESTIONS_FROM = 1000
"""position of the first question of a company: after all of the group's"""


def own_department(company: Unit, code: str, given: Any) -> str:
    """The department of `company` that shall answer for the issue category `code`, instead of the group's choice.

    Raises RowUnknown, NoSuchDepartment, SameAsGroup.
    """
    category = IssueCategory.objects.filter(code=code, retired=False).first()
    if category is None:
        raise RowUnknown(code=code)
    if not isinstance(given, str) or department_of(company, given) is None:
        raise NoSuchDepartment(field="department")
    if given == category.department_code:
        raise SameAsGroup(field="department")
    return given


@transaction.atomic
def override_value(company: Unit, kind: str, code: str, field: str, value: Any, *, by: User, at: datetime) -> Override:
    """Let `company` use its own `value` for `field` of the row `code` of section `kind` from now on.

    In order: the value is cleaned by the rule registered for it (see `overriding`), kept, and a journal row
    "catalogue.overridden" tells from what to what. Orders on their way keep what was promised to them (O2).
    Raises NotAllowed, NotOverridable, and what the rule raises (NotTighter, NoSuchDepartment, RowUnknown …).
    """
    if not may_override(by, company):
        raise NotAllowed()
    rule = overriding.find(kind, field)
    if rule is None:
        raise NotOverridable()
    clean = rule.clean(company, code, value)
    place: dict[str, Any] = {"company": company, "kind": kind, "code": code, "field": field}
    before = Override.objects.filter(**place).first()
    row, _created = Override.objects.update_or_create(**place, defaults={"value": clean, "by": by, "at": at})
    change = {"from": before.value if before else None, "to": clean}
    record(row, "catalogue.overridden", by=by, at=at, kind=kind, code=code, field=field, **change)
    return row


@transaction.atomic
def clear_override(company: Unit, kind: str, code: str, field: str, *, by: User, at: datetime) -> None:
    """Let `company` follow the group again; journal row "catalogue.override_cleared".

    Raises NotAllowed, NothingToClear.
    """
    if not may_override(by, company):
        raise NotAllowed()
    row = Override.objects.select_for_update().filter(company=company, kind=kind, code=code, field=field).first()
    if row is None:
        raise NothingToClear()
    change = {"from": row.value, "to": None}
    record(row, "catalogue.override_cleared", by=by, at=at, kind=kind, code=code, field=field, **change)
    row.delete()


@transaction.atomic
def add_question(
    key_point: KeyPoint, *, company: Unit, zh: str, type: str, by: User, at: datetime, en: str = ""
) -> Question:
    """Let `company` ask one more question at `key_point`, after the group's; journal row "catalogue.question_added".

    Raises NotAllowed, RowUnknown, QuestionEmpty, QuestionTypeUnknown, QuestionTwice.
    """
    if not may_override(by, company):
        raise NotAllowed()
    zh, en = zh.strip(), en.strip()
    limit = Question._meta.get_field("zh").max_length or 0
    if not zh or len(zh) > limit or len(en) > (Question._meta.get_field("en").max_length or 0):
        raise QuestionEmpty(field="zh", limit=limit)
    if type not in OWN_QUESTION_TYPES:
        raise QuestionTypeUnknown(field="type")
    locked = KeyPoint.objects.select_for_update().get(pk=key_point.pk)  # numbers its questions one after the other
    if locked.retired:
        raise RowUnknown(code=locked.code)
    asked = Question.objects.filter(key_point=locked)
    if asked.filter(Q(company=None) | Q(company=company), zh=zh, retired=False).exists():
        raise QuestionTwice(field="zh")
    number = asked.filter(company=company).count() + 1
    question = Question.objects.create(
        key_point=locked,
        company=company,
        code=f"{locked.code}-U{company.pk}-{number}",
        zh=zh,
        en=en,
        type=type,
        position=OWN_QUESTIONS_FROM + number,
    )
    record(question, "catalogue.question_added", by=by, at=at, key_point=locked.code, zh=zh, type=type)
    return question


@transaction.atomic
def retire_question(question: Question, *, by: User, at: datetime) -> Question:
    """Stop asking a question of the own company; answers given so far stay. Journal row "catalogue.question_retired".

    Raises GroupQuestion, NotAllowed, NothingToClear (retired already).
    """
    if question.company is None:
        raise GroupQuestion()
    if not may_override(by, question.company):
        raise NotAllowed()
    if not Question.objects.filter(pk=question.pk, retired=False).update(retired=True):
        raise NothingToClear()
    question.retired = True
    record(question, "catalogue.question_retired", by=by, at=at, code=question.code, zh=question.zh)
    return question
