"""Open issues told on the order page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F

from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from feedback.issues.enums import OPEN_STATES
from feedback.issues.models import Issue
from touchpoints.orders.models import Order

MOST = 8
SHOWN = ("severity", "unit", "owner", "category", "record")


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
    if not may(user, "issue.read"):
        return []
    rows = Issue.objects.visible_to(user).filter(order=order, state__in=OPEN_STATES).select_related(*SHOWN)
    found = list(rows.order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST])
    return [Panel("feedback/issues/_open_at.html", OpenIssues(found), "aside")] if found else []
