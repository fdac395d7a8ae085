"""Figures of a scope for benches and dashboards: periods, tiles, companies and departments side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit
from cxorders.organisation.scope import Scope
from kpi.metrics.definitions import DISSATISFIED, INDICATORS, Indicator
from kpi.metrics.models import IssueRollup, MonthRollup, RecordRollup
from kpi.metrics.periods import Month, local_day, month_after, month_of
from kpi.metrics.queries import Share, Totals, before, judged, kpi_rows, marks_of, months, totals
from kpi.metrics.queries.tallies import ISSUE_COLUMNS, RECORD_COLUMNS, Counts, added_up, inside

CODES = ("M01", "M11", "M15")
"""what is shown of a unit: satisfaction, on-time, closed loop"""
SPARK_MONTHS = 12
REWORK = Indicator(
    code="REWORK",
    kpi="",
    version=1,
    name=gettext_lazy("返工占比"),
    numerator=gettext_lazy("重开后的返工"),
    denominator=gettext_lazy("应答复的问题"),
    about=gettext_lazy("答复时限落在期间内的处理轮次里，客户说没有解决、重开后再做的占比。"),
    adds=("rework",),
    of=("due",),
    due_based=True,
    up=False,
)
LATE = Indicator(
    code="LATE",
    kpi="",
    version=1,
    name=gettext_lazy("迟报率"),
    numerator=gettext_lazy("迟报的记录"),
    denominator=gettext_lazy("全部记录"),
    about=gettext_lazy("事情发生后超过该渠道规定时间才提交的记录占比。"),
    adds=("late",),
    of=("records",),
    up=False,
)
SHOWN = {one.code: one for one in (*(INDICATORS[code] for code in ("M11", "M15", "M01")), REWORK, LATE, DISSATISFIED)}
"""every share a dashboard shows and can open, by code"""


@dataclass(frozen=True)
class Period:
    """Local days from `first` to `last`, both included, and how the address names them."""

    code: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def month_period(month: Month) -> Period:
    """A whole local month."""
    return Period(str(month), month.first, month.last)


def last_days(at: datetime, count: int) -> Period:
    """The last `count` local days up to that of `at`."""
    today = local_day(at)
    return Period(str(count), today - timedelta(days=count - 1), today)


@dataclass(frozen=True)
class Tile:
    """What `c-kpi-tile` shows of one share."""

    code: str
    label: str
    share: Share
    change: str
    verdict: str
    direction: str
    values: list[float | None]
    target: float | None
    href: str
    note: str = ""


def targets() -> dict[str, float]:
    """Code → target in percent, as the catalogue says; empty before one is loaded. One query."""
    rows = kpi_rows()
    return {code: marks_of(rows[one.kpi]).target for code, one in INDICATORS.items() if one.kpi in rows}


def tile(
    indicator: Indicator,
    now: Counts,
    then: Counts,
    *,
    target: float | None = None,
    values: Sequence[float | None] = (),
    href: str = "",
    note: str = "",
) -> Tile:
    """`indicator` on the counts of a period, judged against the period before."""
    change = judged(now.share(indicator), then.share(indicator), up=indicator.up)
    return Tile(
        code=indicator.code,
        label=str(indicator.name),
        share=now.share(indicator),
        change=change.text,
        verdict=change.verdict,
        direction=change.direction,
        values=list(values),
        target=target,
        href=href,
        note=note,
    )


@dataclass(frozen=True)
class History:
    """Counts per month, oldest first, up to the month of a day."""

    months: list[Counts]

    def of(self, indicator: Indicator) -> list[float | None]:
        """The indicator per month from the first one known, None is a gap; nothing for one month: that is no trend."""
        values = [counts.share(indicator).value for counts in self.months]
        first = next((place for place, value in enumerate(values) if value is not None), len(values))
        known = values[first:]
        return known if len(known) > 1 else []


def history(scope: Scope, last: date, *, as_of: datetime, unit: Unit | None = None) -> History:
    """The twelve months up to that of `last`. Three queries."""
    first, present = month_after(month_of(last), 1 - SPARK_MONTHS), month_of(local_day(as_of))
    where = inside(scope, unit) & Q(month__range=(first, month_of(last))) & ~Q(month=present)
    found = {
        month: Counts(sums)
        for (month,), sums in added_up(MonthRollup, where, (*RECORD_COLUMNS, *ISSUE_COLUMNS), "month")
    }
    if first <= present <= last:
        found[present] = totals(scope, present, local_day(as_of), as_of=as_of, unit=unit).counts
    return History([found.get(month, Counts()) for month in months(first, last)])


def both(scope: Scope, period: Period, *, as_of: datetime, unit: Unit | None = None) -> tuple[Totals, Totals]:
    """The totals of the period and of the period of equal length before. Four queries."""
    now = totals(scope, period.first, period.last, as_of=as_of, unit=unit)
    return now, totals(scope, *before(period.first, period.last), as_of=as_of, unit=unit)


def counts_by(
    scope: Scope, period: Period, column: str, *, as_of: datetime, unit: Unit | None = None
) -> dict[int, Counts]:
    """Counts of records and rounds per `column` (company or unit). Two queries."""
    over = min(period.last, local_day(as_of) - timedelta(days=1))
    where = inside(scope, unit)
    found: dict[int, dict[str, int]] = {}
    for model, columns, last in ((RecordRollup, RECORD_COLUMNS, period.last), (IssueRollup, ISSUE_COLUMNS, over)):
        for (key,), sums in added_up(model, where & Q(day__range=(period.first, last)), columns, column):
            found.setdefault(key, {}).update(sums)
    return {key: Counts(sums) for key, sums in found.items()}


def summed(model: type[models.Model], where: Q, columns: Iterable[str]) -> Counts:
    """The sums of `columns` over all rows in `where`. One query."""
    found = model._default_manager.filter(where).aggregate(**{f"sum_{name}": models.Sum(name) for name in columns})
    return Counts({name.removeprefix("sum_"): value or 0 for name, value in found.items()})


@dataclass(frozen=True)
class Beside:
    """One company or department in a table: its figures, its open work, and where its name leads."""

    unit: Unit
    csat: Share
    on_time: Share
    closure: Share
    open: int
    overdue: int


def beside(units: Iterable[Unit], counts: dict[int, Counts], work: dict[int, tuple[int, int]]) -> list[Beside]:
    """`units` side by side, those with most overdue work first."""
    rows = []
    for unit in units:
        own, (total, late) = counts.get(unit.pk, Counts()), work.get(unit.pk, (0, 0))
        csat, on_time, closure = (own.share(INDICATORS[code]) for code in CODES)
        rows.append(Beside(unit, csat, on_time, closure, total, late))
    return sorted(rows, key=lambda row: (-row.overdue, -row.open, row.unit.path))


def companies() -> list[Unit]:
    """Every member company that is open, in the order of the tree."""
    return list(Unit.objects.filter(kind=UnitKind.COMPANY, closed_on=None).order_by("path"))


@dataclass(frozen=True)
class Departments:
    """The departments of a company and which of them each unit belongs to (itself where it belongs to none)."""

    units: list[Unit]
    home: dict[int, int]

    def together(self, counts: dict[int, Counts]) -> dict[int, Counts]:
        """Counts per unit, added up per department."""
        sums: dict[int, dict[str, int]] = {}
        for key, own in counts.items():
            into = sums.setdefault(self.home.get(key, key), {})
            for column, value in own.of.items():
                into[column] = into.get(column, 0) + value
        return {key: Counts(values) for key, values in sums.items()}

    def added(self, work: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
        """Open and overdue issues per unit, added up per department."""
        sums: dict[int, tuple[int, int]] = {}
        for key, (total, late) in work.items():
            before_, late_before = sums.get(self.home.get(key, key), (0, 0))
            sums[self.home.get(key, key)] = (before_ + total, late_before + late)
        return sums


def departments_of(company: Unit) -> Departments:
    """The departments of `company` and the way from every unit of it to its department. One query."""
    units = list(Unit.objects.below(company).order_by("path"))
    tops = [unit for unit in units if unit.kind == UnitKind.DEPARTMENT]
    home = {unit.pk: top.pk for top in tops for unit in units if unit.path.startswith(top.path)}
    return Departments([unit for unit in tops if unit.closed_on is None], home)


def period_text(period: Period) -> str:
    """近 30 天."""
    return _("近 %(n)s 天") % {"n": period.days}
