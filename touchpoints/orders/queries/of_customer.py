"""The orders of one customer, for whoever serves the customer now.

Who meets a customer must be able to say when the work will be done, whichever unit does it. So the orders of a customer
are told to everybody who may read the customer; the page of an order opens only where the order itself is in reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Count, Value, When

from cxorders.customers.models import Customer
from cxorders.organisation.models import User
from touchpoints.orders.models import Order
from touchpoints.orders.queries.listing import Row, row_of, with_front
from touchpoints.orders.queries.narrowing import MOVING

MOST = 12


@dataclass(frozen=True)
class Told:
    """One order of the customer, and whether this person may open it."""

    row: Row
    opens: bool

    @property
    def is_moving(self) -> bool:
        """Whether somebody still works on it."""
        return self.row.order.state in MOVING


def orders_of(customer: Customer, user: User, now: datetime, limit: int = MOST) -> list[Told]:
    """The orders of a customer and of what was merged into it: those still moving first, then the newest. Three
    queries.
    """
    moving = Case(When(state__in=MOVING, then=Value("0")), default=Value("1"), output_field=CharField())
    rows = Order.objects.filter(customer_id__in=customer.keys).annotate(rank=moving)
    found = list(with_front(rows.order_by("rank", "-created_at", "-pk"))[:limit])
    opens = visible_keys(user, [order.pk for order in found])
    return [Told(row_of(order, now), order.pk in opens) for order in found]


def visible_keys(user: User, keys: Sequence[int]) -> set[int]:
    """Which of these orders the person may open. One query."""
    if not keys:
        return set()
    return set(Order.objects.visible_to(user).filter(pk__in=keys).order_by().values_list("pk", flat=True))


def count_of(keys: Sequence[int]) -> Mapping[int, int]:
    """Customer key → number of orders."""
    rows = Order.objects.filter(customer_id__in=keys).order_by().values_list("customer_id")
    return {key: many for key, many in rows.annotate(many=Count("pk")) if key is not None}
