"""Reads of the standards: a company's own values by day, the list as it works by them, where a figure comes from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from cxorders.organisation.access import may
from cxorders.organisation.models import Unit, User
from touchpoints.catalogue.models import Department, KeyPoint
from touchpoints.catalogue.overriding import OwnValue
from touchpoints.catalogue.queries import Requirement, section
from touchpoints.standards import policy
from touchpoints.standards.enums import Evidence, Standing, VersionState
from touchpoints.standards.models import Standard, StandardVersion

MOST_WAITING = 200
MOST_HISTORY = 50


# ---- a company's own values --------------------------------------------------------------------------------------


def own_values(company: Unit, on: date) -> dict[str, OwnValue]:
    """Standard code → the company's own value in force on the day `on`. One query.

    The group may have become stricter since; who freezes a promise or shows a limit takes the stricter one.
    """
    rows = StandardVersion.objects.approved_on(on).filter(company=company, value__isnull=False)
    return {row.standard.code: _own(row) for row in rows.select_related("standard").order_by("pk")}


def own_limits(company: Unit, on: date) -> dict[str, Any]:
    """Standard code → the bare value of `own_values`, for whoever freezes a promise on the day `on`. One query."""
    return {code: own.value for code, own in own_values(company, on).items()}


@dataclass(frozen=True)
class OwnHistory:
    """All approved values of a company, for who asks about many days (imports)."""

    versions: Sequence[StandardVersion]

    def on(self, day: date) -> dict[str, Any]:
        """Standard code → own value in force on `day`."""
        return {
            row.standard.code: row.value
            for row in self.versions
            if row.value is not None and row.standing(day) == Standing.IN_FORCE
        }


def own_history(company: Unit) -> OwnHistory:
    """One query, whatever the number of days asked about afterwards."""
    rows = StandardVersion.objects.filter(company=company, state=VersionState.APPROVED).select_related("standard")
    return OwnHistory(list(rows.order_by("valid_from", "pk")))


def _own(version: StandardVersion) -> OwnValue:
    return OwnValue(version.value, version.valid_from, version.valid_to)


# ---- what waits for a decision -----------------------------------------------------------------------------------


def waiting_for(user: User) -> list[StandardVersion]:
    """Proposals this person may decide, the oldest first. One query."""
    rows = StandardVersion.objects.visible_to(user).filter(state=VersionState.DRAFT)
    shown = rows.select_related("standard", "company", "proposed_by").order_by("proposed_at", "pk")[:MOST_WAITING]
    return [row for row in shown if policy.may_decide(user, row)]


def count_waiting(user: User) -> int:
    """How many proposals this person may decide; 0 without a query where the role decides none, else one query."""
    if not may(user, "standard.approve"):
        return 0
    rows = StandardVersion.objects.visible_to(user).filter(state=VersionState.DRAFT)
    return rows.exclude(proposed_by=user).count()


def approved_beside(versions: Sequence[StandardVersion], on: date) -> dict[int, list[StandardVersion]]:
    """Key of a proposal → what its company has approved for the day `on` and later, by the first day. One query."""
    rows = StandardVersion.objects.approved_since(on).filter(
        company__in={row.company_id for row in versions}, standard__in={row.standard_id for row in versions}
    )
    own: dict[tuple[int, int], list[StandardVersion]] = defaultdict(list)
    for row in rows.select_related("standard").order_by("valid_from", "pk"):
        own[row.company_id, row.standard_id].append(row)
    return {row.pk: own[row.company_id, row.standard_id] for row in versions}


# ---- the list ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandardFilter:
    """Which standards are wanted; empty values filter nothing."""

    touchpoint: str = ""
    text: str = ""
    evidence: str = ""
    adjusted: bool = False


@dataclass(frozen=True)
class StandardLine:
    """One standard with the company's own value beside the group's, what comes next and what waits for approval."""

    standard: Standard
    requirement: Requirement
    department: str
    coming: StandardVersion | None = None
    draft: StandardVersion | None = None

    @property
    def adjusted(self) -> bool:
        """Whether the company asks more of itself, or is about to."""
        return self.requirement.tightened or self.coming is not None or self.draft is not None


@dataclass(frozen=True)
class Source:
    """Where a figure was taken from; `name` and `facts` of a public text, only the kind of anything else."""

    code: str
    kind: str
    name: str = ""
    facts: str = ""


@dataclass(frozen=True)
class StandardDetail:
    """A standard in full: the company's versions, the newest first, sources of its figure, key points it is kept at."""

    line: StandardLine
    versions: list[StandardVersion] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    key_points: list[KeyPoint] = field(default_factory=list)


