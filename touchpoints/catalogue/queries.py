"""Reads of the catalogue: a company's own values, its questions, the map as a tree, one key point in full."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q

from cxorders.organisation.models import Unit
from touchpoints.catalogue.models import (
    Department,
    FeedbackMethod,
    IssueCategory,
    KeyPoint,
    Override,
    Process,
    Question,
    Section,
    Touchpoint,
)
from touchpoints.catalogue.overriding import OwnValue, own_values
from touchpoints.catalogue.tightening import is_tighter
from touchpoints.catalogue.wording import limit


def effective(kind: str, code: str, field: str, default: Any, company: Unit | None) -> Any:
    """The value `company` uses for `field` of the row `code` of section `kind`: its own, else the group's `default`."""
    if company is None:
        return default
    own = Override.objects.filter(company=company, kind=kind, code=code, field=field).values_list("value").first()
    return default if own is None else own[0]


def overrides_of(company: Unit | None, kind: str, field: str) -> dict[str, Override]:
    """Row code → what `company` set for `field` of the rows of `kind`, with the person who did."""
    if company is None:
        return {}
    rows = Override.objects.filter(company=company, kind=kind, field=field).select_related("by")
    return {row.code: row for row in rows}


def questions_for(key_point: KeyPoint, company: Unit | None) -> list[Question]:
    """What is asked at `key_point`: the group's questions, then those `company` added."""
    return list(_asked(company).filter(key_point=key_point).order_by("position", "code"))


def categories_for(key_point: KeyPoint) -> list[IssueCategory]:
    """The issue categories that usually arise at `key_point`, in the order of the file; the first is the likeliest."""
    rows = IssueCategory.objects.filter(code__in=key_point.issue_categories, retired=False)
    found = {row.code: row for row in rows.select_related("severity", "group")}
    return [found[code] for code in key_point.issue_categories if code in found]


def department_code_for(category: IssueCategory, company: Unit | None) -> str:
    """The catalogue code of the department of `company` that answers for `category` (RT-05)."""
    return str(effective("issue_categories", category.code, "department_code", category.department_code, company))


def section(code: str) -> Any:
    """A section of the catalogue file word for word; None where the file has none of that name."""
    return Section.objects.filter(code=code).values_list("body", flat=True).first()


def _asked(company: Unit | None) -> Any:
    whose = Q(company=None) if company is None else Q(company=None) | Q(company=company)
    return Question.objects.filter(whose, retired=False)


# ---- the map -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Requirement:
    """One standard as the group has it and as the company has it on one day."""

    code: str
    name: str
    op: str
    unit: str
    value: Any
    own: OwnValue | None = None

    @property
    def group_limit(self) -> str:
        """The group's requirement in words."""
        return limit(self.op, self.value, self.unit)

    @property
    def own_limit(self) -> str:
        """The company's own requirement in words, "" where it has none."""
        return limit(self.op, self.own.value, self.unit) if self.own else ""

    @property
    def tightened(self) -> bool:
        """Whether the company's own value is the stricter one."""
        return self.own is not None and is_tighter(self.op, self.value, self.own.value)

    @property
    def limit(self) -> str:
        """The requirement that counts: the stricter one."""
        return self.own_limit if self.tightened else self.group_limit


@dataclass(frozen=True)
class MapPoint:
    """A line of the tree: one key point."""

    key_point: KeyPoint
    requirements: list[Requirement]
    methods: list[str]
    questions: int
    added: int
    tightened: bool
    moved: bool

    @property
    def adjusted(self) -> bool:
        """Whether the company changed anything here."""
        return bool(self.added or self.tightened or self.moved)


@dataclass
class MapProcess:
    """A process with its key points."""

    process: Process
    points: list[MapPoint] = field(default_factory=list)


@dataclass
class MapTouchpoint:
    """A touchpoint with its processes."""

    touchpoint: Touchpoint
    processes: list[MapProcess] = field(default_factory=list)

    @property
    def points(self) -> list[MapPoint]:
        """All key points of the touchpoint."""
        return [point for process in self.processes for point in process.points]

    @property
    def adjusted(self) -> int:
        """How many of them the company changed."""
        return sum(point.adjusted for point in self.points)


@dataclass(frozen=True)
class MapFilter:
    """What of the map is wanted; empty values filter nothing."""

    touchpoint: str = ""
    text: str = ""
    industry: str = ""
    adjusted: bool = False


