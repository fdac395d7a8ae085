"""What a company may set as its own standard: only something stricter."""

import re
import unicodedata
from typing import Any

from cxorders.kit.errors import BusinessError
from touchpoints.catalogue.checking import is_clock_time, is_number
from touchpoints.catalogue.tightening import is_tighter
from touchpoints.catalogue.wording import limit
from touchpoints.standards.models import Standard

NUMBER = re.compile(r"\d{1,6}(\.\d{1,2})?")


class NotTighter(BusinessError):
    """A company may promise more than the group, never less."""

    code = "not_tighter"
    zh = "只能比集团标准（{group}）更严。"
    en = "It must be stricter than the group's standard ({group})."


class BadLimit(BusinessError):
    """The value is no number or time this standard can have."""

    code = "bad_limit"
    zh = "请填写数值，最多两位小数；时刻写成 22:00 这样。"
    en = "Give a number with at most two decimals, or a time such as 22:00."


class StandardUnknown(BusinessError):
    """No such standard is in force."""

    code = "standard_unknown"
    zh = "没有这项标准，或已停用。"
    en = "There is no such standard, or it is retired."
    status = 404


def own_limit(code: str, given: Any) -> Any:
    """A company's stricter value for the standard `code`, out of numbers or of what was typed.

    One value, or two of them (`between`, `not_in`). Raises StandardUnknown, BadLimit, NotTighter.
    """
    standard = Standard.objects.filter(code=code, retired=False).first()
    if standard is None:
        raise StandardUnknown()
    parts = [_part(part) for part in (given if isinstance(given, (list, tuple)) else [given])]
    pair, times = standard.op in ("between", "not_in"), standard.op == "not_in"
    right = is_clock_time if times else is_number
    if len(parts) != (2 if pair else 1) or not all(map(right, parts)):
        raise BadLimit(field="value")
    value = parts if pair else parts[0]
    if not is_tighter(standard.op, standard.value, value):
        raise NotTighter(field="value", group=limit(standard.op, standard.value, standard.unit))
    if not times and not _possible(standard.unit, parts):
        raise BadLimit(field="value")
    return value


def _part(given: Any) -> Any:
    """A typed number as a number, full-width digits included; a time or anything else as it is."""
    if not isinstance(given, str):
        return given
    text = unicodedata.normalize("NFKC", given).strip().removesuffix("%").rstrip()
    if not NUMBER.fullmatch(text):
        return text
    number = float(text)
    return int(number) if number.is_integer() else number


def _possible(unit: str, parts: list[float]) -> bool:
    """A share ends at 100 %; a time of nothing cannot be kept."""
    if unit == "%":
        return all(0 <= part <= 100 for part in parts)
    return all(0 < part < 1_000_000 and round(part, 2) == part for part in parts)
