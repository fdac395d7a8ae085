"""The catalogue's own sections of the file: what their rows must look like, and how they become rows of tables.

Other capabilities load theirs by handing a `Part` to `actions.load_catalogue`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.db import models

from cxorders.organisation.models import WorkRule
from touchpoints.catalogue.checking import (
    COMPANY_QUESTION,
    NAMED,
    Field,
    check_limit,
    check_row,
    check_section,
    check_twice,
    is_clock_time,
)
from touchpoints.catalogue.enums import QuestionType
from touchpoints.catalogue.models import (
    Department,
    FeedbackMethod,
    IssueCategory,
    IssueGroup,
    KeyPoint,
    Process,
    Question,
    Section,
    Segment,
    Severity,
    Touchpoint,
)
from touchpoints.catalogue.reading import Document, Problem, Row

DEPARTMENTS = ("org", "departments")
SEGMENTS = ("org", "customer_segments")
WORK_RULE = "standard"
INDUSTRIES = ("all", "gas", "telecom")
MONDAY_TO_FRIDAY = range(5)

_TOUCHPOINT = Field("code", ref="touchpoints")
_DEPARTMENT = Field("code", ref="departments", limit=20)
_METHODS = Field("list", ref="feedback_methods")
_LIMIT = Field("map")

FIELDS: dict[tuple[str, ...], dict[str, Field]] = {
    DEPARTMENTS: NAMED | {"code": Field("code", limit=20), "side": Field(limit=10)},
    SEGMENTS: NAMED | {"priority": Field("whole", low=1, high=9)},
    ("touchpoints",): NAMED | {"code": Field("code", limit=10), "department": _DEPARTMENT, "methods": _METHODS},
    ("processes",): NAMED | {"touchpoint": _TOUCHPOINT, "department": _DEPARTMENT, "direction": Field(limit=12)},
    ("feedback_methods",): NAMED
    | {
        "kind": Field(choices=("event", "sample", "periodic", "batch")),
        "data": Field(choices=("quant", "qual", "both")),
        "touchpoints": Field("list", ref="touchpoints"),
        "collector": Field(limit=20, ref="roles"),
        "deadline_h": Field("whole", low=0, high=10_000),
    },
    ("severities",): NAMED
    | {
        "ack": _LIMIT,
        "first_contact": _LIMIT,
        "resolve": _LIMIT,
        "pausable": Field("flag"),
        "escalate": Field("list"),
    },
    ("issue_groups",): NAMED,
    ("issue_categories",): NAMED
    | {
        "parent": Field("code", ref="issue_groups"),
        "severity": Field("code", ref="severities"),
        "department": _DEPARTMENT,
        "touchpoint": Field("code", ref="touchpoints", required=False, nullable=True),
        "kind": Field("any", required=False),
        "industry": Field(choices=INDUSTRIES),
    },
    ("key_points",): NAMED
    | {
        "code": Field("code", limit=24),  # leaves room for the codes of questions that companies add
        "process": Field("code", ref="processes"),
        "touchpoint": _TOUCHPOINT,
        "named_in_seed": Field("flag"),
        "industry": Field(choices=INDUSTRIES),
        "sensitivity": Field("whole", low=1, high=5),
        "improvability": Field("whole", low=1, high=5),
        "why_it_hurts": Field(limit=2000),
        "why_it_hurts_zh": Field(limit=2000, required=False),
        "questions": Field("rows"),
        "standards": Field("list", ref="standards"),
        "methods": _METHODS,
        "issue_categories": Field("list", ref="issue_categories"),
    },
}
QUESTION = NAMED | {"type": Field(choices=tuple(QuestionType.values))}


@dataclass(frozen=True)
class Count:
    """What a load did to one section."""

    created: int = 0
    changed: int = 0
    retired: int = 0
    same: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Part:
    """The loader of the sections one capability owns: a check without side effects, then the writing."""

    check: Callable[[Document], Iterable[Problem]]
    apply: Callable[[Document], dict[str, Count]]


# ---- checking ----------------------------------------------------------------------------------------------------


def known_codes(document: Document) -> dict[str, set[str]]:
    """Section → codes the file defines, for references between rows."""
    paths = {path[-1]: path for path in FIELDS} | {"standards": ("standards",), "order_types": ("order_types",)}
    known = {name: set(document.codes(*path)) for name, path in paths.items()}
    known["roles"] = set(document.codes("org", "roles")) | {"system"}
    return known


def check(document: Document) -> Iterator[Problem]:
    """Every problem of the catalogue's own sections."""
    known = known_codes(document)
    for path, fields in FIELDS.items():
        yield from check_section(document, path, fields, known)
    for row in document.rows("severities"):
        for name in ("ack", "first_contact", "resolve"):
            yield from check_limit(row, name)
    yield from _check_key_points(document)
    yield from _check_calendar(document)


