"""Holds rows of a catalogue file against a description of their fields. Pure; lists every problem, stops at none."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from touchpoints.catalogue.reading import CODE, Document, Problem, Row

COMPANY_QUESTION = re.compile(r"-U\d+-\d+$")
"""ending of the code of a question a company added; the file may not use it"""

CLOCKS = ("MIN", "CH", "CD", "WD", "WH", "MONTH")
"""units a limit may be counted in (metrics.md 0.4)"""

Known = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Field:
    """What one field must be.

    `kind`: text, code, whole, number, flag, list (of texts), rows, map or any. `ref` names the section whose codes the
    value (or each value of a list) must be one of; `choices` the only words allowed; `low`/`high` bounds of a number.
    """

    kind: str = "text"
    required: bool = True
    nullable: bool = False
    limit: int = 200
    ref: str = ""
    choices: Collection[str] = ()
    low: float | None = None
    high: float | None = None


TYPES: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    "text": (lambda v: isinstance(v, str) and v.strip() != "", "文字", "text"),
    "code": (lambda v: isinstance(v, str) and CODE.fullmatch(v) is not None, "编码", "a code"),
    "whole": (lambda v: isinstance(v, int) and not isinstance(v, bool), "整数", "a whole number"),
    "number": (lambda v: is_number(v), "数字", "a number"),
    "flag": (lambda v: isinstance(v, bool), " true 或 false", "true or false"),
    "list": (lambda v: isinstance(v, list) and all(isinstance(i, str) and i for i in v), "文字列表", "a list of texts"),
    "rows": (lambda v: isinstance(v, list) and all(isinstance(i, dict) for i in v), "行的列表", "a list of rows"),
    "map": (lambda v: isinstance(v, dict), "一组字段", "a group of fields"),
    "any": (lambda v: v is not None, "值", "a value"),
}

NAMED = {"code": Field("code", limit=40), "zh": Field(), "en": Field(limit=300)}
"""fields every row has"""


def is_number(value: Any) -> bool:
    """Whether `value` is a number that is not true or false."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_clock_time(value: Any) -> bool:
    """Whether `value` is a time of day as text, "00:00" … "24:00"."""
    return isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", value) is not None


def check_section(
    document: Document, path: tuple[str, ...], fields: Mapping[str, Field], known: Known
) -> Iterator[Problem]:
    """Problems of a whole section: present, a list of rows, every row right, no code twice."""
    name = ".".join(path)
    value = document.at(*path)
    if value is None:
        yield Problem(document.line(*path[:-1]), name, "缺少这一节", "this section is missing")
        return
    if not isinstance(value, list):
        yield Problem(document.line(*path), name, "这一节应当是列表", "this section must be a list")
        return
    for number, item in enumerate(value):
        if not isinstance(item, dict):
            line = document.line(*path, number)
            yield Problem(line, f"{name}.{number}", "这一行应当是一组字段", "this row must be a group of fields")
    rows = document.rows(*path)
    for row in rows:
        yield from check_row(row, fields, known)
    yield from check_twice(rows)


def check_twice(rows: list[Row]) -> Iterator[Problem]:
    """Problems of rows that carry a code an earlier row has."""
    first: dict[str, int] = {}
    for row in rows:
        code = row.values.get("code")
        if not isinstance(code, str):
            continue
        line = row.line("code")
        if code in first:
            zh = f"编码重复，第 {first[code]} 行已经用过"
            yield row.problem(zh, f"duplicate code, already used in line {first[code]}", "code")
        first.setdefault(code, line)


def check_row(row: Row, fields: Mapping[str, Field], known: Known) -> Iterator[Problem]:
    """Problems of the single fields of one row."""
    for name, wanted in fields.items():
        if name not in row.values:
            if wanted.required:
                yield row.problem(f"缺少字段 {name}", f"the field {name} is missing")
            continue
        value = row.values[name]
        if value is None and wanted.nullable:
            continue
        right, zh, en = TYPES[wanted.kind]
        if not right(value):
            yield row.problem(f"{name} 应当是{zh}", f"{name} must be {en}", name)
            continue
        yield from _check_value(row, name, wanted, value, known)


def _check_value(row: Row, name: str, wanted: Field, value: Any, known: Known) -> Iterator[Problem]:
    if wanted.kind in ("text", "code") and len(value) > wanted.limit:
        yield row.problem(f"{name} 超过 {wanted.limit} 个字符", f"{name} is longer than {wanted.limit}", name)
    if wanted.choices and value not in wanted.choices:
        allowed = " ".join(sorted(wanted.choices))
        what = ("单位", "unit") if name == "unit" else (f" {name}", name)
        yield row.problem(
            f"未知的{what[0]} {value}，可以是：{allowed}", f"unknown {what[1]} {value}; use {allowed}", name
        )
    if wanted.low is not None and value < wanted.low:
        yield row.problem(f"{name} 不能小于 {wanted.low:g}", f"{name} must not be less than {wanted.low:g}", name)
    if wanted.high is not None and value > wanted.high:
        yield row.problem(f"{name} 不能大于 {wanted.high:g}", f"{name} must not be more than {wanted.high:g}", name)
    if wanted.ref:
        for n, code in enumerate(value if isinstance(value, list) else [value]):
            if code not in known.get(wanted.ref, ()):
                steps = (name, n) if isinstance(value, list) else (name,)
                yield row.problem(
                    f"{name} 指向不存在的 {code}（{wanted.ref}）",
                    f"{name} names the unknown {code} ({wanted.ref})",
                    *steps,
                )


def check_limit(row: Row, name: str, units: Collection[str] = CLOCKS) -> Iterator[Problem]:
    """Problems of a limit `{value, unit}` inside a row, such as the resolve time of a severity."""
    limit = row.values.get(name)
    if not isinstance(limit, dict):
        return  # told by check_row
    inner = Row(row.document, (*row.path, name), {"code": row.code, **limit})
    fields = {"value": Field("number", low=0, high=100_000), "unit": Field(choices=units)}
    yield from check_row(inner, fields, {})
    if is_number(limit.get("value")) and round(limit["value"], 2) != limit["value"]:
        yield inner.problem("value 最多两位小数", "value has at most two decimals", "value")
