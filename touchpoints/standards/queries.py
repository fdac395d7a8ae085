"""Reads of the standards: the list as one company works by it, and where a figure comes from."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from cxorders.organisation.models import Unit
from touchpoints.catalogue.models import Department, KeyPoint
from touchpoints.catalogue.queries import Requirement, overrides_of, section
from touchpoints.standards.enums import Evidence
from touchpoints.standards.models import Standard


@dataclass(frozen=True)
class StandardFilter:
    """Which standards are wanted; empty values filter nothing."""

    touchpoint: str = ""
    text: str = ""
    evidence: str = ""
    adjusted: bool = False


@dataclass(frozen=True)
class StandardLine:
    """One standard with the company's own value beside the group's."""

    standard: Standard
    requirement: Requirement
    department: str


@dataclass(frozen=True)
class Source:
    """Where a figure was taken from; `name` and `facts` of a public text, only the kind of anything else."""

    code: str
    kind: str
    name: str = ""
    facts: str = ""


@dataclass(frozen=True)
class StandardDetail:
    """A standard in full: sources of its figure and the key points it is kept at."""

    line: StandardLine
    sources: list[Source] = field(default_factory=list)
    key_points: list[KeyPoint] = field(default_factory=list)


def standard_lines(company: Unit | None, wanted: StandardFilter | None = None) -> list[StandardLine]:
    """The standards in force as `company` works by them (None: the group), in the order of the catalogue file."""
    wanted = wanted or StandardFilter()
    rows = Standard.objects.filter(retired=False).select_related("touchpoint").order_by("position", "code")
    if wanted.touchpoint:
        rows = rows.filter(touchpoint__code=wanted.touchpoint)
    if wanted.evidence:
        rows = rows.filter(evidence=wanted.evidence)
    for word in wanted.text.split()[:5]:
        rows = rows.filter(Q(zh__icontains=word) | Q(en__icontains=word) | Q(code__iexact=word))
    lines = _lines(rows, company)
    return [line for line in lines if line.requirement.tightened or not wanted.adjusted]


def standard_detail(code: str, company: Unit | None) -> StandardDetail | None:
    """The standard `code` in full; None where none of that code is in force."""
    lines = _lines(Standard.objects.filter(code=code, retired=False).select_related("touchpoint"), company)
    if not lines:
        return None
    points = KeyPoint.objects.filter(retired=False).select_related("touchpoint").order_by("position", "code")
    return StandardDetail(
        line=lines[0],
        sources=_sources(lines[0].standard),
        key_points=[point for point in points if code in point.standards],
    )


def evidence_kinds() -> list[str]:
    """The kinds of evidence the standards in force rest on."""
    rows = Standard.objects.filter(retired=False).exclude(evidence="").order_by("evidence")
    return list(rows.values_list("evidence", flat=True).distinct())


def _lines(rows: Any, company: Unit | None) -> list[StandardLine]:
    own = overrides_of(company, "standards", "value")
    departments = {row.code: row.name for row in Department.objects.all()}
    return [
        StandardLine(
            standard=row,
            requirement=Requirement(row.code, row.name, row.op, row.unit, row.value, own.get(row.code)),
            department=departments.get(row.department_code, row.department_code),
        )
        for row in rows
    ]


def _sources(standard: Standard) -> list[Source]:
    known = section("sources") or {}
    return [_source(code, known.get(code) or {}) for code in standard.body.get("source") or []]


def _source(code: str, about: dict[str, Any]) -> Source:
    kind = str(about.get("kind", ""))
    if kind != Evidence.PUBLIC:
        return Source(code, str(Evidence(kind).label) if kind in Evidence.values else kind)
    label = str(Evidence.PUBLIC.label)
    return Source(code, label, str(about.get("name", "")), str(about.get("facts", "")))
