"""Appointments of a test world, through the real verbs.

appointment = an_appointment()                       # a repair, crew 入户一班, Wednesday 08:30–10:30, booked Monday
appointment = an_appointment(stage=stage, window="pm", day=date(2026, 9, 17), by=clerk)
nobody_home(appointment)                             # with call, photo of the door and place
"""

from datetime import date, datetime, timedelta

from cxorders.journal.models import Entry
from cxorders.organisation.models import Unit, User
from tests.factories.orders import MONDAY, a_picture, an_order, run_to, shanghai
from tests.factories.organisation import a_person, team_of
from touchpoints.appointments.actions import Agreed, Door, book_appointment, record_no_access
from touchpoints.appointments.models import Appointment
from touchpoints.orders.models import Stage

WEDNESDAY = date(2026, 9, 16)
MINUTE = timedelta(minutes=1)
TUESDAY_NOON = shanghai("2026-09-15 12:00")
OPENS, CLOSES = shanghai("2026-09-16 08:30"), shanghai("2026-09-16 10:30")
"""the window of an appointment made without further words"""


def a_visit_stage(*, company: Unit | None = None, unit: Unit | None = None, code: str = "ONSITE") -> Stage:
    """The active stage of a repair that visits the customer (or that stage of an inspection)."""
    kind = "OT-REPAIR" if code == "ONSITE" else "OT-SAFETY"
    return run_to(an_order(kind, company=company, unit=unit), code)


def an_appointment(
    *,
    stage: Stage | None = None,
    company: Unit | None = None,
    unit: Unit | None = None,
    crew: Unit | None = None,
    day: date = WEDNESDAY,
    window: str = "0830",
    by: User | None = None,
    at: datetime | None = None,
) -> Appointment:
    """A visit agreed at `at` (Monday after the stage started)."""
    stage = stage or a_visit_stage(company=company, unit=unit)
    crew = crew or team_of(stage.order.company, "D-HOME")
    return book_appointment(
        stage, by=by, at=at or (stage.started_at or MONDAY) + MINUTE, agreed=Agreed(crew, day, window)
    )


def a_door(appointment: Appointment) -> Door:
    """All three proofs of a closed door."""
    return Door(appointment.starts_at, "响铃无人接，打了 2 次", a_picture("门口.jpg"), "3 单元 1202 室门口")


def nobody_home(appointment: Appointment, *, by: User | None = None) -> Appointment:
    """The crew comes when the window opens and finds nobody."""
    return record_no_access(appointment, by=by, at=appointment.starts_at + MINUTE, door=a_door(appointment))


def verbs_of(appointment: Appointment) -> list[str]:
    """What the journal says was done with it, in order."""
    rows = Entry.objects.filter(subject_label="touchpoints.appointment", subject_id=appointment.pk)
    return list(rows.order_by("pk").values_list("verb", flat=True))


def crew_of(appointment: Appointment) -> User:
    """One more person of the crew that is to come."""
    return a_person("field", at=appointment.unit)
