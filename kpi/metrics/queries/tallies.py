"""Sums over rollups: totals and trends of a scope. Cost depends on days and units, never on the number of facts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Min, Q, Sum

from cxorders.organisation.models import Unit
from cxorders.organisation.scope import Scope
from kpi.metrics.definitions import CLOSURE, CSAT, INDICATORS, ON_TIME, Indicator
from kpi.metrics.models import (
    DirtyBucket,
    DirtyIssue,
    IssueCounts,
    IssueRollup,
    MonthRollup,
    RecordCounts,
    RecordRollup,
)
from kpi.metrics.periods import local_day, month_after, month_of
from kpi.metrics.queries.shares import Judged, Share, judged

RECORD_COLUMNS = tuple(field.name for field in RecordCounts._meta.get_fields())
ISSUE_COLUMNS = tuple(field.name for field in IssueCounts._meta.get_fields())
Day = RecordRollup | IssueRollup
EVERYTHING = Scope(user_id=0, everything=True)
"""the whole group, for figures everybody who may compare companies sees"""


def as_of(now: datetime) -> datetime:
    """Until when the rollups are complete: `now`, or the oldest change that waits to be counted."""
    waiting = [model._default_manager.aggregate(oldest=Min("at"))["oldest"] for model in (DirtyBucket, DirtyIssue)]
    return min([now, *(at for at in waiting if at is not None)])


@dataclass(frozen=True)
class Counts:
    """Additive counts by column name of a rollup; a column that was not asked for counts nothing."""

    of: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, column: str) -> int:
        return self.of.get(column, 0)

    def share(self, indicator: Indicator) -> Share:
        """The value of `indicator` on these counts."""
        n = sum(self[column] for column in indicator.of) - sum(self[column] for column in indicator.less)
        return Share.of(sum(self[column] for column in indicator.adds), n)


@dataclass(frozen=True)
class Totals:
    """What happened in a scope from one local day to another, both included."""

    first: date
    last: date
    counts: Counts

    @property
    def records(self) -> int:
        """Records taken, rated or not."""
        return self.counts["records"]

    @property
    def negatives(self) -> int:
        """Records that opened or joined an issue (F4)."""
        return self.counts["negatives"]

    @property
    def late(self) -> Share:
        """Share of records handed in late (F2)."""
        return Share.of(self.counts["late"], self.counts["records"])

    def share(self, code: str) -> Share:
        """The value of the indicator `code`: M01, M01D, M11 or M15."""
        return self.counts.share(INDICATORS[code])


@dataclass(frozen=True)
class Point:
    """One step of a trend: its first day and its share (n = 0 is a gap, never a zero)."""

    day: date
    share: Share


def totals(scope: Scope, first: date, last: date, *, as_of: datetime, unit: Unit | None = None) -> Totals:
    """Counts of records (by event day) and of rounds (by the day of their limit) in `scope`, narrowed to `unit` and
    below. Days that are not over at `as_of` bring no due-based counts yet (C2). Two queries.
    """
    records = _sum(RecordRollup, inside(scope, unit) & Q(day__range=(first, last)), RECORD_COLUMNS)
    over = min(last, local_day(as_of) - timedelta(days=1))
    rounds = _sum(IssueRollup, inside(scope, unit) & Q(day__range=(first, over)), ISSUE_COLUMNS)
    return Totals(first, last, Counts({**records, **rounds}))


def before(first: date, last: date) -> tuple[date, date]:
    """The period of equal length right before, both days included."""
    length = last - first + timedelta(days=1)
    return first - length, first - timedelta(days=1)


def change(now: Totals, then: Totals, code: str) -> Judged:
    """How the indicator `code` moved from `then` to `now`, judged (M56)."""
    return judged(now.share(code), then.share(code), up=INDICATORS[code].up)


def trend(
    scope: Scope, code: str, first: date, last: date, *, as_of: datetime, step: str = "day", unit: Unit | None = None
) -> list[Point]:
    """The indicator `code` per `step` (day, week or month; a week begins on Monday) from `first` to `last`.

    Months come from the month rollup, so they are whole months; the month of `as_of` is counted up to `as_of`.
    """
    indicator = INDICATORS[code]
    if step == "month":
        counted = _months(inside(scope, unit), indicator, month_of(first), month_of(last), as_of)
        return [Point(month, counted.get(month, Counts()).share(indicator)) for month in months(first, last)]
    per_day = _days(inside(scope, unit), indicator, first, last, as_of)
    steps: dict[date, dict[str, int]] = {}
    day = first
    while day <= last:
        into = steps.setdefault(max(first, day - timedelta(days=day.weekday())) if step == "week" else day, {})
        for column, value in per_day.get(day, {}).items():
            into[column] = into.get(column, 0) + value
        day += timedelta(days=1)
    return [Point(start, Counts(values).share(indicator)) for start, values in steps.items()]


def csat_trend(scope: Scope, first: date, last: date, *, as_of: datetime, step: str = "day") -> list[Point]:
    """M01 per step, all answers together."""
    return trend(scope, CSAT.code, first, last, as_of=as_of, step=step)


def on_time_trend(scope: Scope, first: date, last: date, *, as_of: datetime, step: str = "day") -> list[Point]:
    """M11 per step of the answer's limit."""
    return trend(scope, ON_TIME.code, first, last, as_of=as_of, step=step)


