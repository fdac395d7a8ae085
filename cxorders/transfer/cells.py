"""A cell of a table → a value, forgiving what Excel does to telephone numbers and dates. Pure."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 -- the origin of Excel's calendar has no zone
SERIALS = (20_000, 80_000)
"""numbers taken for days: 1954 to 2119"""
MOBILE = re.compile(r"^1[3-9]\d{9}$")
LANDLINE = re.compile(r"^0\d{2,3}\d{7,8}$")
SERVICE = re.compile(r"^(400|800)\d{7}$")
SCIENTIFIC = re.compile(r"^\d(\.\d+)?[eE]\+?\d{1,2}$")
MOMENT = re.compile(
    r"^(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[\sT]*(?P<H>\d{1,2})[:时点](?P<M>\d{1,2})?(?:[:分](?P<S>\d{1,2})(?:\.\d+)?秒?|分)?)?$"
)
TIGHT = re.compile(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$")
YES = ("是", "y", "yes", "1", "true", "√", "对", "有")
NO = ("否", "n", "no", "0", "false", "×", "不", "无")
CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0x200B, 0xFEFF])


class CellWrong(Exception):
    """A cell that cannot be taken; `code` names the sentence in `messages`."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code, self.values = code, values
        super().__init__(code)


@dataclass(slots=True)
class Line:
    """One row on its way: its number in the file, the values taken, what is wrong with it, what checks found."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def wrong(self, column: str, code: str, **values: Any) -> None:
        """Note that `column` ("" for the row as a whole) is wrong; `code` names the sentence in `messages`."""
        self.problems.append((column, code, values))

    def get(self, column: str, default: Any = "") -> Any:
        """The value of a column, `default` where the file has none."""
        value = self.values.get(column)
        return default if value is None else value


def text(cell: Any) -> str:
    """The cell as one line; whole numbers without ".0", no control characters, no leading apostrophe of an export."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    said = " ".join(str(cell).translate(CONTROL).split())
    return said[1:] if said[:2] in ("'=", "'+", "'-", "'@") else said


def short(most: int) -> Any:
    """A parser for text of at most `most` characters."""

    def parse(cell: Any) -> str:
        said = text(cell)
        if len(said) > most:
            raise CellWrong("too_long", most=most)
        return said

    return parse


def phone(cell: Any) -> str:
    """The digits of a telephone number: a mobile of 11 digits, or a landline with its area code, or 400/800."""
    said = text(cell)
    if SCIENTIFIC.match(said):
        said = _spelt_out(said)
    digits = "".join(str(int(sign)) for sign in said if sign.isdecimal())
    if digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    strange = re.sub(r"[\d\s()（）+＋\-－—]", "", said)
    if strange or not any(form.match(digits) for form in (MOBILE, LANDLINE, SERVICE)):
        raise CellWrong("phone_digits")
    return digits


def _spelt_out(said: str) -> str:
    """1.3812345678E+10 → 13812345678; refused where Excel has thrown digits away."""
    whole, mantissa = Decimal(said), said.lower().partition("e")[0]
    shown = len(mantissa.replace(".", ""))
    if shown < len(str(int(whole))) - 1:  # a last zero may be missing, more is a lost number
        raise CellWrong("phone_scientific", text=said)
    return str(int(whole))


def moment(cell: Any) -> datetime:
    """A point in time, in the zone of the house where the file names none; a day alone is its first minute."""
    found = _moment(cell)
    if found is None or not 1990 <= found.year <= 2100:
        raise CellWrong("no_date", text=text(cell)[:30])
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def day(cell: Any) -> date:
    """A calendar day."""
    return timezone.localdate(moment(cell))


def _moment(cell: Any) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, bool):
        return None
    said = text(cell)
    if isinstance(cell, int | float) or re.fullmatch(r"\d{5}(\.\d+)?", said):
        return _serial(float(cell if isinstance(cell, int | float) else said)) or _written(said)
    return _written(said)


def _serial(value: float) -> datetime | None:
    if not SERIALS[0] <= value <= SERIALS[1]:
        return None
    return SERIAL_ZERO + timedelta(minutes=round(value * 1440))


def _written(said: str) -> datetime | None:
    match = MOMENT.match(said) or TIGHT.match(said)
    if match is None:
        return None
    parts = {name: int(value) for name, value in match.groupdict().items() if value is not None}
    try:
        return datetime(parts["y"], parts["m"], parts["d"], parts.get("H", 0), parts.get("M", 0), parts.get("S", 0))  # noqa: DTZ001
    except ValueError:
        return None


def yes_no(cell: Any) -> bool:
    """是/否 and what people write instead."""
    said = text(cell).lower()
    if said in YES:
        return True
    if said in NO:
        return False
    raise CellWrong("no_yes_no")


def whole(cell: Any) -> int:
    """A whole number."""
    try:
        number = Decimal(text(cell))
    except InvalidOperation as error:
        raise CellWrong("no_number") from error
    if number != number.to_integral_value() or abs(number) > 10**9:
        raise CellWrong("no_number")
    return int(number)