def standard_lines(company: Unit | None, wanted: StandardFilter | None = None, *, on: date) -> list[StandardLine]:
    """The standards as `company` works by them on the day `on` (None: the group), in the order of the file."""
    wanted = wanted or StandardFilter()
    rows = Standard.objects.filter(retired=False).select_related("touchpoint").order_by("position", "code")
    if wanted.touchpoint:
        rows = rows.filter(touchpoint__code=wanted.touchpoint)
    if wanted.evidence:
        rows = rows.filter(evidence=wanted.evidence)
    for word in wanted.text.split()[:5]:
        rows = rows.filter(Q(zh__icontains=word) | Q(en__icontains=word) | Q(code__iexact=word))
    lines = _lines(rows, company, on)
    return [line for line in lines if line.adjusted or not wanted.adjusted]


def standard_detail(code: str, company: Unit | None, *, on: date) -> StandardDetail | None:
    """The standard `code` in full as on the day `on`; None where none of that code is in use."""
    lines = _lines(Standard.objects.filter(code=code, retired=False).select_related("touchpoint"), company, on)
    if not lines:
        return None
    points = KeyPoint.objects.filter(retired=False).select_related("touchpoint").order_by("position", "code")
    return StandardDetail(
        line=lines[0],
        versions=_versions(lines[0].standard, company),
        sources=_sources(lines[0].standard),
        key_points=[point for point in points if code in point.standards],
    )


def evidence_kinds() -> list[str]:
    """The kinds of evidence the standards in force rest on."""
    rows = Standard.objects.filter(retired=False).exclude(evidence="").order_by("evidence")
    return list(rows.values_list("evidence", flat=True).distinct())


def _lines(rows: Any, company: Unit | None, on: date) -> list[StandardLine]:
    present = _present(company, on)
    departments = {row.code: row.name for row in Department.objects.all()}
    return [_line(row, present[row.pk], departments, on) for row in rows]


def _present(company: Unit | None, on: date) -> dict[int, list[StandardVersion]]:
    """Standard → versions of `company` in force, coming or waiting on the day `on`, by their first day. One query."""
    found: dict[int, list[StandardVersion]] = defaultdict(list)
    if company is not None:
        rows = StandardVersion.objects.filter(company=company).select_related("standard")
        live = Q(state=VersionState.APPROVED) & (Q(valid_to=None) | Q(valid_to__gte=on))
        for row in rows.filter(live | Q(state=VersionState.DRAFT)).order_by("valid_from", "pk"):
            found[row.standard_id].append(row)
    return found


def _line(standard: Standard, versions: list[StandardVersion], departments: dict[str, str], on: date) -> StandardLine:
    by_standing: dict[Standing, StandardVersion] = {}
    coming = None
    for row in versions:
        by_standing.setdefault(row.standing(on), row)
        if coming is None and row.state == VersionState.APPROVED and row.valid_from > on:
            coming = row
    now = by_standing.get(Standing.IN_FORCE)
    own = _own(now) if now is not None and now.value is not None else None
    return StandardLine(
        standard=standard,
        requirement=Requirement(standard.code, standard.name, standard.op, standard.unit, standard.value, own),
        department=departments.get(standard.department_code, standard.department_code),
        coming=coming,
        draft=by_standing.get(Standing.DRAFT),
    )


def _versions(standard: Standard, company: Unit | None) -> list[StandardVersion]:
    """Every version of `company`, rejected ones too, the newest first day first. One query."""
    if company is None:
        return []
    rows = StandardVersion.objects.filter(standard=standard, company=company)
    shown = rows.select_related("standard", "proposed_by", "decided_by", "displayed_by")
    return list(shown.order_by("-valid_from", "-pk")[:MOST_HISTORY])


def _sources(standard: Standard) -> list[Source]:
    known = section("sources") or {}
    return [_source(code, known.get(code) or {}) for code in standard.body.get("source") or []]


def _source(code: str, about: dict[str, Any]) -> Source:
    kind = str(about.get("kind", ""))
    if kind != Evidence.PUBLIC:
        return Source(code, str(Evidence(kind).label) if kind in Evidence.values else kind)
    label = str(Evidence.PUBLIC.label)
    return Source(code, label, str(about.get("name", "")), str(about.get("facts", "")))
