"""The section `standards` of the catalogue file: what a row must look like, and how it becomes a Standard."""

from collections.abc import Iterator
from typing import Any

from touchpoints.catalogue.checking import CLOCKS, NAMED, Field, check_section, is_clock_time, is_number
from touchpoints.catalogue.loading import Count, Part, apply_rows, ids, known_codes, named
from touchpoints.catalogue.models import Touchpoint
from touchpoints.catalogue.reading import Document, Problem, Row
from touchpoints.standards.models import Standard

UNITS = (*CLOCKS, "SEC", "RINGS", "%", "PER_30D", "TIME", "TIMES")
OPERATORS = ("<=", ">=", "between", "not_in")
FIELDS = NAMED | {
    "touchpoint": Field("code", ref="touchpoints"),
    "op": Field(choices=OPERATORS),
    "value": Field("any"),
    "unit": Field(choices=UNITS),
    "evidence": Field(required=False, limit=20),
    "department": Field("code", ref="departments", required=False, limit=20),
    "published_range": Field(required=False, limit=400),
}


def check(document: Document) -> Iterator[Problem]:
    """Every problem of the section."""
    yield from check_section(document, ("standards",), FIELDS, known_codes(document))
    for row in document.rows("standards"):
        yield from _check_value(row)


def _check_value(row: Row) -> Iterator[Problem]:
    op, value = row.values.get("op"), row.values.get("value")
    if value is None or op not in OPERATORS:
        return  # told by check_section
    if op in ("<=", ">=") and not (is_number(value) and value >= 0):
        yield row.problem("value 应当是不小于 0 的数字", "value must be a number, 0 or more", "value")
    if op == "between" and not (_is_pair(value, is_number) and 0 <= value[0] <= value[1]):
        yield row.problem("value 应当是 [从, 到] 两个数字", "value must be two numbers [from, to]", "value")
    if op == "not_in" and not _is_pair(value, is_clock_time):
        yield row.problem("value 应当是 ['22:00', '06:00'] 这样的两个时刻", "value must be two times of day", "value")


def _is_pair(value: Any, right: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(right, value))


def apply(document: Document) -> dict[str, Count]:
    """Write the standards; the whole row of the file is kept in `body`."""
    place = ids(Touchpoint)
    wanted = {
        row.code: named(row, n)
        | {
            "touchpoint_id": place[row.values["touchpoint"]],
            "op": row.values["op"],
            "value": row.values["value"],
            "unit": row.values["unit"],
            "evidence": row.values.get("evidence", ""),
            "department_code": row.values.get("department", ""),
            "published_range": row.values.get("published_range", ""),
            "body": row.values,
        }
        for n, row in enumerate(document.rows("standards"), start=1)
    }
    return {"standards": apply_rows(Standard, wanted)}


PART = Part(check, apply)
