"""Filters of the board and the day, out of the address and never raising: what makes no sense is left out."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    monday: date
    company: int | None
    unit: int | None


def day_from(text: str, usual: date) -> date:
    """A day written 2026-11-25, within ten years of `usual`; else `usual`."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return usual
    return day if abs((day - usual).days) < 3653 else usual


def key_from(text: str) -> int | None:
    """A key; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def wanted_from(query: QueryDict, today: date) -> Wanted:
    """The week, company and unit in `query`; the week of today where none is asked for."""
    day = day_from(query.get("week", ""), today)
    return Wanted(
        monday=day - timedelta(days=day.weekday()),
        company=key_from(query.get("company", "")),
        unit=key_from(query.get("unit", "")),
    )


def with_values(query: QueryDict, **values: str) -> str:
    """The address of the same page with other values: ?week=2026-11-23&unit=7."""
    changed = query.copy()
    for name, value in values.items():
        changed[name] = value
    return f"?{changed.urlencode()}"