def _check_key_points(document: Document) -> Iterator[Problem]:
    place = {row.code: row.values.get("touchpoint") for row in document.rows("processes")}
    questions: list[Row] = []
    for row in document.rows("key_points"):
        process = row.values.get("process")
        if process in place and place[process] != row.values.get("touchpoint"):
            zh = f"触点 {row.values.get('touchpoint')} 与流程 {process} 的触点 {place[process]} 不同"
            en = f"touchpoint {row.values.get('touchpoint')} differs from {place[process]} of its process {process}"
            yield row.problem(zh, en, "touchpoint")
        questions.extend(row.rows("questions"))
    for question in questions:
        yield from check_row(question, QUESTION, {})
        if COMPANY_QUESTION.search(question.code):
            zh = "以 -U数字-数字 结尾的编码留给企业自己的问题"
            yield question.problem(zh, "codes ending in -U<n>-<n> are kept for questions of companies", "code")
    yield from check_twice(questions)


def _check_calendar(document: Document) -> Iterator[Problem]:
    calendar = document.at("calendar")
    if not isinstance(calendar, dict):
        yield Problem(document.line("calendar"), "calendar", "缺少这一节", "this section is missing")
        return
    if calendar.get("timezone") not in available_timezones():
        line = document.line("calendar", "timezone")
        yield Problem(line, "calendar", "timezone 不是已知的时区", "timezone is not a known time zone")
    windows = calendar.get("windows")
    right = isinstance(windows, list) and windows and all(_is_window(pair) for pair in windows)
    flat = [edge for pair in windows for edge in pair] if right and isinstance(windows, list) else []
    if not right or flat != sorted(flat):
        zh = "windows 应当是按时间排列的时段，例如 [['08:30', '12:00'], ['13:30', '17:30']]"
        en = "windows must be periods in order, e.g. [['08:30', '12:00'], ['13:30', '17:30']]"
        yield Problem(document.line("calendar", "windows"), "calendar", zh, en)


