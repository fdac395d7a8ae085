"""The section `compensation_table` of the catalogue file: what a row must look like, and how it becomes a row."""

import re
from collections.abc import Iterator
from decimal import Decimal

from touchpoints.catalogue.checking import Field, check_row, is_number
from touchpoints.catalogue.loading import Count, Part, apply_rows, ids, known_codes
from touchpoints.catalogue.reading import Document, Problem, Row
from touchpoints.compensation.enums import MOST_AMOUNT
from touchpoints.compensation.models import CompensationItem
from touchpoints.standards.models import Standard

SECTION = "compensation_table"
FIELDS = {
    "standard": Field("code", ref="standards", limit=40),
    "amount": Field("number", low=0, high=float(MOST_AMOUNT)),
    "currency": Field(choices=("CNY",)),
    "form": Field(limit=300),
    "form_zh": Field(required=False),
    "exempt": Field(required=False, limit=400),
    "exempt_zh": Field(required=False, limit=400),
}
NOTHING = {"none", "无"}


def check(document: Document) -> Iterator[Problem]:
    """Every problem of the section; a file without it has no compensation."""
    if document.at(SECTION) is None:
        return
    if not isinstance(document.at(SECTION), list):
        yield Problem(document.line(SECTION), SECTION, "这一节应当是列表", "this section must be a list")
        return
    known, seen = known_codes(document), set()
    for row in document.rows(SECTION):
        yield from check_row(row, FIELDS, known)
        standard, amount = row.values.get("standard"), row.values.get("amount")
        if standard in seen:
            yield row.problem("这项标准已经有一行", "this standard has a row already", "standard")
        seen.add(standard)
        if isinstance(amount, int | float) and is_number(amount) and round(amount, 2) != amount:
            yield row.problem("amount 最多两位小数", "amount has at most two decimals", "amount")
        if "exempt_zh" in row.values and len(_phrases(row, "exempt_zh")) != len(_phrases(row, "exempt")):
            zh, en = "exempt_zh 与 exempt 的条数不同", "exempt_zh and exempt differ in number"
            yield row.problem(zh, en, "exempt_zh")


def _phrases(row: Row, name: str) -> list[str]:
    """The reasons in one field: "customer cause, permit" → two of them; none for "none"."""
    parts = [part.strip() for part in re.split(r"[;,；，、]", str(row.values.get(name) or ""))]
    return [part[:100] for part in parts if part and part.lower() not in NOTHING]


def apply(document: Document) -> dict[str, Count]:
    """Write the rows of the table; what companies decided is never touched."""
    known = ids(Standard)
    wanted = {}
    for position, row in enumerate(document.rows(SECTION), start=1):
        english = _phrases(row, "exempt")
        chinese = _phrases(row, "exempt_zh") or english
        wanted[row.values["standard"]] = {
            "standard_id": known[row.values["standard"]],
            "zh": row.values.get("form_zh", row.values["form"]),
            "en": row.values["form"],
            "position": position,
            "amount": Decimal(str(row.values["amount"])),
            "exempt": [list(pair) for pair in zip(chinese, english, strict=True)],
        }
    return {SECTION: apply_rows(CompensationItem, wanted)}


PART = Part(check, apply)
