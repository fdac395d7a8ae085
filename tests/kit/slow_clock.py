"""A deliberately slow reference of working time: it walks minute by minute and looks at the clock on the wall.

A window is open from the first minute at which the wall clock has reached its start to the first minute at which it
has reached its end. "Has reached" looks at the latest reading shown so far, so an hour that comes twice opens nothing
a second time. All instants are whole minutes inside the stretch that is walked.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
Windows = list[tuple[str, str]]
Pauses = list[tuple[datetime, datetime]]


@cache
def readings(zone: ZoneInfo, first: date, days: int) -> list[tuple[date, str]]:
    """The latest wall-clock reading shown so far, for every minute from three hours before the local date `first`."""
    origin = datetime.combine(first, time(), tzinfo=zone).astimezone(UTC) - timedelta(hours=3)
    shown, reached = [], origin.astimezone(zone).replace(tzinfo=None)
    for number in range(days * 24 * 60):
        reached = max(reached, (origin + number * MINUTE).astimezone(zone).replace(tzinfo=None, fold=0))
        shown.append((reached.date(), f"{reached:%H:%M}"))
    return shown


class SlowClock:
    """Every minute of `days` days from the local date `first`, and whether the office is open in it."""

    def __init__(
        self,
        zone: ZoneInfo,
        first: date,
        days: int,
        windows: dict[int, Windows],
        holidays: frozenset[date],
        workdays: dict[date, Windows],
    ) -> None:
        self.windows, self.holidays, self.workdays = windows, holidays, workdays
        self.zone, self.first, self.days = zone, first, days
        self.origin = datetime.combine(first, time(), tzinfo=zone).astimezone(UTC) - timedelta(hours=3)

    @cached_property
    def open(self) -> list[bool]:
        return [
            any(start <= clock < end for start, end in self.windows_on(day))
            for day, clock in readings(self.zone, self.first, self.days)
        ]

    def windows_on(self, day: date) -> Windows:
        if day in self.workdays:
            return self.workdays[day]
        return [] if day in self.holidays else self.windows.get(day.weekday(), [])

    def number(self, at: datetime) -> int:
        return int((at.astimezone(UTC) - self.origin) / MINUTE)

    def at(self, number: int) -> datetime:
        return self.origin + number * MINUTE

    def counted(self, pauses: Pauses) -> list[bool]:
        """Open and not paused, minute by minute."""
        counted = list(self.open)
        for start, end in pauses:
            for number in range(max(0, self.number(start)), min(len(counted), self.number(end))):
                counted[number] = False
        return counted

    def elapsed(self, start: datetime, end: datetime, pauses: Pauses) -> timedelta:
        if end < start:
            return -self.elapsed(end, start, pauses)
        return sum(self.counted(pauses)[self.number(start) : self.number(end)]) * MINUTE

    def add(self, start: datetime, minutes: int, pauses: Pauses) -> datetime | None:
        """None when the walk does not reach far enough."""
        counted, number, step = self.counted(pauses), self.number(start), 1 if minutes > 0 else -1
        left = abs(minutes)
        while left:
            looked_at = number if step > 0 else number - 1
            if not 0 <= looked_at < len(counted):
                return None
            left -= counted[looked_at]
            number += step
        return self.at(number)

    def next_open(self, at: datetime) -> datetime | None:
        return next((self.at(number) for number in range(self.number(at), len(self.open)) if self.open[number]), None)

    def nth_working_day(self, after: date, n: int) -> date:
        day = after
        while n:
            day += timedelta(days=1)
            n -= bool(self.windows_on(day))
        return day