def the_map(company: Unit | None, wanted: MapFilter | None = None, *, on: date) -> list[MapTouchpoint]:
    """The map as `company` works by it on the day `on` (None: the group), without touchpoints that have nothing wanted.

    A constant number of queries, whatever the size of the catalogue.
    """
    wanted = wanted or MapFilter()
    requirements = _requirements(company, on)
    counts: dict[int, tuple[int, int]] = {
        row["key_point_id"]: (row["all"], row["own"])
        for row in _asked(company)
        .order_by()
        .values("key_point_id")
        .annotate(all=Count("pk"), own=Count("pk", filter=Q(company__isnull=False)))
    }
    methods = {row.code: row.name for row in FeedbackMethod.objects.filter(retired=False)}
    moved = overrides_of(company, "issue_categories", "department_code").keys()
    points: dict[int, list[MapPoint]] = defaultdict(list)
    for key_point in _wanted_points(wanted):
        standards = [requirements[code] for code in key_point.standards if code in requirements]
        asked, added = counts.get(key_point.pk, (0, 0))
        point = MapPoint(
            key_point=key_point,
            requirements=standards,
            methods=[methods[code] for code in key_point.methods if code in methods],
            questions=asked,
            added=added,
            tightened=any(requirement.tightened for requirement in standards),
            moved=not moved.isdisjoint(key_point.issue_categories),
        )
        if point.adjusted or not wanted.adjusted:
            points[key_point.process_id].append(point)
    return _tree(points)


def _wanted_points(wanted: MapFilter) -> Iterable[KeyPoint]:
    rows = KeyPoint.objects.filter(retired=False).order_by("position", "code")
    if wanted.touchpoint:
        rows = rows.filter(touchpoint__code=wanted.touchpoint)
    if wanted.industry:
        rows = rows.filter(industry__in=["all", wanted.industry])
    for word in wanted.text.split()[:5]:
        asked = Question.objects.filter(Q(zh__icontains=word) | Q(en__icontains=word), retired=False, company=None)
        rows = rows.filter(
            Q(zh__icontains=word)
            | Q(en__icontains=word)
            | Q(process__zh__icontains=word)
            | Q(process__en__icontains=word)
            | Q(code__iexact=word)
            | Q(pk__in=asked.order_by().values("key_point_id"))
        )
    return rows


def _tree(points: dict[int, list[MapPoint]]) -> list[MapTouchpoint]:
    tree = {row.pk: MapTouchpoint(row) for row in Touchpoint.objects.filter(retired=False).order_by("position", "code")}
    for process in Process.objects.filter(retired=False, pk__in=list(points)).order_by("position", "code"):
        if process.touchpoint_id in tree:
            tree[process.touchpoint_id].processes.append(MapProcess(process, points[process.pk]))
    return [branch for branch in tree.values() if branch.processes]


def _requirements(company: Unit | None, on: date) -> dict[str, Requirement]:
    """Every standard in force by code. Standards live one floor above; they are reached through the touchpoint."""
    own = own_values("standards", company, on)
    places = Touchpoint.objects.order_by("position").prefetch_related("standards")
    return {
        row.code: Requirement(row.code, row.name, row.op, row.unit, row.value, own.get(row.code))
        for place in places
        for row in place.standards.all()
        if not row.retired
    }


@dataclass(frozen=True)
class Destination:
    """An issue category of a key point and the department that answers, the company's choice beside the group's."""

    category: IssueCategory
    department: str
    group_department: str
    own: Override | None


@dataclass(frozen=True)
class PointDetail:
    """Everything about one key point for one company."""

    key_point: KeyPoint
    department: str
    requirements: list[Requirement]
    questions: list[Question]
    methods: list[FeedbackMethod]
    destinations: list[Destination]

    @property
    def added(self) -> int:
        """How many questions the company added."""
        return sum(question.company_id is not None for question in self.questions)

    @property
    def tightened(self) -> bool:
        """Whether the company asks more of itself than the group here."""
        return any(requirement.tightened for requirement in self.requirements)


def point_detail(code: str, company: Unit | None, *, on: date) -> PointDetail | None:
    """The key point `code` in full as `company` works by it on the day `on`; None where there is none in force."""
    rows = KeyPoint.objects.filter(code=code, retired=False).select_related("process", "touchpoint")
    key_point = rows.first()
    if key_point is None:
        return None
    requirements = _requirements(company, on)
    departments = {row.code: row.name for row in Department.objects.filter(retired=False)}
    moved = overrides_of(company, "issue_categories", "department_code")
    methods = {row.code: row for row in FeedbackMethod.objects.filter(code__in=key_point.methods, retired=False)}

    def name(department_code: str) -> str:
        return departments.get(department_code, department_code)

    def destination(category: IssueCategory) -> Destination:
        own = moved.get(category.code)
        answers = own.value if own else category.department_code
        return Destination(category, name(answers), name(category.department_code), own)

    return PointDetail(
        key_point=key_point,
        department=name(key_point.process.department_code),
        requirements=[requirements[code] for code in key_point.standards if code in requirements],
        questions=questions_for(key_point, company),
        methods=[methods[code] for code in key_point.methods if code in methods],
        destinations=[destination(category) for category in categories_for(key_point)],
    )