def closure_trend(scope: Scope, first: date, last: date, *, as_of: datetime, step: str = "day") -> list[Point]:
    """M15 per step of the closure's limit."""
    return trend(scope, CLOSURE.code, first, last, as_of=as_of, step=step)


def months(first: date, last: date) -> list[date]:
    """The first days of the months from that of `first` to that of `last`."""
    found, month = [], month_of(first)
    while month <= last:
        found.append(month)
        month = month_after(month)
    return found


def columns_of(indicator: Indicator) -> tuple[str, ...]:
    """The rollup columns an indicator needs."""
    return tuple(dict.fromkeys((*indicator.adds, *indicator.of, *indicator.less)))


def rollup_of(indicator: Indicator) -> type[Day]:
    """The day rollup that holds the columns of an indicator."""
    return IssueRollup if indicator.due_based else RecordRollup


def last_counted(indicator: Indicator, last: date, as_of: datetime) -> date:
    """The last day that counts for `indicator`: due-based ones wait until a day is over."""
    return min(last, local_day(as_of) - timedelta(days=1)) if indicator.due_based else last


def inside(scope: Scope, unit: Unit | None = None) -> Q:
    """Rollup rows of `scope`, narrowed to `unit` and what lies below it."""
    narrowed = Q() if unit is None else Q(unit__in=Unit.objects.below(unit).order_by().values("pk"))
    return scope.rows() & narrowed


def added_up(
    model: type[models.Model], where: Q, columns: Iterable[str], *by: str
) -> list[tuple[tuple[Any, ...], dict[str, int]]]:
    """The sums of `columns` over the rows in `where`, per group of the fields `by`: [(group, {column: sum})]."""
    names = list(columns)
    sums = {f"sum_{name}": Sum(name) for name in names}
    rows = model._default_manager.filter(where).order_by().values_list(*by).annotate(**sums)
    cut = len(by)
    return [(row[:cut], dict(zip(names, (value or 0 for value in row[cut:]), strict=True))) for row in rows]


def _sum(model: type[Day], where: Q, columns: Iterable[str]) -> dict[str, int]:
    found = model._default_manager.filter(where).aggregate(**{f"sum_{name}": Sum(name) for name in columns})
    return {name.removeprefix("sum_"): value or 0 for name, value in found.items()}


def _days(where: Q, indicator: Indicator, first: date, last: date, as_of: datetime) -> dict[date, dict[str, int]]:
    within = where & Q(day__range=(first, last_counted(indicator, last, as_of)))
    return {day: sums for (day,), sums in added_up(rollup_of(indicator), within, columns_of(indicator), "day")}


def _months(where: Q, indicator: Indicator, first: date, last: date, as_of: datetime) -> dict[date, Counts]:
    columns, present = columns_of(indicator), month_of(local_day(as_of))
    within = where & Q(month__range=(first, last)) & ~Q(month=present)
    found = {month: Counts(sums) for (month,), sums in added_up(MonthRollup, within, columns, "month")}
    if first <= present <= last:
        end = last_counted(indicator, month_after(present) - timedelta(days=1), as_of)
        found[present] = Counts(_sum(rollup_of(indicator), where & Q(day__range=(present, end)), columns))
    return found
