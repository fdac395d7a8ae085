"""Working time: which instants an office is open, how much open time lies between two, where a span of it ends.

Pure arithmetic on aware datetimes (metrics 0.4, 0.5; oracle M14): no clock, no database, no settings.

A calendar is a weekly table of windows in local wall-clock time, corrected by holidays and make-up days (调休).
Every window is turned into instants: it opens at the first instant at which the wall clock has reached its start
and closes at the first instant at which the wall clock has reached its end. So a window over a change to or from
summer time has its real length, a start inside the skipped hour opens when the clock jumps, and windows never
overlap because of a repeated hour. Durations are real elapsed time. Results are aware, in the calendar's zone.

The windows of a year are computed once and kept as sorted lists with running totals, so that a question costs a
binary search and not a walk over days.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cxorders.kit.wall_clock import TICK, Minutes, Pair, aware, instant, is_skipped, jump, moment, ticks, windows_of

Pause = tuple[datetime, datetime]

FIRST_YEAR, LAST_YEAR = 1800, 2300  # a search for open time ends here
_NO_DAYS: Mapping[date, Iterable[Pair]] = MappingProxyType({})


class CalendarYearMissing(LookupError):
    """The holiday table does not cover `year`: working time must not be guessed from Monday to Friday (metrics 0.4)."""

    def __init__(self, year: int) -> None:
        super().__init__(f"The working calendar does not cover the year {year}.")
        self.year = year


class NeverOpen(LookupError):
    """The search left the last (or first) day on which this calendar has a window."""

    def __init__(self, year: int) -> None:
        super().__init__(f"The working calendar has no window in {year} or beyond.")
        self.year = year


class DayKind(StrEnum):
    """What the calendar says about a date: the two first are working days."""

    WORKING = "working"
    MAKE_UP = "make_up"
    HOLIDAY = "holiday"
    REST = "rest"


class _Year(NamedTuple):
    """One local year: windows as instants, open time up to the end of each, working days before each day."""

    starts: list[int]
    ends: list[int]
    totals: list[int]
    worked: list[int]

    def open_before(self, at: int) -> int:
        """Open microseconds of this year before the instant `at`."""
        index = bisect_right(self.starts, at) - 1
        return 0 if index < 0 else self.totals[index] - max(0, self.ends[index] - at)

    @property
    def total(self) -> int:
        """Open microseconds of the whole year."""
        return self.totals[-1] if self.totals else 0


@dataclass(frozen=True, init=False)
class WorkCalendar:
    """When an office is open, in any time zone. Immutable, comparable, hashable.

    `tz`        zone of the wall clock, a tzinfo or a key such as "Asia/Shanghai";
    `windows`   weekday 0 (Monday) … 6 → pairs ("08:30", "12:00") in order, "24:00" allowed as an end; a weekday that
                is missing or has no pair is closed;
    `holidays`  dates without any window;
    `workdays`  make-up dates with their own pairs; they win over weekday and holiday;
    `years`     the years that the tables cover, None for all; a date outside raises `CalendarYearMissing`.

    ValueError says which window, date or year of the table is wrong.
    """

    tz: tzinfo
    week: tuple[Minutes, ...]
    holidays: frozenset[date]
    workdays: tuple[tuple[date, Minutes], ...]
    years: frozenset[int] | None
    _own: dict[date, Minutes] = field(compare=False, repr=False)
    _tables: dict[int, _Year] = field(compare=False, repr=False)

    def __init__(
        self,
        tz: tzinfo | str,
        windows: Mapping[int, Iterable[Pair]],
        holidays: Iterable[date] = frozenset(),
        workdays: Mapping[date, Iterable[Pair]] = _NO_DAYS,
        years: Iterable[int] | None = None,
    ) -> None:
        for weekday in windows:
            if type(weekday) is not int or not 0 <= weekday <= 6:
                raise ValueError(f"windows: {weekday!r} is not a weekday from 0 (Monday) to 6 (Sunday)")
        own = {_day(day, "workdays"): windows_of(pairs, f"workdays[{day}]") for day, pairs in workdays.items()}
        put = object.__setattr__
        put(self, "tz", _zone(tz))
        put(self, "week", tuple(windows_of(windows.get(day, ()), f"windows[{day}]") for day in range(7)))
        put(self, "holidays", frozenset(_day(day, "holidays") for day in holidays))
        put(self, "workdays", tuple(sorted(own.items())))
        put(self, "years", None if years is None else frozenset(_covered(year) for year in years))
        put(self, "_own", own)
        put(self, "_tables", {})

    # ---- instants ------------------------------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in a window: the start belongs to it, the end does not."""
        now = ticks(at)
        year = self._year(self._local(now).year)
        index = bisect_right(year.starts, now) - 1
        return index >= 0 and now < year.ends[index]

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the start of the next window. Raises NeverOpen when there is none."""
        now = ticks(at)
        number = self._local(now).year
        while True:
            year = self._ahead(number)
            index = bisect_right(year.ends, now)
            if index < len(year.ends):
                return self._local(max(now, year.starts[index]))
            number += 1

    def elapsed(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
        """Open time from `start` to `end` outside the `pauses`; negative when `end` is the earlier one.

        `pauses` are (start, end) pairs in any order; they may overlap or lie outside.
        """
        first, last, sign = ticks(start), ticks(end), 1
        if last < first:
            first, last, sign = last, first, -1
        paused = sum(self._open(max(a, first), min(b, last)) for a, b in _merged(pauses))
        return sign * (self._open(first, last) - paused) * TICK

    def add(self, start: datetime, delta: timedelta, pauses: Iterable[Pause] = ()) -> datetime:
        """The instant at which `delta` of open time outside the `pauses` has passed since `start`.

        The earliest such instant: a result on the end of a window stays there. A negative `delta` goes backwards and
        gives the latest instant. Zero gives `start`, open or not. `elapsed(start, add(start, d, p), p) == d`.
        Raises NeverOpen when the calendar runs out of windows.
        """
        now, left, breaks = ticks(start), delta // TICK, _merged(pauses)
        if left > 0:
            return self._local(self._later(now, left, breaks))
        if left < 0:
            return self._local(self._earlier(now, -left, breaks))
        return self._local(now)

    # ---- days ----------------------------------------------------------------------------------------------

    def add_days_keep_clock(self, start: datetime, n: int) -> datetime:
        """The same wall-clock time `n` calendar days later (`n` may be negative), open or not.

        A time that the change to summer time skips becomes the instant of the change. A repeated time keeps the
        pass (fold) of `start`. No table is asked, so years outside the calendar are fine.
        """
        local = aware(start).astimezone(self.tz)
        moved = (local.replace(tzinfo=None) + timedelta(days=n)).replace(fold=local.fold)
        if is_skipped(self.tz, moved):
            return self._local(jump(self.tz, moved))
        return self._local(ticks(moved.replace(tzinfo=self.tz)))

    def add_working_days(self, start: datetime, n: int) -> datetime:
        """Close of business of the `n`-th working day after the receipt date of `start` (WD clock, metrics 0.4).

        The receipt date is the local date of `start`; it never counts. ValueError unless `n` is 1 or more.
        """
        return self.close_of_business(self.nth_working_day(self.local_date(start), n))

    def nth_working_day(self, after: date, n: int) -> date:
        """The `n`-th working day later than `after`, which never counts. ValueError unless `n` is 1 or more."""
        if n < 1:
            raise ValueError(f"{n} is not a number of working days; the first possible day is day 1")
        first = after + timedelta(days=1)
        number, year = first.year, self._ahead(first.year)
        left = n + year.worked[_day_index(first)]
        while left > year.worked[-1]:
            left -= year.worked[-1]
            number += 1
            year = self._ahead(number)
        return date(number, 1, 1) + timedelta(days=bisect_left(year.worked, left) - 1)

    def working_days(self, first: date, last: date) -> int:
        """How many working days lie from `first` to `last`, both included; 0 when `last` is before `first`."""
        if last < first:
            return 0
        whole_years = sum(self._year(year).worked[-1] for year in range(first.year, last.year))
        before_first = self._year(first.year).worked[_day_index(first)]
        return whole_years + self._year(last.year).worked[_day_index(last) + 1] - before_first

    def local_date(self, at: datetime) -> date:
        """The date on the wall of the office at the instant `at` (the receipt date of what arrives then)."""
        return aware(at).astimezone(self.tz).date()

    def day_kind(self, day: date) -> DayKind:
        """Working day, make-up day, holiday or weekly day of rest."""
        self._check(day.year)
        if day in self._own:
            return DayKind.MAKE_UP if self._own[day] else DayKind.REST
        if day in self.holidays:
            return DayKind.HOLIDAY
        return DayKind.WORKING if self.week[day.weekday()] else DayKind.REST

    def is_working_day(self, day: date) -> bool:
        """Whether `day` has a window at all."""
        return bool(self._windows_on(day))

    def close_of_business(self, day: date) -> datetime:
        """The end of the last window of `day`. ValueError when `day` is no working day."""
        windows = self._windows_on(day)
        if not windows:
            raise ValueError(f"{day} is not a working day")
        return self._local(instant(self.tz, day, windows[-1][1]))

    @property
    def standard_day(self) -> timedelta:
        """Length of an ordinary working day: the commonest of the week, of equally common ones the longest.

        ValueError when the week has no window.
        """
        lengths = [sum(end - start for start, end in windows) for windows in self.week if windows]
        if not lengths:
            raise ValueError("a calendar without weekly windows has no standard working day")
        return timedelta(minutes=max(lengths, key=lambda length: (lengths.count(length), length)))

    # ---- machinery -----------------------------------------------------------------------------------------

    def _later(self, now: int, left: int, breaks: list[tuple[int, int]]) -> int:
        for begin, end in breaks:
            if end <= now:
                continue
            candidate = self._seek(now, left)
            if candidate <= begin:
                return candidate
            left -= self._open(now, begin)
            now = end
        return self._seek(now, left)

    def _earlier(self, now: int, left: int, breaks: list[tuple[int, int]]) -> int:
        for begin, end in reversed(breaks):
            if begin >= now:
                continue
            candidate = self._seek_back(now, left)
            if candidate >= end:
                return candidate
            left -= self._open(end, now)
            now = begin
        return self._seek_back(now, left)

    def _seek(self, now: int, left: int) -> int:
        """The earliest instant with `left` > 0 open microseconds since `now`."""
        number = self._local(now).year
        year = self._ahead(number)
        left += year.open_before(now)
        while left > year.total:
            left -= year.total
            number += 1
            year = self._ahead(number)
        index = bisect_left(year.totals, left)
        return year.ends[index] - (year.totals[index] - left)

    def _seek_back(self, now: int, left: int) -> int:
        """The latest instant with `left` > 0 open microseconds up to `now`."""
        number = self._local(now - 1).year
        year = self._behind(number)
        rest = year.open_before(now) - left
        while rest < 0:
            number -= 1
            year = self._behind(number)
            rest += year.total
        index = bisect_right(year.totals, rest)
        return year.ends[index] - (year.totals[index] - rest)

    def _open(self, first: int, last: int) -> int:
        """Open microseconds in [first, last); 0 when the span is empty."""
        if last <= first:
            return 0
        begin, end = self._local(first).year, self._local(last - 1).year
        whole_years = sum(self._year(year).total for year in range(begin, end))
        return whole_years + self._year(end).open_before(last) - self._year(begin).open_before(first)

    def _ahead(self, number: int) -> _Year:
        """The year `number` of a search forward; NeverOpen when no window can follow."""
        if number > (LAST_YEAR if any(self.week) else max((day.year for day, _ in self.workdays), default=0)):
            raise NeverOpen(number)
        return self._year(number)

    def _behind(self, number: int) -> _Year:
        """The year `number` of a search backward; NeverOpen when no window can precede."""
        if number < (FIRST_YEAR if any(self.week) else min((day.year for day, _ in self.workdays), default=LAST_YEAR)):
            raise NeverOpen(number)
        return self._year(number)

    def _year(self, number: int) -> _Year:
        if number not in self._tables:
            self._check(number)
            self._tables[number] = self._tabulate(number)
        return self._tables[number]

    def _tabulate(self, number: int) -> _Year:
        year, total = _Year([], [], [], [0]), 0
        for ordinal in range(date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            windows = self._windows_on(day)
            year.worked.append(year.worked[-1] + bool(windows))
            for window in windows:
                start, end = (instant(self.tz, day, minute) for minute in window)
                if start < end:  # a window inside the hour that summer time skips is empty
                    total += end - start
                    year.starts.append(start)
                    year.ends.append(end)
                    year.totals.append(total)
        return year

    def _windows_on(self, day: date) -> Minutes:
        self._check(day.year)
        if day in self._own:
            return self._own[day]
        return () if day in self.holidays else self.week[day.weekday()]

    def _check(self, number: int) -> None:
        if self.years is not None and number not in self.years:
            raise CalendarYearMissing(number)

    def _local(self, at: int) -> datetime:
        return moment(self.tz, at)


# ---- checked input ---------------------------------------------------------------------------------------------


def _merged(pauses: Iterable[Pause]) -> list[tuple[int, int]]:
    """The pauses as disjoint spans in order. ValueError for a pause that ends before it starts."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted((ticks(start), ticks(end)) for start, end in pauses):
        if end < begin:
            raise ValueError("a pause ends before it starts")
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _day(day: date, where: str) -> date:
    if type(day) is not date:  # a datetime is a date too, and equal to none
        raise ValueError(f"{where}: {day!r} is not a date")
    return day


def _covered(year: int) -> int:
    if type(year) is not int:
        raise ValueError(f"years: {year!r} is not a year")
    return year


def _zone(tz: tzinfo | str) -> tzinfo:
    if isinstance(tz, tzinfo):
        return tz
    try:
        return ZoneInfo(tz)
    except (ZoneInfoNotFoundError, TypeError, OSError) as error:
        raise ValueError(f"{tz!r} is not a time zone") from error


def _day_index(day: date) -> int:
    return day.timetuple().tm_yday - 1
