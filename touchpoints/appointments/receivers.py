"""What appointments hear from orders, and what they put on the order page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from touchpoints.appointments import actions, policy
from touchpoints.appointments.actions.booking import BOOKABLE
from touchpoints.appointments.enums import OPEN_STATES, USUAL_PLACES
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.reads import appointments_of
from touchpoints.orders.enums import OrderState
from touchpoints.orders.events import OrderEnded, StageAppointed, StageEnded
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import IS_CALLBACK


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
