"""The bench of the front line: record a feedback, what is in front of me, what became of what I reported."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.kit import formats
from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from cxorders.organisation.queries import calendars_for
from feedback.intake import panels
from feedback.intake.queries import mine
from feedback.issues.queries.listing import Wanted, page_of
from feedback.probes.queries import counts_for
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Stage
from touchpoints.orders.queries import open_stages, promise_of
from touchpoints.orders.wording import DAYS, is_near, left_until
from touchpoints.pledges.queries import owed_by

MOST_STAGES, MOST_ISSUES, MOST_REPORTED, MOST_VISITS = 8, 5, 4, 6
WORKING = ("WD", "WH")


@dataclass(frozen=True)
class Turn:
    """One stage in front of the person, and the time that is left for it."""

    stage: Stage
    kind: str
    """late, near, paused or empty"""
    left: str
    due: str
    is_mine: bool


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench. Eleven queries at the most, whatever there is to do."""
    waiting = open_stages(user).order_by(F("due_at").asc(nulls_last=True), "pk")
    stages = list(waiting[: MOST_STAGES + 1])
    calendars = calendars_for([stage.unit for stage in stages])
    issues = page_of(user, Wanted(view="mine"), at=at, size=MOST_ISSUES)
    reported = mine(user, size=MOST_REPORTED)
    if not reported.records:  # no problem reported so far: the latest records say at least that they arrived
        reported = mine(user, everything=True, size=MOST_REPORTED)
    fates = panels.fates(reported.records, user)
    return {
        "turns": [_turn(stage, calendars[stage.unit_id], user, at) for stage in stages[:MOST_STAGES]],
        "more_turns": len(stages) > MOST_STAGES,
        "visits": _visits(user, at),
        "issues": issues.rows,
        "more_issues": issues.next is not None,
        "reported": [{"record": record, "fate": fates.get(record.pk)} for record in reported.records],
        "more_reported": reported.next is not None,
        "owed": counts_for(user, at),
        "promised": owed_by(user, at),
        "may_take_in": may(user, "order.create"),
    }


def _turn(stage: Stage, calendar: WorkCalendar, user: User, at: datetime) -> Turn:
    mine_ = stage.assignee_id == user.pk
    due = stage.due_at
    if stage.state == StageState.PAUSED:
        return Turn(stage, "paused", _("挂起中，不计时"), "", mine_)
    if due is None:
        return Turn(stage, "", _("没有固定时限"), "", mine_)
    if due <= at:
        return Turn(
            stage, "late", _("已超时 %(time)s") % {"time": _amount(stage, calendar, due, at)}, _due(due, at), mine_
        )
    kind = "near" if is_near(promise_of(stage), due, at) else ""
    return Turn(stage, kind, _("还剩 %(time)s") % {"time": _amount(stage, calendar, at, due)}, _due(due, at), mine_)


def _amount(stage: Stage, calendar: WorkCalendar, first: datetime, last: datetime) -> str:
    """The time between two moments in the unit the promise counts."""
    if stage.promise_unit in WORKING:
        span = calendar.elapsed(first, last)
        day = calendar.standard_day
        if stage.promise_unit == "WD" and span >= 2 * day:
            return formats.working_days(int(span / day))
        return formats.working(span)
    return left_until(last, first) if stage.promise_unit in DAYS else formats.duration(last - first)


def _due(due: datetime, at: datetime) -> str:
    """The due moment beside the time left; midnight belongs to the day that ends."""
    local = timezone.localtime(due)
    if local.hour == local.minute == local.second == 0:
        return formats.day_prose(local - timedelta(seconds=1))
    return formats.moment(due, at)


def _visits(user: User, at: datetime) -> list[Stage]:
    """Today's appointments of the person and the unit, in the order of the clock."""
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = open_stages(user).filter(appointed_at__gte=today, appointed_at__lt=today + timedelta(days=1))
    return list(rows.order_by("appointed_at", "pk")[:MOST_VISITS])
