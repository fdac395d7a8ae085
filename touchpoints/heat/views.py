"""`/orders/heat/`: where time is lost, stage by stage and company by company."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cxorders.kit import formats
from cxorders.organisation.access import SignedInRequest, may, requires
from touchpoints.heat.actions import month_before, month_of
from touchpoints.heat.filters import wanted_from
from touchpoints.heat.queries import LATE, MEASURES, Cell, Column, HeatMap, Hot, Line, Wanted, heat_map

MONTHS_BACK = 12
LABELS = {
    "median": gettext_lazy("中位用时"),
    "p90": gettext_lazy("九成以内用时（P90）"),
    "late": gettext_lazy("超时占比"),
}


@require_GET
@requires("dashboard.read")
def heat_map_page(request: SignedInRequest) -> HttpResponse:
    """The map; every filter lives in the address."""
    now = timezone.now()
    wanted = wanted_from(request.GET, now)
    found = heat_map(request.user, wanted)
    rows = may(request.user, "order.read")
    drawn = Drawing(found, wanted, rows)
    context = {
        "wanted": wanted,
        "map": found,
        "now": now,
        "month": wanted.month,
        "running": wanted.month == month_of(now),
        "months": _months(month_of(now)),
        "month_default": f"{wanted.month:%Y-%m}" if "month" not in request.GET else "",
        "types": [(kind.code, kind.name) for kind in found.types],
        "type_default": found.order_type.code if found.order_type else "",
        "measures": [
            {"label": LABELS[code], "url": _link(request, measure=code), "current": code == wanted.measure}
            for code in MEASURES
        ],
        "picks": [(column.unit.pk, column.unit.name) for column in found.columns],
        "pick_default": str(drawn.picked or ""),
        "heads": [(column, _link(request, unit=str(column.unit.pk)), drawn.mark(column)) for column in found.columns],
        "lines": [(line, [drawn.cell(line, cell) for cell in line.cells]) for line in found.lines],
        "hottest": [drawn.hot(hot) for hot in found.hottest],
        "late": wanted.measure == LATE,
        "crumbs": _crumbs(request, found),
    }
    return render(request, "touchpoints/heat/map.html", context)


def _months(this: date) -> list[tuple[str, str]]:
    months, month = [], this
    for _step in range(MONTHS_BACK):
        months.append((f"{month:%Y-%m}", formats.month_prose(month)))
        month = month_before(month)
    return months


def _link(request: SignedInRequest, **changes: str) -> str:
    """The present filters with `changes`; a column belongs to its unit."""
    query = request.GET.copy()
    if "unit" in changes:
        query.pop("column", None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _crumbs(request: SignedInRequest, found: HeatMap) -> list[dict[str, str]]:
    query = request.GET.copy()
    for name in ("unit", "column"):
        query.pop(name, None)
    crumbs = [{"label": _("订单旅程"), "url": reverse("orders:list")}]
    if "unit" in request.GET:
        crumbs.append({"label": _("环节热力图"), "url": f"?{query.urlencode()}"})
        crumbs += [{"label": unit.name, "url": _link(request, unit=str(unit.pk))} for unit in found.above]
        return [*crumbs, {"label": found.root.name if found.root else _("全集团")}]
    return [*crumbs, {"label": _("环节热力图")}]


@dataclass(frozen=True)
class Drawn:
    """A cell as the table draws it."""

    cell: Cell
    url: str
    shown: str
    other: str
    label: str
    css: str
    mark: str
    """class of the column a narrow screen shows"""


class Drawing:
    """Words, links and tints of the cells of one map."""

    def __init__(self, found: HeatMap, wanted: Wanted, rows: bool) -> None:
        self.map, self.wanted, self.rows = found, wanted, rows
        keys = [column.unit.pk for column in found.columns]
        self.picked = wanted.column if wanted.column in keys else next(iter(keys), None)

    def mark(self, column: Column) -> str:
        """Class of the column a narrow screen shows."""
        return "on" if column.unit.pk == self.picked else ""

    def cell(self, line: Line, cell: Cell) -> Drawn:
        """One cell; one under ten cases shows hatching and n (STYLE §4)."""
        small = cell.size in ("none", "low")
        shown = formats.NOTHING if small else self._value(cell.value)
        other = "" if small else self._other(cell)
        tint = "" if cell.size == "none" else " nul" if small else " hx" if cell.level is None else f" ht{cell.level}"
        names = [line.stage_type.name, cell.column.unit.name]
        unit = "" if self.wanted.measure == LATE else f" {line.unit}"
        told = _("样本不足") if small else f"{LABELS[self.wanted.measure]} {shown}{unit}"
        label = " · ".join(part for part in (*names, told, other, f"n={cell.n}") if part)
        return Drawn(cell, self._url(line, cell), shown, other, label, tint.strip(), self.mark(cell.column))

    def hot(self, hot: Hot) -> dict[str, Any]:
        """One line of what to look at first."""
        return {"line": hot.line, "unit": hot.cell.column.unit, "cell": self.cell(hot.line, hot.cell)}

    def _value(self, value: float | None) -> str:
        return f"{formats.score(value)}%" if self.wanted.measure == LATE else formats.number(value, 1)

    def _other(self, cell: Cell) -> str:
        if cell.interval is not None:
            return formats.interval(*cell.interval)
        if cell.other is None:
            return ""
        name = "P90" if self.wanted.measure == "median" else _("中位")
        return f"{name} {formats.number(cell.other, 1)}"

    def _url(self, line: Line, cell: Cell) -> str:
        if not cell.n or not self.rows or self.map.order_type is None:
            return ""
        by = "due" if self.wanted.measure == LATE else "ended"
        query: dict[str, str | int] = {
            "type": self.map.order_type.code,
            "stage": line.stage_type.code,
            by: f"{self.wanted.month:%Y-%m}",
            "unit": cell.column.unit.pk,
        }
        return f"{reverse('orders:list')}?{urlencode(query)}"
