"""How well a company works and when its people do things."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from cxorders.demo.people import Company
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.kit.promise_clock import due_at
from cxorders.kit.worktime import WorkCalendar
from feedback.issues.clocks import CallWindow
from touchpoints.orders import promises
from touchpoints.orders.promises import Promise

T = TypeVar("T")
Number = int | float | Decimal
BY_DATE, STEADY = ("CD", "MONTH"), {"MIN": 1 / 60, "CH": 1.0}
"""clocks that depend on the day of receipt alone; clocks that always run, and the hours of their unit"""
LENGTHS = {"MIN": 1 / 1440, "CH": 1 / 24, "WH": 1 / 7.5, "CD": 1.0, "WD": 1.4, "MONTH": 30.0}
"""unit of a promise → about so many days"""
TEA_BREAK = timedelta(minutes=5)


def pick(items: Sequence[T], rnd: Random) -> T:
    """One of `items`; several times faster than Random.choice."""
    return items[int(rnd.random() * len(items))]


@dataclass(frozen=True)
class Pace:
    """Habits of one company; companies differ and most get better month by month, some get worse."""

    pain: float
    """factor on the share of dissatisfied customers"""
    late: float
    """share of stages that miss their promise"""
    answers_late: float
    """share of issues answered after their due time"""
    solves: float
    """share of call-backs in which the customer says solved"""
    improves: float
    """share by which pain and lateness fall over the whole time; negative where things get worse"""
    bad_month: float
    """where in the whole time (0–1) the worst weeks lie, e.g. after a change of contractor"""

    @classmethod
    def of(cls, rnd: Random) -> "Pace":
        """Habits drawn for one company."""
        good = rnd.random()
        return cls(
            pain=1.55 - 1.0 * good,
            late=0.30 - 0.22 * good,
            answers_late=0.26 - 0.20 * good,
            solves=0.80 + 0.16 * good,
            improves=pick((-0.15, 0.0, 0.1, 0.25, 0.4), rnd),
            bad_month=rnd.random(),
        )

    def factor(self, share: float) -> float:
        """How hard things are at `share` of the whole time, 1 on average."""
        bad_weeks = 0.5 if abs(share - self.bad_month) < 0.06 else 0.0
        return max(0.3, 1.0 + self.improves * (0.5 - share) + bad_weeks)


class Clockwork:
    """Instants at which things happen in one company: mostly in working hours, deterministic by its random source.

    All instants are local to the calendar. Due times and windows are those of the promise clocks; those that depend on
    the day of receipt alone are remembered.
    """

    def __init__(
        self, rnd: Random, calendar: WorkCalendar, start: datetime, now: datetime, like: "Clockwork | None" = None
    ) -> None:
        """`like`: a clockwork of another company with the same calendar, whose memory is shared."""
        self.rnd, self.calendar, self.start, self.now = rnd, calendar, start, now
        self.length = (now - start).total_seconds()
        self._dues: dict[tuple[date, Number, str], datetime] = like._dues if like is not None else {}
        self._windows: dict[tuple[date, int, int, str], tuple[datetime, datetime]] = (
            like._windows if like is not None else {}
        )

    def share(self, at: datetime) -> float:
        """How far `at` lies between start (0) and now (1)."""
        return (at - self.start).total_seconds() / self.length

    def some_times(self, many: int) -> list[datetime]:
        """`many` instants between start and now in order: nine in ten in working hours, a little more every month."""
        rnd = self.rnd
        times: list[datetime] = []
        for _ in range(many):
            share = rnd.random()
            share = share if rnd.random() < 0.85 else max(share, rnd.random())
            at = self.start + timedelta(seconds=share * self.length)
            if rnd.random() < 0.9:
                at = self.in_hours(at)
            if at < self.now:
                times.append(at)
        return sorted(times)

    def in_hours(self, at: datetime) -> datetime:
        """`at` when the office is open, else a moment in the hours after it opens again."""
        opened = self.calendar.next_open(at)
        return at if opened == at else opened + timedelta(minutes=self.rnd.random() * 200)

    def next_open(self, at: datetime) -> datetime:
        """`at` when the office is open, else when it opens again."""
        return self.calendar.next_open(at)

    def soon(self, at: datetime, hours: float) -> datetime:
        """Some working time after `at`, `hours` on average, never more than six times that, five minutes at least."""
        wait = min(self.rnd.expovariate(1 / hours), 6 * hours)
        return self.calendar.add(at, TEA_BREAK + timedelta(hours=wait))

    def within(self, start: datetime, due: datetime, late: float) -> datetime:
        """When something due at `due` is finished: in time, or with probability `late` somewhat later."""
        rnd = self.rnd
        span = due - start
        if span < TEA_BREAK:  # begun too late already
            return self.calendar.next_open(start + TEA_BREAK * (2 + 20 * rnd.random()))
        if rnd.random() < late:
            over = due + min(span, timedelta(days=6)) * min(rnd.expovariate(2.5), 2.0) + TEA_BREAK
            return over if over >= self.now else self.calendar.next_open(over)
        at = start + span * (0.2 + 0.75 * rnd.random())
        if at >= self.now:
            return at
        opened = self.calendar.next_open(at)
        return opened if opened <= due else at

    def due(self, start: datetime, value: Number, unit: str) -> datetime:
        """`promise_clock.due_at`. Raises CalendarYearMissing."""
        if unit in BY_DATE or (unit == "WD" and value == int(value)):
            key = (start.date(), value, unit)
            known = self._dues.get(key)
            if known is None:
                known = self._dues[key] = due_at(start, value, unit, self.calendar)
            return known
        if unit in STEADY and self.calendar.tz is BUSINESS_ZONE:  # this zone has no summer time
            return start + timedelta(hours=float(value) * STEADY[unit])
        if unit == "WH":
            return self.calendar.add(start, timedelta(hours=float(value)))
        return due_at(start, value, unit, self.calendar)

    def promised(self, promise: Promise, start: datetime, appointed: datetime | None = None) -> datetime | None:
        """`promises.due`: when a stage started at `start` is due. Raises CalendarYearMissing."""
        if promise.kind in ("within", "cycle") and promise.value is not None:
            return self.due(start, promise.value, promise.unit)
        if promise.kind == "window":
            return self.due(start, promise.value[-1], promise.unit)
        return promises.due(promise, start, self.calendar, appointed)

    def forecast(self, promise: Promise, start: datetime) -> datetime:
        """`promises.forecast`. Raises CalendarYearMissing."""
        if promise.kind == "ahead":
            return promises.forecast(promise, start, self.calendar)
        return self.promised(promise, start) or start

    def window(self, window: CallWindow, base: datetime) -> tuple[datetime, datetime]:
        """`CallWindow.bounds`: first and last moment of a call-back. Raises CalendarYearMissing."""
        if window.clock == "CH" or not window.first:
            return window.bounds(base, self.calendar)
        key = (base.date(), window.first, window.last, window.clock)
        known = self._windows.get(key)
        if known is None:
            known = self._windows[key] = window.bounds(base, self.calendar)
        return known

    def back(self, at: datetime, days: float) -> datetime:
        """About `days` before `at`, in working hours."""
        earlier = at - timedelta(days=days)
        opened = self.calendar.next_open(earlier)
        return opened if opened < at else self.calendar.add(at, -timedelta(minutes=30))


def days_of(promise: Promise) -> float:
    """About how many days a promise takes."""
    value: Any = promise.value
    if promise.kind == "window":
        value = value[-1]
    return float(value) * LENGTHS.get(promise.unit, 1.0) if value is not None else 1.0


@dataclass(frozen=True)
class Site:
    """One company at work: who, how well, when, and its own source of chance."""

    company: Company
    pace: Pace
    clock: Clockwork
    rnd: Random

    @property
    def now(self) -> datetime:
        """The end of the simulation."""
        return self.clock.now

    def trouble(self, at: datetime) -> float:
        """Factor on lateness and dissatisfaction at `at`."""
        return self.pace.factor(self.clock.share(at))
