"""What every manager's bench shows: late and nearly late work, backlog, pain, figures, people, late stages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from cxorders.organisation.models import User
from cxorders.organisation.queries import calendar_for
from cxorders.organisation.scope import Scope
from cxorders.web import open_work
from cxorders.web.figures import CODES, SHOWN, both, last_days, targets, tile
from feedback.issues.queries.listing import age_marks, near_until
from kpi.metrics.queries import as_of, csat_by_key_point
from touchpoints.orders.enums import OPEN_STAGE_STATES, OrderState, StageState
from touchpoints.orders.models import Stage
from touchpoints.orders.queries import IS_CALLBACK

DAYS = 30
MOST, MOST_PAIN, MOST_PEOPLE = 6, 9, 8


@dataclass(frozen=True)
class Work:
    """The open work of a scope and what the page shows of it."""

    backlog: open_work.Backlog
    context: dict[str, Any]


def work(user: User, scope: Scope, at: datetime) -> Work:
    """Overdue, due in four working hours of the own unit, and the backlog by state and age. Six queries."""
    rows = open_work.open_issues(scope)
    backlog = open_work.backlog_of(rows, at)
    grant = user.active_grant
    marks = age_marks(calendar_for(grant.unit), at) if grant is not None else []
    near = open_work.due_until(rows, at, near_until(user, at))
    context = {
        "backlog": backlog,
        "steps": open_work.steps_of(backlog, marks, open_work.Link(reverse("issues:list"))),
        "ages": open_work.age_names(),
        "overdue": open_work.lines(open_work.overdue(rows, at), at, MOST),
        "near": open_work.lines(near, at, MOST),
        "near_count": open_work.said(open_work.up_to(near)),
    }
    return Work(backlog, context)


def pain(scope: Scope, at: datetime) -> dict[str, Any]:
    """The most painful key points of the last thirty days as cells of a heat map. Two queries."""
    period = last_days(at, DAYS)
    cells = csat_by_key_point(scope, period.first, period.last)
    base = reverse("web:dashboard_rows", args=["M01D"])
    shown = [
        {
            "label": cell.key_point.name,
            "percent": cell.share.value or 0.0,
            "n": cell.share.n,
            "url": f"{base}?period={DAYS}&kp={cell.key_point.code}",
        }
        for cell in cells[:MOST_PAIN]
    ]
    return {"pain": [{"cells": shown}] if shown else []}


def tiles(scope: Scope, at: datetime) -> dict[str, Any]:
    """Satisfaction, on-time and closed loop of the last thirty days against the thirty before. Seven queries."""
    until = as_of(at)
    now, then = both(scope, last_days(at, DAYS), as_of=until)
    goals = targets()
    shown = [
        tile(
            SHOWN[code],
            now.counts,
            then.counts,
            target=goals.get(code),
            href=f"{reverse('web:dashboard_rows', args=[code])}?period={DAYS}",
        )
        for code in CODES
    ]
    return {"tiles": shown, "until": until}


def people(backlog: open_work.Backlog) -> list[dict[str, Any]]:
    """Who holds how many open issues, the most burdened first. One query."""
    held = open_work.counted_by((row for row in backlog.rows if row.owner_id), "owner_id", backlog)
    busiest = sorted(held.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))[:MOST_PEOPLE]
    named = User.objects.in_bulk([key for key, _counts in busiest])
    most = max((total for _key, (total, _late) in busiest), default=1)
    return [
        {"person": named[key], "open": total, "overdue": late, "share": total * 100 / most, "late": late * 100 / most}
        for key, (total, late) in busiest
    ]


def late_stages(units: list[int], at: datetime, most: int) -> list[Stage]:
    """Stages of running orders whose promise has passed, the longest late first. One query by the partial index."""
    rows = Stage.objects.filter(unit_id__in=units, state__in=OPEN_STAGE_STATES, due_at__lt=at)
    rows = rows.filter(state=StageState.ACTIVE, order__state=OrderState.RUNNING).exclude(IS_CALLBACK)
    shown = rows.select_related("order__customer", "order__order_type", "stage_type__touchpoint", "unit", "assignee")
    return list(shown.order_by("due_at", "pk")[:most])
