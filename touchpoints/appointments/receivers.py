"""What appointments hear from orders, and what they put on the order page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.customers.models import Customer
from cxorders.customers.panels import Clue, Reason, Told, Why
from cxorders.kit.formats import day_prose
from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from touchpoints.appointments import actions, policy
from touchpoints.appointments.actions.booking import BOOKABLE
from touchpoints.appointments.enums import OPEN_STATES, USUAL_PLACES, S
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.reads import appointments_of
from touchpoints.orders.enums import OrderState
from touchpoints.orders.events import OrderEnded, StageAppointed, StageEnded
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import IS_CALLBACK
from touchpoints.orders.queries.of_customer import visible_keys


def on_stage_appointed(event: StageAppointed) -> None:
    """A time agreed on the order page must not leave the crew with another one."""
    actions.require_same_time(event.stage_id, event.appointed_at)


def on_stage_ended(event: StageEnded) -> None:
    """A stage that ended needs no visit any more."""
    actions.close_with_stage(event.stage_id, by_id=event.by_id, at=event.at)


def on_order_ended(event: OrderEnded) -> None:
    """An order that was cancelled takes its appointments with it."""
    if event.state == OrderState.CANCELLED:
        actions.close_with_order(event.order_id, by_id=event.by_id, at=event.at)


@dataclass(frozen=True)
class OrderAppointments:
    """The appointments of one order, for the order page."""

    order: Order
    rows: list[Appointment]
    stage: Stage | None
    """the stage a visit may be booked for now"""
    now: datetime


def order_panel(order: Order, user: User) -> Sequence[Panel]:
    """The card of appointments on the order page; nothing where there is none and none to make."""
    rows = appointments_of(order, user)
    stage = _bookable(order, user, rows) if may(user, "order.work") else None
    if not rows and stage is None:
        return []
    data = OrderAppointments(order, rows, stage, timezone.now())
    return [Panel("touchpoints/appointments/_of_order.html", data, "aside")]


def _bookable(order: Order, user: User, rows: list[Appointment]) -> Stage | None:
    """The stage in front that visits the customer and has no appointment yet."""
    if order.state != OrderState.RUNNING or order.customer_id is None:
        return None
    stages = Stage.objects.filter(order=order, state__in=BOOKABLE).exclude(IS_CALLBACK)
    stages = stages.exclude(pk__in=[row.stage_id for row in rows if row.state in OPEN_STATES])
    for stage in stages.select_related("unit", "stage_type__touchpoint").order_by("round", "seq"):
        stage.order = order
        if stage.stage_type.touchpoint.code in USUAL_PLACES and policy.may_book(user, stage):
            return stage
    return None


# ---- the customer page -------------------------------------------------------------------------------------------

NEAR_DAYS = 1
"""today and tomorrow"""
REMEMBERED = timedelta(days=30)
MOST = 60


def told_of_customer(customer: Customer, user: User, at: datetime) -> Told:
    """Visits today and tomorrow, moved twice and more, missed. Two queries."""
    rows = Appointment.objects.filter(order__customer_id__in=customer.keys).select_related("order", "unit")
    found = list(rows.order_by("-starts_at", "-pk")[:MOST])
    opens = visible_keys(user, [row.order_id for row in found])
    today = timezone.localdate(at)
    last = today + timedelta(days=NEAR_DAYS)
    near = [row for row in found if row.state in OPEN_STATES and today <= row.day <= last and row.ends_at > at]
    missed = [row for row in found if row.state == S.MISSED and row.starts_at > at - REMEMBERED]
    return Told(
        clues=[*_moved_too_often(found, opens), *(_was_missed(row, opens) for row in missed[:1])],
        reasons=[_visit_soon(row, opens, at) for row in near],
    )


def _page(row: Appointment, opens: set[int]) -> str:
    return reverse("appointments:detail", args=[row.number]) if row.order_id in opens else ""


def _moved_too_often(rows: list[Appointment], opens: set[int]) -> list[Clue]:
    clues = []
    for order in {row.order_id: row.order for row in rows}.values():
        moved = [row for row in rows if row.order_id == order.pk and row.state == S.MOVED]
        if len(moved) < 2 or order.state in (OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED):
            continue
        many = _("改约两次：请给准确时间")
        if len(moved) > 2:
            many = _("改约 %(n)s 次：请给准确时间") % {"n": len(moved)}
        days = "、".join(f"{row.day:%m-%d}" for row in sorted(moved, key=lambda row: row.starts_at)[-3:])
        source = _("订单 %(number)s，原约 %(days)s") % {"number": order.number, "days": days}
        url = reverse("orders:detail", args=[order.number]) if order.pk in opens else ""
        clues.append(Clue(many, source, url, "bad", "calendar-time"))
    return clues


def _was_missed(row: Appointment, opens: set[int]) -> Clue:
    source = _("预约 %(number)s，%(day)s 当天没有到场") % {"number": row.number, "day": day_prose(row.day)}
    return Clue(_("上次没有按约上门：先致歉"), source, _page(row, opens), "bad", "calendar-x")


def _visit_soon(row: Appointment, opens: set[int], at: datetime) -> Reason:
    day = _("今天") if row.day == timezone.localdate(at) else _("明天")
    starts, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    said = {"day": day, "window": f"{starts:%H:%M}–{ends:%H:%M}", "crew": row.unit.name}
    text = _("%(day)s %(window)s 的上门，%(crew)s") % said
    source = _("预约 %(number)s") % {"number": row.number}
    return Reason(Why.APPOINTMENT_NEAR, text, source, _page(row, opens), row.starts_at)