def _is_window(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(map(is_clock_time, pair)) and pair[0] < pair[1]


# ---- writing -----------------------------------------------------------------------------------------------------


def apply_rows(
    model: type[models.Model], wanted: dict[Any, dict[str, Any]], *, key: str = "code", **scope: Any
) -> Count:
    """Make the rows of `model` inside `scope` equal to `wanted` (key → column values), in bulk.

    Rows that are not wanted any more are marked retired, those that came back are taken into use again.
    """
    manager = model._default_manager
    present = {getattr(row, key): row for row in manager.filter(**scope)}
    fresh, changed, retired = [], [], []
    columns: set[str] = set()
    for code, values in wanted.items():
        row = present.pop(code, None)
        if row is None:
            fresh.append(model(**scope, **{key: code}, **values))
            continue
        different = {name for name, value in (values | {"retired": False}).items() if getattr(row, name) != value}
        if different:
            for name in different:
                setattr(row, name, values.get(name, False))
            columns |= different
            changed.append(row)
    for row in present.values():
        if not row.retired:  # type: ignore[attr-defined]
            row.retired = True  # type: ignore[attr-defined]
            retired.append(row)
    manager.bulk_create(fresh)
    if changed:
        manager.bulk_update(changed, sorted(columns))
    if retired:
        manager.bulk_update(retired, ["retired"])
    same = len(wanted) - len(fresh) - len(changed)
    return Count(created=len(fresh), changed=len(changed), retired=len(retired), same=same)


def ids(model: type[models.Model]) -> dict[str, int]:
    """Code → key of every row, for references."""
    return dict(model._default_manager.values_list("code", "pk"))


def named(row: Row, position: int) -> dict[str, Any]:
    """The columns every catalogue row has."""
    return {"zh": row.values["zh"], "en": row.values["en"], "position": position}


def _plain(document: Document, path: tuple[str, ...], *columns: str) -> dict[str, dict[str, Any]]:
    return {
        row.code: named(row, n) | {column: row.values[column] for column in columns}
        for n, row in enumerate(document.rows(*path), start=1)
    }


def apply(document: Document) -> dict[str, Count]:
    """Write the catalogue's own sections, parents before children."""
    counts = {
        "departments": apply_rows(Department, _plain(document, DEPARTMENTS, "side")),
        "segments": apply_rows(Segment, _plain(document, SEGMENTS, "priority")),
        "feedback_methods": apply_rows(FeedbackMethod, _methods(document)),
        "touchpoints": apply_rows(Touchpoint, _with_department(document, "touchpoints", "methods")),
    }
    place = ids(Touchpoint)
    processes = _with_department(document, "processes", "direction")
    for row in document.rows("processes"):
        processes[row.code]["touchpoint_id"] = place[row.values["touchpoint"]]
    counts["processes"] = apply_rows(Process, processes)
    counts["severities"] = apply_rows(Severity, _severities(document))
    counts["issue_groups"] = apply_rows(IssueGroup, _plain(document, ("issue_groups",)))
    counts["issue_categories"] = apply_rows(IssueCategory, _categories(document, place))
    counts["key_points"] = apply_rows(KeyPoint, _key_points(document, place))
    counts["questions"] = apply_rows(Question, _questions(document), company=None)
    counts["work_rules"] = _apply_work_rule(document)
    counts["sections"] = _apply_sections(document)
    return counts


def _with_department(document: Document, section: str, *columns: str) -> dict[str, dict[str, Any]]:
    rows = _plain(document, (section,), *columns)
    for row in document.rows(section):
        rows[row.code]["department_code"] = row.values["department"]
    return rows


def _methods(document: Document) -> dict[str, dict[str, Any]]:
    rows = _plain(document, ("feedback_methods",), "kind", "data", "touchpoints", "collector")
    for row in document.rows("feedback_methods"):
        rows[row.code]["deadline_hours"] = row.values["deadline_h"]
    return rows


def _severities(document: Document) -> dict[str, dict[str, Any]]:
    rows = _plain(document, ("severities",), "pausable", "escalate")
    for rank, row in enumerate(document.rows("severities"), start=1):
        rows[row.code]["rank"] = rank
        for name, column in (("ack", "ack"), ("first_contact", "contact"), ("resolve", "resolve")):
            limit = row.values[name]
            rows[row.code][f"{column}_value"] = Decimal(str(limit["value"]))
            rows[row.code][f"{column}_unit"] = limit["unit"]
    return rows


def _categories(document: Document, place: dict[str, int]) -> dict[str, dict[str, Any]]:
    rows = _with_department(document, "issue_categories", "industry")
    groups, severities = ids(IssueGroup), ids(Severity)
    for row in document.rows("issue_categories"):
        kind = row.values.get("kind")
        rows[row.code] |= {
            "group_id": groups[row.values["parent"]],
            "severity_id": severities[row.values["severity"]],
            "touchpoint_id": place.get(row.values.get("touchpoint") or ""),
            "hazard": (kind.get("kind") if isinstance(kind, dict) else kind) == "hazard",
            "body": row.values,
        }
    return rows


def _key_points(document: Document, place: dict[str, int]) -> dict[str, dict[str, Any]]:
    columns = ("named_in_seed", "industry", "sensitivity", "improvability", "why_it_hurts")
    rows = _plain(document, ("key_points",), *columns, "standards", "methods", "issue_categories")
    processes = ids(Process)
    for row in document.rows("key_points"):
        rows[row.code]["why_it_hurts_zh"] = row.values.get("why_it_hurts_zh", "")
        rows[row.code]["process_id"] = processes[row.values["process"]]
        rows[row.code]["touchpoint_id"] = place[row.values["touchpoint"]]
    return rows


def _questions(document: Document) -> dict[str, dict[str, Any]]:
    owner = ids(KeyPoint)
    return {
        row.code: named(row, n) | {"type": row.values["type"], "key_point_id": owner[key_point.code]}
        for key_point in document.rows("key_points")
        for n, row in enumerate(key_point.rows("questions"), start=1)
    }


def _apply_work_rule(document: Document) -> Count:
    """The group's ordinary week, Monday to Friday, as work rule "standard"; a change raises its version (X7)."""
    windows = {str(day): document.at("calendar", "windows") for day in MONDAY_TO_FRIDAY}
    wanted = {"tz": document.at("calendar", "timezone"), "windows": windows}
    names = {"zh": "集团标准工时", "en": "Standard working time of the group"}
    rule, created = WorkRule.objects.get_or_create(code=WORK_RULE, defaults=wanted | names)
    if created:
        return Count(created=1)
    if all(getattr(rule, name) == value for name, value in wanted.items()):
        return Count(same=1)
    WorkRule.objects.filter(pk=rule.pk).update(**wanted, version=models.F("version") + 1)
    return Count(changed=1)


def _apply_sections(document: Document) -> Count:
    """Keep every section word for word; one that left the file is forgotten."""
    present = dict(Section.objects.values_list("code", "body"))
    fresh = [Section(code=code, body=body) for code, body in document.sections.items() if code not in present]
    changed = [code for code, body in document.sections.items() if code in present and present[code] != body]
    gone = sorted(present.keys() - document.sections.keys())
    Section.objects.bulk_create(fresh)
    for code in changed:
        Section.objects.filter(code=code).update(body=document.sections[code])
    Section.objects.filter(code__in=gone).delete()
    same = len(document.sections) - len(fresh) - len(changed)
    return Count(created=len(fresh), changed=len(changed), retired=len(gone), same=same)
