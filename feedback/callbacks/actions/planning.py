"""Planning call-backs and opening their windows (C1, C2)."""

from datetime import datetime

from django.db import transaction

from cxorders.journal import actions as journal
from cxorders.kit.among import among
from cxorders.kit.states import move
from cxorders.organisation.models import Unit
from cxorders.organisation.queries import calendar_for
from feedback.callbacks.enums import CALLBACK_TRANSITIONS, WAITING_STATES, CallbackState
from feedback.callbacks.models import Callback
from feedback.callbacks.queries import SCRIPT_OF, felt_stage, order_rule
from feedback.issues.actions import start_verifying
from feedback.issues.enums import IssueState
from feedback.issues.models import Issue
from feedback.issues.queries import call_window, current_round, verification_rule
from touchpoints.orders.models import Order


@transaction.atomic
def plan_for_issue(issue: Issue, *, at: datetime) -> Callback | None:
    """Plan the call-back that verifies an answered issue, and start its verification (C1, I18).

    CB-02 in 3 to 7 days, CB-04 and CB-05 at once, all 100 %. Without a customer or a number there is nobody to call:
    the issue waits in verification for a decision of the company (None is returned). Journal row; a window that is
    open already makes the call-back due. A call-back of the issue that still waits is not planned twice.
    """
    planned = Callback.objects.filter(issue=issue, state__in=WAITING_STATES).first()
    if planned is None and issue.customer is not None and issue.customer.phone:
        last = current_round(issue)
        planned = _plan(verification_rule(issue), last.unit if last else issue.unit, at=at, issue=issue)
    if issue.state == IssueState.REPLIED:
        start_verifying(issue, by=None, at=at)
    return planned


@transaction.atomic
def plan_for_order(order: Order, *, at: datetime) -> Callback | None:
    """Plan the satisfaction call-back of a finished order (C1): CB-01 on working days 7 to 15, CB-04 for repairs.

    One per order and rule, however often it is called. None without a customer or a number.
    """
    if order.customer is None or not order.customer.phone:
        return None
    rule = order_rule(order)
    known = Callback.objects.filter(order=order, rule_code=rule, issue=None).first()
    if known is not None:
        return known
    stage = felt_stage(order)
    return _plan(rule, stage.unit if stage else order.unit, at=at, order=order)


def _plan(rule: str, unit: Unit, *, at: datetime, issue: Issue | None = None, order: Order | None = None) -> Callback:
    matter = issue or order
    if matter is None:
        raise TypeError("a call-back verifies an issue or an order")
    base = at if issue is not None else (order.done_at if order is not None and order.done_at else at)
    start, end = call_window(rule).bounds(base, calendar_for(matter.company))
    callback = Callback.objects.create(
        company_id=matter.company_id,
        unit=unit,
        rule_code=rule,
        script_code="SV-CB-CPL" if issue is not None else SCRIPT_OF[rule],
        issue=issue,
        order_id=issue.order_id if issue is not None else matter.pk,
        customer_id=matter.customer_id,
        planned_at=at,
        window_start=start,
        window_end=end,
    )
    journal.record(callback, "callback.planned", by=None, at=at, rule=rule, until=end.isoformat())
    return _open(callback, at=at) if start <= at else callback


def _open(callback: Callback, *, at: datetime) -> Callback:
    move(callback, CallbackState.DUE, table=CALLBACK_TRANSITIONS)
    journal.record(callback, "callback.due", by=None, at=at)
    return callback


def open_due(at: datetime) -> int:
    """Make every planned call-back due whose window has opened (C2), as of the moment it opened.

    Running twice, or late, opens each once. Returns how many.
    """
    opened = 0
    planned = Callback.objects.filter(among("state", (CallbackState.PLANNED,)), window_start__lte=at)
    for callback in planned.order_by("window_start", "pk"):
        with transaction.atomic():
            _open(callback, at=callback.window_start)
        opened += 1
    return opened
