"""What orders put into places of lower rooms: the customer page, the search for customers, open items of people."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxorders.customers.models import Customer
from cxorders.customers.panels import Clue, Flag, Reason, Told, Why
from cxorders.kit.formats import day_prose
from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.holdings import Holding
from cxorders.organisation.models import User
from touchpoints.catalogue.models import Segment
from touchpoints.orders import wording
from touchpoints.orders.actions import hand_over_orders, hand_over_stages
from touchpoints.orders.enums import StageState
from touchpoints.orders.queries import held_orders, held_stages, of_customer
from touchpoints.orders.queries.listing import Row


@dataclass(frozen=True)
class CustomerOrders:
    """The orders of one customer, for the customer page."""

    rows: list[of_customer.Told]
    now: datetime
    number: str
    may_create: bool

    @property
    def count(self) -> int:
        """How many orders are listed."""
        return len(self.rows)


def told_of_customer(customer: Customer, user: User, at: datetime) -> Told:
    """Segment, orders with their promises, what is late and why the customer probably calls. Four queries."""
    orders = of_customer.orders_of(customer, user, at)
    data = CustomerOrders(orders, at, customer.number, may(user, "order.create"))
    panels = [Panel("touchpoints/orders/_customer_orders.html", data)] if may(user, "order.read") else []
    late = [one for one in orders if one.is_moving and _is_late(one.row, at)]
    return Told(
        panels=panels,
        flags=_segment(customer),
        clues=[_say_sorry(one, at) for one in late[:MOST_LATE]],
        reasons=[_asks_when(one) for one in late],
    )


MOST_LATE = 2
SEGMENT_LOOKS = {
    "VIP": ("warn", "user-check"),
    "KEY": ("warn", "building-community"),
    "VULN": ("brand", "heart-handshake"),
}


def _segment(customer: Customer) -> list[Flag]:
    segment = Segment.objects.filter(code=customer.segment_code).first()
    if segment is None:
        return []
    kind, icon = SEGMENT_LOOKS.get(segment.code, ("line", "user"))
    return [Flag(segment.name, kind, icon)]


def _is_late(row: Row, at: datetime) -> bool:
    order, stage = row.order, row.stage
    if order.promised_at is not None and at > order.promised_at:
        return order.done_at is None
    return stage is not None and stage.state == StageState.ACTIVE and stage.due_at is not None and at > stage.due_at


def _source(told: of_customer.Told) -> str:
    order, slip = told.row.order, told.row.slip
    said = {"number": order.number, "name": order.order_type.name, "slip": slip.label if slip else ""}
    if order.promised_at is None:
        return _("订单 %(number)s %(name)s，%(slip)s") % said
    return _("订单 %(number)s 承诺 %(day)s，%(slip)s") % {**said, "day": day_prose(wording.due_day(order.promised_at))}


def _url(told: of_customer.Told) -> str:
    return reverse("orders:detail", args=[told.row.order.number]) if told.opens else ""


def _say_sorry(told: of_customer.Told, at: datetime) -> Clue:
    row = told.row
    late = row.order.promised_at
    days = wording.days_between(wording.due_day(late), at) if late is not None else 0
    if days > 0:
        text = ngettext(
            "承诺已超期 %(days)s 天：先致歉，再说新的日期", "承诺已超期 %(days)s 天：先致歉，再说新的日期", days
        ) % {"days": days}  # fmt: skip
    else:
        text = _("承诺已超期：先致歉，再说新的日期")
    expected = row.order.expected_at
    more = _("现在预计 %(day)s") % {"day": day_prose(expected)} if expected is not None and expected != late else ""
    return Clue(text, _source(told), _url(told), "bad", "calendar-x", more)


def _asks_when(told: of_customer.Told) -> Reason:
    text = _("“%(name)s”什么时候办完") % {"name": told.row.order.order_type.name}
    return Reason(Why.PROMISE_OVERDUE, text, _source(told), _url(told), told.row.order.promised_at)


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
