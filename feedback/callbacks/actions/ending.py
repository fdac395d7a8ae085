"""What follows when a call-back is final, however it ended (C7–C9, I19, O15)."""

from datetime import datetime

from django.db import transaction

from cxorders.kit.events import publish
from cxorders.organisation.models import User
from feedback.callbacks.enums import FINAL_STATES, CallbackState
from feedback.callbacks.events import CallbackFinished
from feedback.callbacks.models import Callback
from feedback.issues.actions import close
from feedback.issues.enums import ClosedHow, IssueState
from feedback.issues.models import Issue
from touchpoints.orders.actions import close_order, end_callback_stage
from touchpoints.orders.enums import OPEN_STAGE_STATES, OrderState
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import IS_CALLBACK


def wind_up(callback: Callback, *, by: User | None, at: datetime) -> Callback:
    """After the final state, in order: an issue whose customer is unreachable by the full rule closes (I19); the
    call-back stage of an order ends; CallbackFinished; an order with nothing open closes (O15)."""
    issue = callback.issue
    if issue is not None and callback.state == CallbackState.UNREACHABLE and issue.state == IssueState.VERIFYING:
        close(issue, by=by, at=at, how=ClosedHow.UNREACHABLE)
    if issue is None and callback.order is not None:
        _end_stages(callback, callback.order, by=by, at=at)
    publish(CallbackFinished(callback_id=callback.pk, at=at, by_id=getattr(by, "pk", None)))
    if callback.order_id is not None:
        close_done_order(Order.objects.get(pk=callback.order_id), at=at)
    return callback


@transaction.atomic
def close_done_order(order: Order, *, at: datetime) -> bool:
    """Close an observed order with final call-backs and no open issue (O15); says whether it was closed.

    An order without any call-back is left to the sweep of orders, which waits for the end of the window.
    """
    if order.state != OrderState.OBSERVING or Issue.objects.open().filter(order=order).exists():
        return False
    states = list(Callback.objects.filter(order=order).order_by("pk").values_list("state", flat=True))
    if not states or any(state not in FINAL_STATES for state in states):
        return False
    close_order(order, by=None, at=at, reached=CallbackState.FINISHED in states or CallbackState.REFUSED in states)
    return True


def _end_stages(callback: Callback, order: Order, *, by: User | None, at: datetime) -> None:
    """A call-back stage of the journey ends with its call: done when the customer was reached, failed when not."""
    reached = callback.state in (CallbackState.FINISHED, CallbackState.REFUSED)
    open_stages = Stage.objects.filter(IS_CALLBACK, order=order, state__in=OPEN_STAGE_STATES)
    for stage in open_stages.order_by("round", "seq"):
        end_callback_stage(stage, by=by, at=at, reached=reached, reason="" if reached else "联系不上")
