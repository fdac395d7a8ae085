"""`/search/`: one field for everything that has a number, a phone, an address or a name."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cxorders.customers.models import Customer
from cxorders.customers.queries import all_keys, find
from cxorders.kit.numbering import key_of
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.models import User
from feedback.intake import panels
from feedback.intake.models import Record
from feedback.issues.models import Issue
from feedback.issues.queries.listing import SHOWN, Wanted, lines_of, page_of
from touchpoints.orders.models import Order
from touchpoints.orders.queries.listing import row_of, with_front

MOST, SHORTEST, LONGEST = 8, 2, 60
FEW = 3
"""so many customers may be the one that was meant: what belongs to them is listed as well"""

NUMBERS: dict[str, tuple[Any, str, str]] = {
    "DD": (Order, "orders:detail", "order.read"),
    "WT": (Issue, "issues:detail", "issue.read"),
    "TY": (Record, "intake:detail", "record.read"),
    "KH": (Customer, "customers:detail", "customer.read"),
}
"""prefix of a number → what it names, its page, who may read it"""


@dataclass(frozen=True)
class Found:
    """What a text found, by kind; empty where the role may not read the kind."""

    customers: list[Customer] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    issues: list[Any] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether nothing was found."""
        return not (self.customers or self.orders or self.issues or self.records)


@require_safe
@requires("bench.read")
def search(request: SignedInRequest) -> HttpResponse:
    """An exact number opens its page at once; anything else is looked up within the reach of the person."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    now = timezone.now()
    target = page_of_number(request.user, text)
    if target:
        return redirect(target)
    found = look_up(request.user, text, now) if len(text) >= SHORTEST else Found()
    return render(request, "web/search.html", {"text": text, "found": found, "now": now, "shortest": SHORTEST})


def page_of_number(user: User, text: str) -> str:
    """The page of the order, issue, record or customer with exactly this number; "" where `user` may not see it."""
    for prefix, (model, page, permission) in NUMBERS.items():
        key = key_of(prefix, text)
        if key is not None and may(user, permission):
            row = model.objects.visible_to(user).filter(pk=key).first()
            if row is not None and row.number == text.strip().upper():
                return reverse(page, args=[row.number])
    return ""


def look_up(user: User, text: str, at: datetime) -> Found:
    """Customers by phone, name or address with what belongs to them, and open issues by title. At most fourteen
    queries, each limited to a page; closed issues and words of records are searched in their own lists.
    """
    if any(key_of(prefix, text) is not None for prefix in NUMBERS):
        return Found()
    customers = find(user, text, MOST) if may(user, "customer.read") else []
    meant = all_keys(customer.pk for customer in customers) if len(customers) <= FEW else []
    return Found(
        customers=customers,
        orders=_orders(user, meant, at) if may(user, "order.read") else [],
        issues=_issues(user, text, meant, at) if may(user, "issue.read") else [],
        records=_records(user, meant) if may(user, "record.read") else [],
    )


def _orders(user: User, customers: list[int], at: datetime) -> list[Any]:
    if not customers:
        return []
    rows = Order.objects.visible_to(user).filter(customer_id__in=customers)
    return [row_of(order, at) for order in with_front(rows.order_by("-created_at", "-pk"))[:MOST]]


def _issues(user: User, text: str, customers: list[int], at: datetime) -> list[Any]:
    """Issues of the customers, newest first, then open ones whose title holds the text."""
    own = Issue.objects.visible_to(user).filter(customer_id__in=customers).select_related(*SHOWN)
    rows = lines_of(list(own.order_by("-opened_at", "-pk")[:MOST]), at=at) if customers else []
    known = {row.issue.pk for row in rows}
    titled = page_of(user, Wanted(text=text), at=at, size=MOST).rows if len(rows) < MOST else []
    return [*rows, *(row for row in titled if row.issue.pk not in known)][:MOST]


def _records(user: User, customers: list[int]) -> list[dict[str, Any]]:
    if not customers:
        return []
    rows = Record.objects.visible_to(user).filter(customer_id__in=customers)
    shown = list(rows.select_related("key_point", "touchpoint", "company").order_by("-submitted_at", "-pk")[:MOST])
    fates = panels.fates(shown, user)
    return [{"record": record, "fate": fates.get(record.pk)} for record in shown]
