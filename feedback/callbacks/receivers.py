"""What call-backs hear from the rest of the house; wired in `FeedbackConfig.ready`."""

from feedback.callbacks.actions import close_done_order, plan_for_issue, plan_for_order
from feedback.issues.events import IssueClosed, IssueReplied
from feedback.issues.models import Issue
from touchpoints.orders.events import OrderDone
from touchpoints.orders.models import Order


def on_issue_replied(event: IssueReplied) -> None:
    """C1, I18: an answer is verified by a call."""
    issues = Issue.objects.select_related("company", "customer", "category", "record__method")
    plan_for_issue(issues.get(pk=event.issue_id), at=event.at)


def on_issue_closed(event: IssueClosed) -> None:
    """O15: an order may have waited for its last issue."""
    if event.order_id is not None:
        close_done_order(Order.objects.get(pk=event.order_id), at=event.at)


def on_order_done(event: OrderDone) -> None:
    """C1: a finished order is called back."""
    orders = Order.objects.select_related("company", "customer", "order_type", "unit")
    plan_for_order(orders.get(pk=event.order_id), at=event.at)
