"""Clocks of an issue: limits by severity, half limits of rework, pauses, the window of the verifying call-back.

Pure: values and a working calendar in, aware datetimes out. Nothing here reads a row or the clock.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from cxorders.kit import promise_clock
from cxorders.kit.promise_clock import Unit as Clock
from cxorders.kit.worktime import WorkCalendar

CALLS_FROM, CALLS_UNTIL = time(9), time(20)
"""permitted hours of a call to a customer, local time (catalogue `calendar.quiet_hours`)"""
PAUSE_ENDS_AFTER = timedelta(days=15)
"""a pause nobody ends is ended by the sweep (metrics.md 0.5)"""
REOPEN_WITHIN = timedelta(days=30)
"""how long a closed matter may be opened again (I21, M16)"""


@dataclass(frozen=True)
class Limit:
    """A promise of `value` units of a clock: 5 WD, 24 CH."""

    value: Decimal
    unit: str

    def due(self, start: datetime, calendar: WorkCalendar) -> datetime:
        """When the limit ends for what was received at `start`."""
        return promise_clock.due_at(start, self.value, self.unit, calendar)

    def halved(self) -> "Limit":
        """The limit of rework (I20): half of the original; one working day at least where it counts working days.

        A limit in clock hours (SEV1: 24 CH) keeps its clock: a floor of one working day would make it longer.
        """
        half = self.value / 2
        return Limit(max(half, Decimal(1)) if self.unit == Clock.WORKING_DAYS else half, self.unit)


def moved(due: datetime, pause: tuple[datetime, datetime], unit: str, calendar: WorkCalendar) -> datetime:
    """`due` later by what the pause took from the clock: open time for WD and WH, real time for the others (0.5)."""
    begin, end = pause
    if unit in (Clock.WORKING_DAYS, Clock.WORKING_HOURS):
        return calendar.add(due, calendar.elapsed(begin, end))
    return due + max(end - begin, timedelta())


@dataclass(frozen=True)
class CallWindow:
    """When a call-back may be made: from the `first` to the `last` unit of `clock` after the base (CB-01 … CB-10)."""

    first: int
    last: int
    clock: str

    def bounds(self, base: datetime, calendar: WorkCalendar) -> tuple[datetime, datetime]:
        """First and last moment of the window for what was handled at `base`.

        Hours run from `base`. Days are whole local days: from the start of permitted calling hours on the first to
        their end on the last; a window that starts with day 0 opens at `base`.
        """
        if self.clock == Clock.HOURS:
            return base + timedelta(hours=self.first), base + timedelta(hours=self.last)
        begin = self._on_day(self.first, CALLS_FROM, base, calendar) if self.first else base
        return begin, self._on_day(self.last, CALLS_UNTIL, base, calendar)

    def _on_day(self, number: int, at: time, base: datetime, calendar: WorkCalendar) -> datetime:
        receipt = calendar.local_date(base)
        working = self.clock == Clock.WORKING_DAYS
        day = calendar.nth_working_day(receipt, number) if working else receipt + timedelta(days=number)
        return datetime.combine(day, at, calendar.tz)
