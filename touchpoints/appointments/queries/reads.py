"""Crews, windows as moments, one appointment, the appointments of an order."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from cxorders.kit.numbering import key_of
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from touchpoints.appointments.enums import OTHER_PLACES, USUAL_PLACES, Window
from touchpoints.appointments.models import Appointment
from touchpoints.orders.models import Order, Stage


def usual_places(crew: Unit) -> int:
    """How many visits a crew makes in a half-day where nobody said otherwise."""
    return USUAL_PLACES.get(crew.touchpoint_code, OTHER_PLACES)


def moments_of(day: date, window: Window) -> tuple[datetime, datetime]:
    """When the window of that day opens and closes."""
    zone = timezone.get_default_timezone()
    return (
        datetime.combine(day, window.opens, tzinfo=zone),
        datetime.combine(day, window.closes, tzinfo=zone),
    )


def crews_of(stage: Stage) -> list[Unit]:
    """The teams of the unit that answers for the stage, or that unit where it has no teams."""
    teams = Unit.objects.below(stage.unit).filter(kind=UnitKind.TEAM, closed_on=None).order_by("path")
    return list(teams) or [stage.unit]


def full(rows: "QuerySet[Appointment]") -> "QuerySet[Appointment]":
    """With everything pages and verbs need, so that a row costs no further query."""
    return rows.select_related(
        "unit",
        "booked_by",
        "order__customer",
        "order__premises",
        "order__order_type",
        "order__unit",
        "stage__unit",
        "stage__stage_type__process",
        "stage__stage_type__touchpoint",
        "no_access",
    )


def appointment_by_number(user: User, number: str) -> Appointment | None:
    """The appointment a person may see under `number`; None otherwise."""
    key = key_of("YY", number)
    found = full(Appointment.objects.visible_to(user)).filter(pk=key or 0).first()
    if found is None or found.number != number.upper():
        return None
    found.stage.order = found.order
    return found


def stage_to_book(user: User, number: str, stage_id: int) -> Stage | None:
    """The stage of an order in reach, as the verbs of orders take it; None otherwise."""
    rows = Stage.objects.select_related(
        "stage_type__process", "stage_type__touchpoint", "unit", "assignee", "order__customer", "order__premises",
        "order__order_type", "order__unit",
    )  # fmt: skip
    orders = Order.objects.visible_to(user).filter(pk=key_of("DD", number) or 0)
    stage = rows.filter(pk=stage_id, order_id__in=orders.values("pk")).first()
    return stage if stage is not None and stage.order.number == number.upper() else None


def appointments_of(order: Order, user: User, limit: int = 12) -> list[Appointment]:
    """The appointments of an order, newest first; whoever sees the order sees them."""
    rows = Appointment.objects.filter(order=order).select_related("unit", "stage__stage_type", "stage__unit")
    return list(rows.order_by("-starts_at", "-pk")[:limit])
