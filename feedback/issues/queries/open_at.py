"""Open issues told on pages of the rooms below: of an order, of a customer."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from cxorders.customers.models import Customer
from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from feedback.issues.enums import OPEN_STATES
from feedback.issues.models import Issue
from touchpoints.orders.models import Order

MOST = 8


@dataclass(frozen=True)
class OpenIssues:
    """Open issues for a block on a page of another room."""

    issues: list[Issue]

    @property
    def count(self) -> int:
        """How many are shown."""
        return len(self.issues)


def panels_of_order(order: Order, user: User) -> Sequence[Panel]:
    """The block 未结问题 of an order; none, no block."""
    return _panel(Issue.objects.visible_to(user).filter(order=order), user)


def panels_of_customer(customer: Customer, user: User) -> Sequence[Panel]:
    """The block 未结问题 of a customer; none, no block."""
    return _panel(Issue.objects.visible_to(user).filter(customer=customer), user)


def _panel(rows: QuerySet[Issue], user: User) -> Sequence[Panel]:
    if not may(user, "issue.read"):
        return []
    shown = rows.filter(state__in=OPEN_STATES).select_related("severity", "unit", "owner", "category", "record")
    found = list(shown.order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST])
    return [Panel("feedback/issues/_open_at.html", OpenIssues(found), "aside")] if found else []
