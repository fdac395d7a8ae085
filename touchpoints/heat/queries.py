"""The heat map as its page shows it: stage types of one order type × units, out of the counted figures."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min

from cxorders.kit.formats import FULL, sample
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.heat.models import HeatCount, StageHeat
from touchpoints.heat.percentiles import wilson
from touchpoints.orders import wording
from touchpoints.orders.models import OrderType, StageType
from touchpoints.orders.promises import Promise
from touchpoints.orders.queries.passages import OFFICE, SECONDS, counted_types, shown_unit

MEDIAN, P90, LATE = MEASURES = ("median", "p90", "late")
HEAT_STEPS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
"""time as a share of what was promised at which the next tint begins; above 1 the promise is used up"""
LATE_STEPS = (2.5, 5.0, 7.5, 10.0, 14.0, 20.0)
"""percent late at which the next tint begins (STYLE §2)"""
MOST_HOT = 3


@dataclass(frozen=True)
class Wanted:
    """Which map: the first day of the month, order type by code, the unit whose parts are the columns, what to show."""

    month: date
    order_type: str = ""
    unit: int | None = None
    measure: str = MEDIAN
    column: int | None = None
    """the column a narrow screen shows"""


@dataclass(frozen=True)
class Column:
    unit: Unit
    whole: bool
    """the unit itself, of which the other columns are parts"""
    opens: bool
    """has parts of its own to look into"""


@dataclass(frozen=True)
class Cell:
    """One stage type at one unit. `n` belongs to the measure: stages that ended, or promises that were decided."""

    column: Column
    n: int
    value: float | None
    """in the unit of the row, or percent late"""
    other: float | None
    """p90 beside the median and the other way round"""
    level: int | None
    """tint 0–6; None where there is nothing to compare with"""
    interval: tuple[float, float] | None = None
    """of a share, in percent"""

    @property
    def size(self) -> str:
        """none, low, hint or full (metrics 0.2)."""
        return sample(self.n)


@dataclass(frozen=True)
class Line:
    """One stage type."""

    stage_type: StageType
    promise: str
    unit: str
    """what its times are counted in"""
    office: bool
    """whether its clock runs in working hours only"""
    cells: list[Cell]


@dataclass(frozen=True)
class Hot:
    """A cell worth looking at first."""

    line: Line
    cell: Cell


@dataclass(frozen=True)
class HeatMap:
    order_type: OrderType | None
    types: list[OrderType]
    root: Unit | None
    """the unit whose parts are shown; None for the whole group"""
    above: list[Unit]
    """units to go back to, the highest first"""
    columns: list[Column]
    lines: list[Line]
    hottest: list[Hot]
    counted_at: datetime | None
    """the oldest count behind the columns; None where a company was not counted yet"""

    @property
    def empty(self) -> bool:
        """Whether not one stage was counted."""
        return not any(cell.n for line in self.lines for cell in line.cells)


def heat_map(user: User, wanted: Wanted) -> HeatMap:
    """The map `user` may see. A constant number of queries, none of which asks orders or stages."""
    types = list(OrderType.objects.order_by("position", "code"))
    chosen = next((one for one in types if one.code == wanted.order_type), None)
    chosen = chosen or next((one for one in types if not one.retired), None)
    root, above = _root(user, wanted.unit)
    columns = _columns(user, root)
    kinds = list(
        counted_types().filter(order_type=chosen).select_related("touchpoint", "order_type", "standard").order_by("seq")
    )
    figures = _figures(user, wanted.month, kinds, columns)
    if root is not None:  # most departments never hold a stage of this order type
        busy = {unit for _kind, unit in figures}
        columns = [column for column in columns if column.whole or column.unit.pk in busy]
    lines = [
        _line(kind, wanted.measure, columns, figures)
        for kind in kinds
        if not kind.retired or any((kind.pk, column.unit.pk) in figures for column in columns)
    ]
    companies = {column.unit.company_id for column in columns}
    counted = HeatCount.objects.filter(month=wanted.month, company_id__in=companies, counted_at__isnull=False)
    ages = list(counted.order_by().values_list("company_id").annotate(at=Min("counted_at")))
    return HeatMap(
        order_type=chosen,
        types=[one for one in types if not one.retired or one == chosen],
        root=root,
        above=above,
        columns=columns,
        lines=lines,
        hottest=_hottest(lines),
        counted_at=min((at for _company, at in ages if at is not None), default=None)
        if len(ages) == len(companies)
        else None,
    )


def _top(user: User) -> Unit | None:
    """The unit above everything `user` sees; None for the whole group."""
    scope, grant = scope_of(user), user.active_grant
    if scope.everything or grant is None:
        return None
    return grant.unit if scope.company_id is None else grant.unit.company


def _root(user: User, unit_id: int | None) -> tuple[Unit | None, list[Unit]]:
    """The unit to look into, and those between it and the top of the person."""
    top, scope = _top(user), scope_of(user)
    known = Unit.objects.select_related("company").filter(company__isnull=False)
    unit = known.filter(pk=unit_id).first() if unit_id is not None else None
    if unit is None or not scope.covers(unit):
        return top, []
    above = Unit.objects.above(unit).filter(company__isnull=False).exclude(pk=unit.pk).order_by("path")
    return unit, [one for one in above if top is None or one.path.startswith(top.path)]


def _columns(user: User, root: Unit | None) -> list[Column]:
    if scope_of(user).blind:
        return []
    if root is None:
        rows = Unit.objects.filter(kind=UnitKind.COMPANY, closed_on=None).order_by("path")
        return [Column(unit, whole=False, opens=True) for unit in rows]
    parts = list(Unit.objects.filter(parent=root).order_by("path"))
    parents = set(Unit.objects.order_by().filter(parent__in=parts).values_list("parent_id", flat=True))
    whole = [Column(root, whole=True, opens=False)] if root.company_id is not None else []
    return whole + [Column(unit, whole=False, opens=unit.pk in parents) for unit in parts]


Figures = dict[tuple[int, int], StageHeat]


def _figures(user: User, month: date, kinds: list[StageType], columns: list[Column]) -> Figures:
    rows = StageHeat.objects.visible_to(user).filter(
        month=month, stage_type__in=[kind.pk for kind in kinds], unit__in=[column.unit.pk for column in columns]
    )
    return {(row.stage_type_id, row.unit_id): row for row in rows.order_by("pk")}


def _line(kind: StageType, measure: str, columns: list[Column], figures: Figures) -> Line:
    promise = _promise(kind)
    return Line(
        stage_type=kind,
        promise=wording.promise_text(promise),
        unit=shown_unit(kind.promise_unit),
        office=kind.promise_unit in OFFICE,
        cells=[_cell(column, measure, figures.get((kind.pk, column.unit.pk)), promise) for column in columns],
    )


def _promise(kind: StageType) -> Promise:
    standard = kind.standard
    value: Any = kind.promise_value
    if standard is not None and standard.unit == kind.promise_unit:
        value = standard.value
    return Promise(kind.promise_kind, value, kind.promise_unit)


def _cell(column: Column, measure: str, figure: StageHeat | None, promise: Promise) -> Cell:
    if figure is None:
        return Cell(column, 0, None, None, None)
    if measure == LATE:
        percent = figure.late * 100 / figure.due if figure.due else None
        level = None if percent is None else _tint(percent, LATE_STEPS)
        return Cell(column, figure.due, percent, None, level, wilson(figure.late, figure.due))
    one = SECONDS.get(promise.unit, 86_400)
    median, p90 = ((None if at is None else at / one) for at in (figure.median, figure.p90))
    value, other = (median, p90) if measure == MEDIAN else (p90, median)
    length = promised_length(promise)
    compared = None if value is None or not length else _tint(value / length, HEAT_STEPS)
    return Cell(column, figure.taken, value, other, compared)


def promised_length(promise: Promise) -> float | None:
    """How long the promise lets a stage take, in its own unit; None where it promises a moment, not a length."""
    value = promise.value[-1] if promise.kind == "window" and promise.value else promise.value
    if promise.kind not in ("within", "window") or not isinstance(value, int | float):
        return None
    return float(value) * (30 if promise.unit == "MONTH" else 5 if promise.unit == "RINGS" else 1)


def _tint(value: float, steps: tuple[float, ...]) -> int:
    return sum(value >= step for step in steps)


def _hottest(lines: list[Line]) -> list[Hot]:
    """The darkest parts, biggest first among equals; whoever has fewer than 30 cases is not ranked (metrics 0.2)."""
    hot = [
        Hot(line, cell)
        for line in lines
        for cell in line.cells
        if cell.n >= FULL and cell.level is not None and cell.level >= 4 and not cell.column.whole
    ]
    hot.sort(key=lambda one: (-(one.cell.level or 0), -one.cell.n, one.cell.column.unit.path))
    return hot[:MOST_HOT]
