"""What the dashboard shows: figures from rollups, open work by partial index; facts are never counted here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cxorders.kit import badges, formats
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import calendar_for
from cxorders.organisation.scope import Scope, scope_of
from cxorders.web import open_work
from cxorders.web.dashboard.filters import Wanted
from cxorders.web.figures import LATE, REWORK, SHOWN, Period, Tile, both, history, summed, targets, tile
from feedback.issues.enums import IssueState
from feedback.issues.models import Issue
from feedback.issues.queries.listing import age_marks, near_until
from kpi.metrics.definitions import CSAT, DISSATISFIED
from kpi.metrics.models import RecordRollup
from kpi.metrics.queries import Pain, as_of, before, csat_by_key_point
from kpi.metrics.queries.tallies import RECORD_COLUMNS, Counts, inside

FULL = 30
MOST_NEAR = 8


@dataclass(frozen=True)
class Place:
    """Who looks, at what, when; `until` is the time the figures are complete to."""

    user: User
    scope: Scope
    wanted: Wanted
    at: datetime
    until: datetime

    @property
    def unit(self) -> Unit | None:
        """The unit the page is narrowed to."""
        return self.wanted.unit


def board(user: User, wanted: Wanted, at: datetime) -> dict[str, Any]:
    """The context of the page. A fixed number of queries."""
    place = Place(user, scope_of(user), wanted, at, as_of(at))
    rows = _open(place)
    backlog = open_work.backlog_of(rows, at)
    cells = csat_by_key_point(
        place.scope, wanted.period.first, wanted.period.last, unit=wanted.unit, touchpoint=wanted.touchpoint
    )
    return {
        "until": place.until,
        "tiles": _tiles(place),
        "late_tile": _late_tile(place, backlog),
        **_flow(place, backlog),
        **_near(place, rows, backlog),
        **_pain(place, cells),
    }


# ---- figures -------------------------------------------------------------------------------------------------------


def _tiles(place: Place) -> list[Tile]:
    """On-time, closed loop, satisfaction, rework, late records: now against the period before, with twelve months."""
    wanted = place.wanted
    now, then = (totals.counts for totals in both(place.scope, wanted.period, as_of=place.until, unit=wanted.unit))
    past, goals = history(place.scope, wanted.period.last, as_of=place.until, unit=wanted.unit), targets()
    tiles = []
    for indicator in (SHOWN["M11"], SHOWN["M15"], CSAT, REWORK, LATE):
        of_records = not indicator.due_based
        narrowed = of_records and bool(wanted.touchpoint)
        counts, earlier = (
            (_at_touchpoint(place, wanted.period), _at_touchpoint(place, _before(wanted.period)))
            if narrowed
            else (now, then)
        )
        tiles.append(
            tile(
                indicator,
                counts,
                earlier,
                target=goals.get(indicator.code),
                values=() if narrowed else past.of(indicator),
                href=reverse("web:dashboard_rows", args=[indicator.code]) + wanted.query(severity=""),
                note=_("不分触点") if wanted.touchpoint and not of_records else "",
            )
        )
    return tiles


def _before(period: Period) -> Period:
    first, last = before(period.first, period.last)
    return Period("", first, last)


def _at_touchpoint(place: Place, period: Period) -> Counts:
    """Counts of records at one touchpoint; rounds are not counted by touchpoint."""
    where = inside(place.scope, place.unit) & Q(day__range=(period.first, period.last))
    where &= Q(key_point__touchpoint__code=place.wanted.touchpoint)
    return summed(RecordRollup, where, RECORD_COLUMNS)


def _late_tile(place: Place, backlog: open_work.Backlog) -> dict[str, Any]:
    """Open issues whose answer is late: a count, not a sample."""
    return {"value": formats.number(backlog.overdue), "total": backlog.total, "href": _link(place)(due="over")}


# ---- open work -----------------------------------------------------------------------------------------------------


def _open(place: Place) -> Any:
    wanted = place.wanted
    rows = open_work.open_issues(place.scope, wanted.unit)
    if wanted.touchpoint:
        rows = rows.filter(touchpoint__code=wanted.touchpoint)
    if wanted.severity:
        rows = rows.filter(severity__code=wanted.severity)
    return rows.exclude(state=IssueState.PENDING_CUSTOMER) if wanted.running else rows


def _link(place: Place) -> open_work.Link:
    """Addresses of the queue with the filters of this page."""
    wanted = place.wanted
    return open_work.Link(
        reverse("issues:list"),
        unit=wanted.unit.pk if wanted.unit else "",
        tp=wanted.touchpoint,
        severity=wanted.severity,
    )


def _flow(place: Place, backlog: open_work.Backlog) -> dict[str, Any]:
    """The backlog by state and age, for the picture and for the table behind it."""
    grant = place.user.active_grant
    marks = age_marks(calendar_for(grant.unit), place.at) if grant is not None else []
    steps = open_work.steps_of(backlog, marks, _link(place))
    names = open_work.age_names()
    chart = {
        "levels": [step.label for step in steps],
        "ages": names,
        "data": [[count for count, _url in step.ages] for step in steps],
        "urls": [step.url for step in steps],
    }
    return {"backlog": backlog, "steps": steps, "ages": names, "chart": chart, "oldest": _oldest(place, backlog)}


def _oldest(place: Place, backlog: open_work.Backlog) -> dict[str, Any] | None:
    """The issue that is open for the longest, and how many working days."""
    grant = place.user.active_grant
    first = min(backlog.rows, key=lambda row: row.opened_at, default=None)
    issue = Issue.objects.select_related("unit").filter(pk=first.pk).first() if first is not None else None
    if issue is None or grant is None:
        return None
    calendar = calendar_for(grant.unit)
    days = calendar.elapsed(issue.opened_at, place.at) / calendar.standard_day
    return {"issue": issue, "days": days}


def _near(place: Place, rows: Any, backlog: open_work.Backlog) -> dict[str, Any]:
    """What falls due in the next four working hours, nearest first; the room left goes to what is late already.

    Taken from the backlog, which was read anyway; asked for anew only where that did not reach so far.
    """
    until = near_until(place.user, place.at)
    known = backlog.near(until)
    if known is None:
        found = open_work.due_until(rows, place.at, until)
        near, count = open_work.lines(found, place.at, MOST_NEAR), open_work.up_to(found)
    else:
        near, count = open_work.lines_for(known[:MOST_NEAR], place.at), len(known)
    room = MOST_NEAR - max(len(near), MOST_NEAR // 4)
    return {
        "near": near,
        "late": open_work.lines_for(backlog.late()[:room], place.at),
        "near_count": open_work.said(count),
        "near_url": _link(place)(due="near"),
    }


# ---- pain ----------------------------------------------------------------------------------------------------------


def _pain(place: Place, cells: list[Pain]) -> dict[str, Any]:
    """The heat map by touchpoint, and one sentence that says what it means."""
    rows: dict[str, dict[str, Any]] = {code: {"touchpoint": code, "n": 0, "cells": []} for code in badges.TOUCHPOINT}
    for cell in cells:
        row = rows.setdefault(cell.touchpoint, {"touchpoint": cell.touchpoint, "n": 0, "cells": []})
        row["n"] += cell.share.n
        row["cells"].append(
            {
                "label": cell.key_point.name,
                "percent": cell.share.value or 0.0,
                "n": cell.share.n,
                "url": cell_url(place.wanted, cell),
            }
        )
    return {"heat": [row for row in rows.values() if row["cells"]], "meaning": _meaning(place, cells)}


def cell_url(wanted: Wanted, cell: Pain) -> str:
    """The rows behind one cell."""
    address = reverse("web:dashboard_rows", args=[DISSATISFIED.code])
    return address + wanted.query(kp=cell.key_point.code, tp="", severity="")


def _meaning(place: Place, cells: list[Pain]) -> dict[str, str] | None:
    """The worst key point with a full sample against all answers together."""
    certain = [cell for cell in cells if cell.share.n >= FULL and cell.share.value]
    x, n = sum(cell.share.x for cell in cells), sum(cell.share.n for cell in cells)
    if not certain or not x:
        return None
    worst = certain[0]
    times = (worst.share.value or 0.0) / (x * 100 / n)
    text = _("%(touchpoint)s「%(point)s」最痛：%(n)s 位评分的客户里 %(x)s 位不满意，是平均水平的 %(times)s 倍") % {
        "touchpoint": worst.key_point.touchpoint.name,
        "point": worst.key_point.name,
        "n": formats.number(worst.share.n),
        "x": formats.number(worst.share.x),
        "times": formats.number(times, 1),
    }
    return {"text": text, "url": cell_url(place.wanted, worst)}
