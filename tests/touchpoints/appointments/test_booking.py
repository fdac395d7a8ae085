"""Booking a visit, the places of a crew, and every guard that refuses one."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed, WrongState
from tests.factories.appointments import (
    CLOSES,
    MINUTE,
    OPENS,
    TUESDAY_NOON,
    WEDNESDAY,
    a_visit_stage,
    an_appointment,
    verbs_of,
)
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, complete_current_stage
from tests.factories.organisation import a_person, a_world, department_in, team_of
from touchpoints.appointments import actions
from touchpoints.appointments.actions import Agreed
from touchpoints.appointments.actions.arranging import MoveTheVisit
from touchpoints.appointments.actions.booking import (
    AlreadyBooked,
    TooFarAhead,
    WindowPast,
    WindowUnknown,
    WrongCrew,
)
from touchpoints.appointments.actions.places import HalfDayFull, PlacesWrong
from touchpoints.appointments.enums import AppointmentState
from touchpoints.appointments.models import Appointment
from touchpoints.orders.actions import appoint_stage
from touchpoints.orders.enums import AskedBy

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

# ---- booking -----------------------------------------------------------------------------------------------------


def test_booking_takes_a_place_and_tells_the_stage_its_time() -> None:
    appointment = an_appointment()

    assert (appointment.state, appointment.visit, appointment.outcome) == (AppointmentState.BOOKED, 1, "")
    assert (appointment.starts_at, appointment.ends_at) == (OPENS, CLOSES)
    appointment.stage.refresh_from_db()
    assert appointment.stage.appointed_at == OPENS
    assert verbs_of(appointment) == ["appointment.booked"]


def test_a_tolerance_runs_from_the_end_of_the_window() -> None:
    stage = a_visit_stage(code="VISIT")
    appointment = an_appointment(stage=stage, day=date(2026, 9, 23))
    stage.refresh_from_db()

    assert stage.appointed_at == appointment.starts_at
    assert stage.due_at == appointment.ends_at + timedelta(minutes=15)


def test_the_same_key_books_once() -> None:
    stage, key = a_visit_stage(), uuid4()
    agreed = Agreed(team_of(stage.order.company, "D-HOME"), WEDNESDAY, "pm")
    made = [
        actions.book_appointment(stage, by=None, at=stage.started_at + MINUTE, agreed=agreed, client_key=key)
        for _ in range(2)
    ]

    assert made[0].pk == made[1].pk
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "window", "error"),
    [
        (date(2026, 9, 14), "0830", WindowPast),
        (date(2027, 3, 1), "0830", TooFarAhead),
        (WEDNESDAY, "midnight", WindowUnknown),
    ],
)
def test_a_window_that_cannot_be_promised(day: date, window: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        an_appointment(day=day, window=window)


def test_a_crew_of_another_department_is_refused(world) -> None:
    with pytest.raises(WrongCrew):
        an_appointment(crew=team_of(world.company, "D-ENG"))


def test_a_stage_has_one_open_appointment() -> None:
    first = an_appointment()

    with pytest.raises(AlreadyBooked) as refused:
        an_appointment(stage=first.stage, window="pm")
    assert first.number in str(refused.value)


def test_the_database_itself_keeps_a_second_open_appointment_out() -> None:
    first = an_appointment()
    twin = {f.attname: getattr(first, f.attname) for f in Appointment._meta.concrete_fields if not f.primary_key}

    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(**twin)


def test_a_stage_that_is_over_takes_no_appointment() -> None:
    stage = a_visit_stage()
    complete_current_stage(stage.order)

    with pytest.raises(WrongState):
        an_appointment(stage=stage, at=stage.started_at + timedelta(hours=2))


def test_who_may_book(world) -> None:
    stage = a_visit_stage(unit=team_of(world.company, "D-HALL"))
    for person in (world.stranger, a_person("callback", at=world.company)):
        with pytest.raises(NotAllowed):
            an_appointment(stage=stage, by=person)

    assert an_appointment(stage=stage, by=world.owner).booked_by == world.owner  # took the order in


# ---- places ------------------------------------------------------------------------------------------------------


def test_a_full_half_day_is_refused_and_another_is_not(world) -> None:
    crew = team_of(world.company, "D-HOME")
    actions.set_places(crew, by=None, at=MONDAY, day=WEDNESDAY, half="am", places=1)
    an_appointment()

    with pytest.raises(HalfDayFull):
        an_appointment(window="1030")
    assert an_appointment(window="pm").half == "pm"


def test_without_configuration_a_crew_takes_its_usual_number() -> None:
    for _ in range(6):
        an_appointment()

    with pytest.raises(HalfDayFull):
        an_appointment()


@pytest.mark.parametrize("how", ["cancel", "move"])
def test_a_place_given_back_can_be_booked_again(world, how: str) -> None:
    actions.set_places(team_of(world.company, "D-HOME"), by=None, at=MONDAY, day=WEDNESDAY, half="am", places=1)
    first = an_appointment()
    said = {"by": None, "at": TUESDAY_NOON, "asked_by": AskedBy.CUSTOMER, "reason": "出差"}
    if how == "cancel":
        actions.cancel(first, **said)
    else:
        actions.reschedule(first, agreed=Agreed(first.unit, WEDNESDAY, "pm"), **said)

    assert an_appointment().state == AppointmentState.BOOKED


def test_only_a_manager_sets_places_within_reason(world) -> None:
    crew = team_of(world.company, "D-HOME")
    with pytest.raises(NotAllowed):
        actions.set_places(crew, by=a_person("field", at=crew), at=MONDAY, day=WEDNESDAY, half="am", places=2)
    with pytest.raises(NotAllowed):  # of another department
        actions.set_places(crew, by=world.supervisor, at=MONDAY, day=WEDNESDAY, half="am", places=2)
    manager = a_person("dept_mgr", at=department_in(world.company, "D-HOME"))
    with pytest.raises(PlacesWrong):
        actions.set_places(crew, by=manager, at=MONDAY, day=WEDNESDAY, half="am", places=41)

    assert actions.set_places(crew, by=manager, at=MONDAY, day=WEDNESDAY, half="am", places=2).places == 2
    assert Entry.objects.get(verb="appointment.places_set").data["before"] == 6


def test_a_time_agreed_on_the_order_page_must_be_the_one_of_the_visit() -> None:
    appointment = an_appointment()

    with pytest.raises(MoveTheVisit, match=appointment.number):
        appoint_stage(appointment.stage, by=None, at=TUESDAY_NOON, appointed_at=CLOSES)
    appointment.stage.refresh_from_db()
    assert appointment.stage.appointed_at == OPENS

    actions.cancel(appointment, by=None, at=TUESDAY_NOON, asked_by=AskedBy.CUSTOMER, reason="出差")
    appoint_stage(appointment.stage, by=None, at=TUESDAY_NOON, appointed_at=CLOSES)

    appointment.stage.refresh_from_db()
    assert appointment.stage.appointed_at == CLOSES
