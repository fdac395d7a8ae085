"""`/compare/`: the member companies side by side, one measure, one scale, ranked by what is certain (M41)."""

from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cxorders.kit.formats import FULL, SMALL, month_prose
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from kpi.metrics.definitions import INDICATORS, ROLLED, Indicator
from kpi.metrics.periods import Month
from kpi.metrics.queries import CompanyRow, CompanyTable, Marks, as_of, company_table, marks_for

USUAL = "M15"
MONTHS_BACK = 12
SETTLES_ON = 3
"""from this day of a month on the month before is complete enough to be looked at first"""


@dataclass(frozen=True)
class Wanted:
    """Which measure of which month, in which order of the small pictures."""

    indicator: Indicator
    month: Month
    sort: str


def wanted_from(query: QueryDict, at: datetime) -> Wanted:
    """The filters in `query`; without a month the last one that is complete."""
    this = Month.at(at)
    known = {str(this.shifted(-back)): this.shifted(-back) for back in range(MONTHS_BACK)}
    complete = this.shifted(-1 if timezone.localtime(at).day >= SETTLES_ON else -2)
    code = query.get("m", USUAL)
    return Wanted(
        indicator=INDICATORS[code] if code in {one.code for one in ROLLED} else INDICATORS[USUAL],
        month=known.get(query.get("month", ""), complete),
        sort="drop" if query.get("sort") == "drop" else "name",
    )


@require_safe
@requires("compare.read")
def compare(request: SignedInRequest) -> HttpResponse:
    """Small multiples on one scale with the line of the group, and the ranking beside them."""
    now = timezone.now()
    wanted, until = wanted_from(request.GET, now), as_of(now)
    marks = marks_for(wanted.indicator.code)
    table = company_table(
        wanted.indicator.code,
        wanted.month.first,
        wanted.month.last,
        as_of=until,
        target=marks.target if marks else None,
    )
    ranked = [row for row in table.rows if row.rank is not None]
    since = next((place for place, value in enumerate(table.group_months) if value is not None), 0)
    context = {
        "group_months": table.group_months[since:],
        "shown_months": len(table.months) - since,
        "wanted": wanted,
        "indicators": [(one.code, one.name) for one in ROLLED],
        "months": _month_options(now),
        "sorts": [("name", _("按名称")), ("drop", _("按跌幅"))],
        "marks": marks,
        "table": table,
        "until": until,
        "now": now,
        "scale": _scale(table, marks),
        "small": _small(table, wanted, request.user, since),
        "ranked": [_place(row, request.user) for row in ranked],
        "unranked": [_place(row, request.user) for row in table.rows if row.rank is None and row.share.n],
        "silent": [row.company for row in table.rows if row.rank is None and not row.share.n],
        "counts": _counts(table),
    }
    return render(request, "web/compare.html", context)


def _month_options(at: datetime) -> list[tuple[str, str]]:
    this = Month.at(at)
    return [(str(month), month_prose(month.first)) for month in (this.shifted(-back) for back in range(MONTHS_BACK))]


def _counts(table: CompanyTable) -> dict[str, int]:
    """How many companies lie surely above the target, surely below, are not ranked, have hardly any cases."""
    rows = table.rows
    return {
        "all": len(rows),
        "above": sum(row.against == "above" for row in rows),
        "below": sum(row.against == "below" for row in rows),
        "unranked": sum(row.share.n < FULL for row in rows),
        "small": sum(row.share.n < SMALL for row in rows),
    }


def _scale(table: CompanyTable, marks: Marks | None) -> dict[str, float]:
    """One vertical scale for all small pictures and one axis for the ranking, in tens."""
    values = [value for row in table.rows for value in row.months if value is not None]
    lows = [row.share.low for row in table.rows if row.share.low is not None and row.share.n >= SMALL]
    target = marks.target if marks else 100.0
    return {
        "low": _tens(min([*values, target], default=0.0)),
        "axis": _tens(min([*lows, target], default=0.0)),
        "high": 100.0,
    }


def _tens(value: float) -> float:
    return float(max(0, floor(value / 10) * 10 - (0 if value % 10 else 10)))


@dataclass(frozen=True)
class Picture:
    """One small multiple."""

    row: CompanyRow
    href: str
    values: list[float | None]
    step: float | None
    """points against the month before"""


def _small(table: CompanyTable, wanted: Wanted, user: User, since: int) -> list[Picture]:
    """A picture per company, from the first month anybody had a case in."""
    pictures = [Picture(row, _href(row, user), row.months[since:], _step(row.months)) for row in table.rows]
    if wanted.sort == "drop":
        return sorted(pictures, key=lambda one: (one.step is None, one.step or 0.0, one.row.company.path))
    return sorted(pictures, key=lambda one: one.row.company.path)


def _step(months: list[float | None]) -> float | None:
    last, before = months[-1], months[-2]
    return None if last is None or before is None else last - before


def _place(row: CompanyRow, user: User) -> dict[str, Any]:
    return {
        "row": row,
        "href": _href(row, user),
        "kind": "bad" if row.against == "below" else "",
        "label": _("%(company)s：") % {"company": row.company.name},
    }


def _href(row: CompanyRow, user: User) -> str:
    """Where the name leads: into the dashboard of a company the person may look into."""
    inside = may(user, "dashboard.read") and scope_of(user).covers(row.company)
    return f"unit={row.company.pk}" if inside else ""
