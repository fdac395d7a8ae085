"""Promise clocks: when a promise of so many units, received at some instant, falls due, and why (metrics 0.4, 0.5).

Units: MIN and CH run round the clock; CD ends at 24:00 of the n-th day after the receipt date; WD ends at close of
business of the n-th working day after the receipt date; WH runs inside the windows only; MONTH ends at 24:00 of the
day with the number of the receipt date, n months later. All days are local days of the calendar. Pure.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from cxorders.kit.wall_clock import aware, instant, moment
from cxorders.kit.worktime import CalendarYearMissing, DayKind, Pause, WorkCalendar

Amount = int | float | Decimal
LONGEST = 1_000_000
ONE_DAY = timedelta(days=1)
NOTHING = timedelta()


class Unit(StrEnum):
    """The clocks a promise can run on (catalogue `clocks`)."""

    MINUTES = "MIN"
    HOURS = "CH"
    DAYS = "CD"
    MONTHS = "MONTH"
    WORKING_DAYS = "WD"
    WORKING_HOURS = "WH"


class StepKind(StrEnum):
    """What one line of an explanation tells."""

    RECEIPT = "receipt"  # when it arrived, and what kind of day that was; day clocks do not count this day
    COUNTED = "counted"  # a day that counts: the `number`-th, or with so much working time (`amount`)
    SKIPPED = "skipped"  # a day that does not count; `day_kind` says why
    RUN = "run"  # a stretch of time that counts: `amount`, from `at` to `until`
    ROLLED = "rolled"  # the due day was no working day and moved to `day`
    PAUSE = "pause"  # a stretch that does not count: `amount` of this clock, from `at` to `until`
    DUE = "due"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of an explanation. Datetimes are local to the calendar; `day` is the date the line is about."""

    kind: StepKind
    day: date
    at: datetime | None = None
    until: datetime | None = None
    number: int | None = None
    amount: timedelta | None = None
    day_kind: DayKind | None = None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a promise is due when it is: the result, the result had nothing been paused, and every step between."""

    due: datetime
    due_without_pauses: datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Promise:
    """A promise with checked values; the questions that both public functions ask."""

    start: datetime
    value: Amount
    unit: Unit
    calendar: WorkCalendar
    pauses: tuple[Pause, ...]
    roll: bool

    @property
    def running(self) -> WorkCalendar:
        """When the clock runs: in the windows of the office, or always."""
        office = self.unit in (Unit.WORKING_DAYS, Unit.WORKING_HOURS)
        return self.calendar if office else _round_the_clock(self.calendar)

    @property
    def whole(self) -> int:
        return int(self.value)

    @property
    def last_day(self) -> date:
        """The n-th day, working day or month after the receipt date; a month too short ends on its last day."""
        receipt = self.start.date()
        if self.unit is Unit.WORKING_DAYS:
            return self.calendar.nth_working_day(receipt, self.whole) if self.whole else receipt
        if self.unit is Unit.DAYS:
            return receipt + self.whole * ONE_DAY
        year, month = divmod(receipt.year * 12 + receipt.month - 1 + self.whole, 12)
        return date(year, month + 1, min(receipt.day, monthrange(year, month + 1)[1]))

    @property
    def rolled_day(self) -> date:
        """The due day of CD and MONTH: the last day, or the next working day where `roll` asks for it."""
        moves = self.roll and not self.calendar.is_working_day(self.last_day)
        return self.calendar.nth_working_day(self.last_day, 1) if moves else self.last_day

    @property
    def whole_days_end(self) -> datetime:
        """Close of business of the last whole working day; the start of a promise shorter than one."""
        return self.calendar.close_of_business(self.last_day) if self.whole else self.start

    def plain_due(self) -> datetime:
        """The due time without pauses."""
        zone, value = self.calendar.tz, float(self.value)
        match self.unit:
            case Unit.MINUTES:
                return (self.start.astimezone(UTC) + timedelta(minutes=value)).astimezone(zone)
            case Unit.HOURS:
                return (self.start.astimezone(UTC) + timedelta(hours=value)).astimezone(zone)
            case Unit.WORKING_HOURS:
                return self.calendar.add(self.start, timedelta(hours=value))
            case Unit.WORKING_DAYS:
                fraction = float(self.value - self.whole)
                rest = fraction * self.calendar.standard_day if fraction else NOTHING
                return self.calendar.add(self.whole_days_end, rest)
            case _:  # CD and MONTH
                return moment(zone, instant(zone, self.rolled_day + ONE_DAY, 0))

    def due(self) -> datetime:
        """The due time: later by what pauses took from the clock, also those inside the time so won."""
        plain = self.plain_due()
        if not self.pauses:
            return plain
        return self.running.add(self.start, self.running.elapsed(self.start, plain), self.pauses)

    def steps(self) -> Iterator[Step]:
        """What happens on the clock from receipt to due time."""
        start, due = self.start, self.due()
        yield Step(kind=StepKind.RECEIPT, day=start.date(), at=start, day_kind=self._day_kind(start.date()))
        if self.unit is Unit.WORKING_HOURS:
            yield from self._hours_by_day(due)
        elif self.unit in (Unit.WORKING_DAYS, Unit.DAYS):
            yield from self._days()
        else:
            yield self._run(start, due)
        if self.unit is Unit.WORKING_DAYS and self.value != self.whole:
            yield self._run(self.whole_days_end, self.plain_due())
        if self.unit in (Unit.DAYS, Unit.MONTHS) and self.rolled_day != self.last_day:
            kind = self.calendar.day_kind(self.last_day)
            yield Step(kind=StepKind.ROLLED, day=self.rolled_day, day_kind=kind)
        yield from self._pauses(due)
        yield Step(kind=StepKind.DUE, day=due.date(), at=due)

    def _days(self) -> Iterator[Step]:
        """The days after the receipt date up to the last one that counts."""
        number, day = 0, self.start.date()
        while day < self.last_day:
            day += ONE_DAY
            kind = self._day_kind(day)
            if self.unit is Unit.DAYS or kind in (DayKind.WORKING, DayKind.MAKE_UP):
                number += 1
                yield Step(kind=StepKind.COUNTED, day=day, number=number, day_kind=kind)
            else:
                yield Step(kind=StepKind.SKIPPED, day=day, day_kind=kind)

    def _hours_by_day(self, due: datetime) -> Iterator[Step]:
        """Every day until `due` with the working time it gave."""
        zone, day = self.calendar.tz, self.start.date()
        while day <= due.date():
            begin, end = (moment(zone, instant(zone, edge, 0)) for edge in (day, day + ONE_DAY))
            amount = self.calendar.elapsed(max(self.start, begin), min(due, end), self.pauses)
            kind = self.calendar.day_kind(day)
            if amount:
                yield Step(kind=StepKind.COUNTED, day=day, amount=amount, day_kind=kind)
            elif begin < due:
                yield Step(kind=StepKind.SKIPPED, day=day, day_kind=kind)
            day += ONE_DAY

    def _run(self, begin: datetime, end: datetime) -> Step:
        amount = self.running.elapsed(begin, end, self.pauses)
        return Step(kind=StepKind.RUN, day=begin.date(), at=begin, until=end, amount=amount)

    def _pauses(self, due: datetime) -> Iterator[Step]:
        """The pauses between receipt and `due`, each with the clock time it took."""
        for begin, end in sorted(self.pauses):
            first = max(begin, self.start).astimezone(self.calendar.tz)
            last = min(end, due).astimezone(self.calendar.tz)
            if first < last:
                amount = self.running.elapsed(first, last)
                yield Step(kind=StepKind.PAUSE, day=first.date(), at=first, until=last, amount=amount)

    def _day_kind(self, day: date) -> DayKind | None:
        """The kind of a day that the clock may not have to know: None where the table does not reach."""
        try:
            return self.calendar.day_kind(day)
        except CalendarYearMissing:
            return None


def due_at(
    start: datetime,
    value: Amount,
    unit: str,
    calendar: WorkCalendar,
    *,
    pauses: Iterable[Pause] = (),
    roll: bool = False,
) -> datetime:
    """The due time of a promise of `value` `unit`s received at `start`, in the zone of `calendar`.

    A fraction of WD is working time at the length of a standard day: 0.5 WD = 3.75 WH where the day has 7.5 hours;
    2.5 WD is that much after close of business of day 2, so that a longer promise is never due earlier.
    `pauses` move the due time by what they took from the clock: open time for WD and WH, real time for the others.
    `roll` moves a CD or MONTH due day that is no working day to 24:00 of the next working day (not for gas supply).

    ValueError: unknown unit, `value` not above 0 or beyond LONGEST, a fraction of CD or MONTH, a naive datetime.
    CalendarYearMissing: WD, WH or `roll` reaches a year without a holiday table.
    """
    return _promise(start, value, unit, calendar, pauses, roll=roll).due()


def explain(
    start: datetime,
    value: Amount,
    unit: str,
    calendar: WorkCalendar,
    *,
    pauses: Iterable[Pause] = (),
    roll: bool = False,
) -> Explanation:
    """`due_at` with the steps that lead to it: receipt, days counted and skipped or time run, pauses, due time.

    The days of WD and CD are those of the promise itself; the pauses after them say what they add.
    Errors are those of `due_at`.
    """
    promise = _promise(start, value, unit, calendar, pauses, roll=roll)
    return Explanation(due=promise.due(), due_without_pauses=promise.plain_due(), steps=tuple(promise.steps()))


def _promise(
    start: datetime, value: Amount, unit: str, calendar: WorkCalendar, pauses: Iterable[Pause], *, roll: bool
) -> _Promise:
    clock = Unit(unit)
    if not 0 < value <= LONGEST:
        raise ValueError(f"{value} is not the length of a promise")
    if clock in (Unit.DAYS, Unit.MONTHS) and value != int(value):
        raise ValueError(f"{value} {unit}: this clock counts whole units only")
    return _Promise(aware(start).astimezone(calendar.tz), value, clock, calendar, tuple(pauses), roll)


@lru_cache(maxsize=64)
def _round_the_clock(calendar: WorkCalendar) -> WorkCalendar:
    return WorkCalendar(calendar.tz, {day: [("00:00", "24:00")] for day in range(7)})
