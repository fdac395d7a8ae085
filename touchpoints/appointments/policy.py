"""Who may do what with an appointment. `None` as the person means the system."""

from datetime import datetime

from cxorders.kit.states import may_move
from cxorders.organisation.access import may
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.appointments.enums import APPOINTMENT_TRANSITIONS, TOLERANCE, end_of_day
from touchpoints.appointments.models import Appointment
from touchpoints.orders import policy as orders
from touchpoints.orders.models import Stage


def may_book(user: User | None, stage: Stage) -> bool:
    """Agree a visit with the customer: who works on the stage, manages it, or took the order in."""
    if user is None:
        return True
    if not may(user, "order.work"):
        return False
    return (
        orders.may_work(user, stage)
        or orders.may_manage(user, stage.order, stage)
        or scope_of(user).covers(stage.order.unit)
    )


def may_visit(user: User | None, appointment: Appointment) -> bool:
    """Arrive, find nobody: the crew, and whoever is above it."""
    return user is None or (may(user, "order.work") and scope_of(user).covers(appointment.unit))


def may_arrange(user: User | None, appointment: Appointment) -> bool:
    """Confirm, move, cancel: the crew, whoever booked, whoever may book for the stage."""
    return may_visit(user, appointment) or may_book(user, appointment.stage)


def may_set_places(user: User | None, crew: Unit) -> bool:
    """Decide how many visits a crew takes in a half-day: its managers."""
    return user is None or (may(user, "order.manage") and scope_of(user).covers(crew))


def is_time(appointment: Appointment, now: datetime) -> bool:
    """Whether a crew may be at the door: from the window, with its tolerance, to the end of the day."""
    return appointment.starts_at - TOLERANCE <= now < end_of_day(appointment.ends_at)


def possible(appointment: Appointment, target: str) -> bool:
    """Whether the table knows a step to `target` from here; buttons ask this."""
    return may_move(APPOINTMENT_TRANSITIONS, appointment.state, target)
