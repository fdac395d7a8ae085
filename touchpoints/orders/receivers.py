"""What orders put into places of lower rooms: the customer page, the search for customers, open items of people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cxorders.customers.models import Customer
from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.holdings import Holding
from cxorders.organisation.models import User
from touchpoints.orders.actions import hand_over_orders, hand_over_stages
from touchpoints.orders.queries import held_orders, held_stages
from touchpoints.orders.queries.listing import Row, orders_of


@dataclass(frozen=True)
class CustomerOrders:
    """The orders of one customer, for the customer page."""

    rows: list[Row]
    now: datetime
    number: str
    may_create: bool

    @property
    def count(self) -> int:
        """How many orders are listed."""
        return len(self.rows)


def customer_panel(customer: Customer, user: User) -> Sequence[Panel]:
    """The card of orders on the customer page; nothing for people without orders."""
    if not may(user, "order.read"):
        return []
    now = timezone.now()
    data = CustomerOrders(orders_of(customer, user, now), now, customer.number, may(user, "order.create"))
    return [Panel("touchpoints/orders/_customer_orders.html", data)]


HELD_STAGES = Holding(
    code="stages",
    zh="未完成的环节",
    en="open stages",
    count=lambda user: held_stages(user).count(),
    hand_over=hand_over_stages,
)
HELD_ORDERS = Holding(
    code="orders",
    zh="首问负责的在办订单",
    en="open orders as first-asked owner",
    count=lambda user: held_orders(user).count(),
    hand_over=hand_over_orders,
)
