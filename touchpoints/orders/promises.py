"""A promise of a stage: when it is due, when the stage should end, which of two is tighter (workflows O2, §11). Pure.

Kinds: `within` a time from the start; `window` [from, to] after the start; `cycle` once in so many months;
`tolerance` around a moment agreed with the customer; `ahead` of an announced moment; `manual`, by contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cxorders.kit.promise_clock import due_at
from cxorders.kit.worktime import WorkCalendar

SECONDS = {"SEC": 1, "RINGS": 5}
"""clocks of the telephone: one ring takes five seconds"""
OFFICE = ("WD", "WH")
LESS_IS_TIGHTER = ("within", "cycle", "tolerance")


@dataclass(frozen=True)
class Promise:
    """Kind, value (a number, [from, to] or None) and unit of one promise, as frozen at acceptance."""

    kind: str
    value: Any
    unit: str


def _after(start: datetime, value: Any, unit: str, calendar: WorkCalendar) -> datetime:
    """`value` units after `start` on the clock of the unit."""
    if unit in SECONDS:
        return (start + timedelta(seconds=value * SECONDS[unit])).astimezone(calendar.tz)
    return due_at(start, value, unit, calendar)


def _exact(value: Any, unit: str) -> timedelta:
    """The real length of a tolerance or notice, which always runs on the wall clock."""
    hours = {"MIN": 1 / 60, "CH": 1.0, "CD": 24.0}.get(unit, 24.0)
    return timedelta(hours=value * hours)


def due(
    promise: Promise, start: datetime, calendar: WorkCalendar, appointed_at: datetime | None = None
) -> datetime | None:
    """When a stage started at `start` is due, in the zone of `calendar`; None where nothing was promised.

    A window is due at its end. `tolerance` is due that long after the agreed moment, `ahead` that long before it,
    `manual` at it; without an agreed moment these three have no due time.
    CalendarYearMissing: a WD or WH promise reaches a year without a holiday table.
    """
    if promise.kind == "window":
        return _after(start, promise.value[-1], promise.unit, calendar)
    if promise.kind in ("tolerance", "ahead", "manual"):
        if appointed_at is None:
            return None
        if promise.kind == "manual":
            return appointed_at
        length = _exact(promise.value, promise.unit)
        return appointed_at + length if promise.kind == "tolerance" else appointed_at - length
    if promise.value is None:
        return None
    return _after(start, promise.value, promise.unit, calendar)


def opens(promise: Promise, start: datetime, calendar: WorkCalendar) -> datetime:
    """When a window opens: the end of unit `from` − 1 is past; other kinds are open from the start."""
    return _after(start, promise.value[0], promise.unit, calendar) if promise.kind == "window" else start


def forecast(promise: Promise, start: datetime, calendar: WorkCalendar) -> datetime:
    """When the stage should end if it starts at `start` and takes its promise; kinds without a length take no time."""
    if promise.kind == "ahead":
        return start + _exact(promise.value, promise.unit)
    return due(promise, start, calendar) or start


def moved(due_time: datetime, promise: Promise, pause: tuple[datetime, datetime], calendar: WorkCalendar) -> datetime:
    """`due_time` later by what `pause` took from the same clock: open time for WD and WH, real time otherwise (0.5)."""
    begin, end = pause
    if promise.unit in OFFICE:
        return calendar.add(due_time, calendar.elapsed(begin, end))
    return due_time + (end - begin)


def tighter(promise: Promise, value: Any, unit: str) -> Promise:
    """`promise` with `value` where that is stricter for the company on the same clock, else `promise` unchanged."""
    if unit != promise.unit or not _stricter(promise, value):
        return promise
    return Promise(promise.kind, value, unit)


def _stricter(promise: Promise, value: Any) -> bool:
    old = promise.value
    if promise.kind == "window":
        pair = isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2
        return pair and old[0] <= value[0] <= value[1] <= old[1] and list(value) != list(old)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isinstance(old, int | float) or value <= 0:
        return False
    return value < old if promise.kind in LESS_IS_TIGHTER else promise.kind == "ahead" and value > old
