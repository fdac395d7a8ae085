"""The verbs of appointments (workflows.md §1 O9, metrics.md M12)."""

from touchpoints.appointments.actions.arranging import (
    cancel,
    close_with_order,
    close_with_stage,
    confirm,
    require_same_time,
    reschedule,
)
from touchpoints.appointments.actions.booking import Agreed, book_appointment
from touchpoints.appointments.actions.many import book_many
from touchpoints.appointments.actions.places import set_places
from touchpoints.appointments.actions.visiting import Door, arrive, mark_missed, record_no_access

__all__ = [
    "Agreed",
    "Door",
    "arrive",
    "book_appointment",
    "book_many",
    "cancel",
    "close_with_order",
    "close_with_stage",
    "confirm",
    "mark_missed",
    "record_no_access",
    "require_same_time",
    "reschedule",
    "set_places",
]
