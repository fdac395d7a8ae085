"""Every step of an appointment after it was booked, and every guard that refuses one."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from cxorders.kit.errors import NotAllowed, Stale, WrongState
from tests.factories.appointments import (
    CLOSES,
    MINUTE,
    OPENS,
    TUESDAY_NOON,
    WEDNESDAY,
    a_door,
    an_appointment,
    crew_of,
    nobody_home,
    verbs_of,
)
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, complete_current_stage, shanghai
from tests.factories.organisation import a_person, a_team, a_world, department_in
from touchpoints.appointments import actions
from touchpoints.appointments.actions import Agreed, Door
from touchpoints.appointments.actions.arranging import TooEarlyToConfirm, TooLateToConfirm
from touchpoints.appointments.actions.places import HalfDayFull
from touchpoints.appointments.actions.visiting import CallInFuture, DayOver, DoorPhotoTooLarge, NotADoorPhoto, TooEarly
from touchpoints.appointments.enums import APPOINTMENT_TRANSITIONS, AppointmentState, Outcome
from touchpoints.appointments.models import Appointment, NoAccess
from touchpoints.orders.actions import cancel_order
from touchpoints.orders.actions.accept import ReasonMissing
from touchpoints.orders.enums import AskedBy, StageState

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

# ---- confirming --------------------------------------------------------------------------------------------------


def test_confirming_the_day_before() -> None:
    appointment = actions.confirm(an_appointment(), by=None, at=TUESDAY_NOON)

    assert (appointment.state, appointment.confirmed_at) == (AppointmentState.CONFIRMED, TUESDAY_NOON)
    assert verbs_of(appointment) == ["appointment.booked", "appointment.confirmed"]


def test_confirming_too_early_or_too_late() -> None:
    appointment = an_appointment(day=date(2026, 9, 23))
    with pytest.raises(TooEarlyToConfirm):
        actions.confirm(appointment, by=None, at=TUESDAY_NOON)
    with pytest.raises(TooLateToConfirm):
        actions.confirm(appointment, by=None, at=appointment.starts_at)


def test_two_people_who_confirm_at_once_see_who_was_faster() -> None:
    appointment = an_appointment()
    twin = Appointment.objects.select_related("unit", "order").get(pk=appointment.pk)
    actions.confirm(appointment, by=None, at=TUESDAY_NOON)

    with pytest.raises(Stale):
        actions.confirm(twin, by=None, at=TUESDAY_NOON)


# ---- moving and cancelling ---------------------------------------------------------------------------------------

ONE_DAY_BEFORE = shanghai("2026-09-15 08:00")  # a whole working day lies between
ALMOST = shanghai("2026-09-15 12:00")


@pytest.mark.parametrize(
    ("asked_by", "at", "outcome"),
    [
        (AskedBy.CUSTOMER, OPENS - timedelta(minutes=61), Outcome.CUSTOMER_MOVED),
        (AskedBy.CUSTOMER, OPENS - timedelta(minutes=60), Outcome.MISSED),
        (AskedBy.COMPANY, ONE_DAY_BEFORE, Outcome.REPLACED),
        (AskedBy.COMPANY, ALMOST, Outcome.MISSED),
        (AskedBy.CUSTOMER, CLOSES + timedelta(minutes=16), Outcome.MISSED),
    ],
)
def test_how_a_move_counts(asked_by: str, at, outcome: str) -> None:
    old = an_appointment()
    new = actions.reschedule(
        old, by=None, at=at, agreed=Agreed(old.unit, date(2026, 9, 18), "pm"), asked_by=asked_by, reason="改时间"
    )

    assert (old.state, old.outcome, old.asked_by, old.reason) == (AppointmentState.MOVED, outcome, asked_by, "改时间")
    assert (new.state, new.follows_id, new.visit, new.half) == (AppointmentState.BOOKED, old.pk, 1, "pm")
    old.stage.refresh_from_db()
    assert old.stage.appointed_at == new.starts_at
    assert verbs_of(new) == ["appointment.moved"]


@pytest.mark.parametrize(
    ("asked_by", "at", "outcome"),
    [
        (AskedBy.CUSTOMER, OPENS - MINUTE, Outcome.CUSTOMER_CANCELLED),
        (AskedBy.COMPANY, ONE_DAY_BEFORE, Outcome.REPLACED),
        (AskedBy.COMPANY, ALMOST, Outcome.MISSED),
        (AskedBy.CUSTOMER, CLOSES + timedelta(minutes=16), Outcome.MISSED),
    ],
)
def test_how_a_cancellation_counts(asked_by: str, at, outcome: str) -> None:
    appointment = actions.cancel(an_appointment(), by=None, at=at, asked_by=asked_by, reason="不用了")

    assert (appointment.state, appointment.outcome) == (AppointmentState.CANCELLED, outcome)
    assert verbs_of(appointment) == ["appointment.booked", "appointment.cancelled"]


@pytest.mark.parametrize(("asked_by", "reason"), [("", "出差"), (AskedBy.CUSTOMER, " ")])
def test_who_asked_and_why_are_needed(asked_by: str, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        actions.cancel(an_appointment(), by=None, at=TUESDAY_NOON, asked_by=asked_by, reason=reason)


def test_a_move_into_a_full_half_day_leaves_everything_as_it_was(world) -> None:
    appointment = an_appointment()
    actions.set_places(appointment.unit, by=None, at=MONDAY, day=WEDNESDAY, half="pm", places=0)

    with pytest.raises(HalfDayFull):
        actions.reschedule(
            appointment, by=None, at=TUESDAY_NOON, agreed=Agreed(appointment.unit, WEDNESDAY, "pm"),
            asked_by=AskedBy.CUSTOMER, reason="下午在家",
        )  # fmt: skip
    appointment.refresh_from_db()
    assert appointment.state == AppointmentState.BOOKED


def test_the_same_key_moves_once() -> None:
    old, key = an_appointment(), uuid4()
    moved = [
        actions.reschedule(
            old, by=None, at=TUESDAY_NOON, agreed=Agreed(old.unit, WEDNESDAY, "pm"),
            asked_by=AskedBy.CUSTOMER, reason="下午在家", client_key=key,
        )
        for _ in range(2)
    ]  # fmt: skip

    assert moved[0].pk == moved[1].pk


# ---- arriving ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (OPENS - timedelta(minutes=15), AppointmentState.KEPT),
        (CLOSES + timedelta(minutes=15), AppointmentState.KEPT),
        (CLOSES + timedelta(minutes=16), AppointmentState.LATE),
        (shanghai("2026-09-16 23:59"), AppointmentState.LATE),
    ],
)
@pytest.mark.parametrize("confirmed", [True, False])
def test_arriving_inside_the_window_and_its_tolerance(at, state: str, confirmed: bool) -> None:
    appointment = an_appointment()
    if confirmed:
        actions.confirm(appointment, by=None, at=TUESDAY_NOON)
    actions.arrive(appointment, by=crew_of(appointment), at=at)

    assert (appointment.state, appointment.outcome, appointment.arrived_at) == (state, state, at)
    assert verbs_of(appointment)[-1] == "appointment.arrived"


@pytest.mark.parametrize(
    ("at", "error"), [(OPENS - timedelta(minutes=16), TooEarly), (shanghai("2026-09-17 00:00"), DayOver)]
)
def test_arriving_outside_the_day(at, error: type[Exception]) -> None:
    with pytest.raises(error):
        actions.arrive(an_appointment(), by=None, at=at)


def test_the_time_of_the_device_counts_where_it_can_be_true() -> None:
    there, later = OPENS + MINUTE, OPENS + timedelta(hours=3)
    told = actions.arrive(an_appointment(), by=None, at=later, device_at=there)
    wrong = actions.arrive(an_appointment(), by=None, at=there, device_at=there + timedelta(days=1))

    assert (told.arrived_at, told.received_at, told.state) == (there, later, AppointmentState.KEPT)
    assert wrong.arrived_at == there


def test_a_phone_that_repeats_itself_arrives_once() -> None:
    appointment, key = an_appointment(), uuid4()
    actions.arrive(appointment, by=None, at=OPENS, key=key)
    again = actions.arrive(Appointment.objects.get(pk=appointment.pk), by=None, at=OPENS + MINUTE, key=key)

    assert again.arrived_at == OPENS
    with pytest.raises(WrongState):
        actions.arrive(appointment, by=None, at=OPENS + MINUTE, key=uuid4())


def test_only_the_crew_and_those_above_it_arrive(world) -> None:
    appointment = an_appointment()
    for person in (world.owner, a_person("field", at=a_team(department_in(world.company, "D-HOME")))):
        with pytest.raises(NotAllowed):
            actions.arrive(appointment, by=person, at=OPENS)


# ---- no access ---------------------------------------------------------------------------------------------------


def test_no_access_with_proof_counts_and_the_stage_waits_for_a_new_appointment() -> None:
    appointment = nobody_home(an_appointment())
    stage = appointment.stage

    assert (appointment.state, appointment.outcome) == (AppointmentState.NO_ACCESS, Outcome.NO_ACCESS)
    assert NoAccess.objects.get().is_complete
    stage.refresh_from_db()
    assert stage.state == StageState.FAILED
    again = an_appointment(stage=stage, day=date(2026, 9, 18), at=appointment.ended_at + MINUTE)
    stage.refresh_from_db()
    assert (again.visit, again.follows_id, stage.state) == (2, appointment.pk, StageState.ACTIVE)


@pytest.mark.parametrize("lacks", ["called_at", "photo", "place"])
def test_no_access_without_full_proof_counts_as_missed(lacks: str) -> None:
    appointment = an_appointment()
    full = a_door(appointment)
    parts = {
        "called_at": full.called_at,
        "photo": full.photo,
        "place": full.place,
        lacks: None if lacks != "place" else "",
    }
    actions.record_no_access(appointment, by=None, at=OPENS + MINUTE, door=Door(**parts))

    assert (appointment.state, appointment.outcome) == (AppointmentState.NO_ACCESS, Outcome.MISSED)


@pytest.mark.parametrize(("minutes", "outcome"), [(0, Outcome.NO_ACCESS), (150, Outcome.LATE)])
def test_nobody_opens_after_the_check_in(minutes: int, outcome: str) -> None:
    appointment = actions.arrive(an_appointment(), by=None, at=OPENS + timedelta(minutes=minutes))
    door = a_door(appointment)
    actions.record_no_access(appointment, by=None, at=OPENS + timedelta(minutes=minutes + 10), door=door)

    assert (appointment.state, appointment.outcome) == (AppointmentState.NO_ACCESS, outcome)


def test_what_is_no_proof_is_refused(settings) -> None:
    appointment = an_appointment()
    text = SimpleUploadedFile("门.jpg", b"no picture", content_type="image/jpeg")
    with pytest.raises(NotADoorPhoto):
        actions.record_no_access(appointment, by=None, at=OPENS, door=Door(photo=text))
    with pytest.raises(CallInFuture):
        actions.record_no_access(appointment, by=None, at=OPENS, door=Door(called_at=OPENS + MINUTE))
    settings.CX_MAX_UPLOAD_BYTES = 4
    with pytest.raises(DoorPhotoTooLarge):
        actions.record_no_access(appointment, by=None, at=OPENS, door=Door(photo=text))


def test_the_proof_is_sealed_and_a_repeated_phone_adds_none() -> None:
    appointment, key = an_appointment(), uuid4()
    for _ in range(2):
        actions.record_no_access(appointment, by=None, at=OPENS, door=a_door(appointment), key=key)

    with pytest.raises(Exception, match="sealed"), transaction.atomic():
        NoAccess.objects.update(place="别处")
    assert NoAccess.objects.count() == 1


# ---- missed, and the ends of stages and orders -------------------------------------------------------------------


def test_the_sweep_marks_days_that_are_over_once() -> None:
    appointment = an_appointment()
    assert actions.mark_missed(shanghai("2026-09-16 23:59")) == 0
    assert actions.mark_missed(shanghai("2026-09-17 00:01")) == 1
    assert actions.mark_missed(shanghai("2026-09-17 00:02")) == 0

    appointment.refresh_from_db()
    assert (appointment.state, appointment.outcome) == (AppointmentState.MISSED, Outcome.MISSED)
    assert appointment.ended_at == shanghai("2026-09-17 00:00")
    assert an_appointment(stage=appointment.stage, day=date(2026, 9, 18), at=appointment.ended_at).visit == 2


@pytest.mark.parametrize(
    ("at", "state", "outcome"),
    [
        (OPENS + MINUTE, AppointmentState.KEPT, Outcome.KEPT),
        (CLOSES + timedelta(hours=1), AppointmentState.LATE, Outcome.LATE),
        (TUESDAY_NOON, AppointmentState.CANCELLED, Outcome.REPLACED),
    ],
)
def test_a_stage_that_ends_without_check_in_closes_its_appointment(at, state: str, outcome: str) -> None:
    appointment = an_appointment()
    complete_current_stage(appointment.order, at=at)

    appointment.refresh_from_db()
    assert (appointment.state, appointment.outcome) == (state, outcome)


@pytest.mark.parametrize(
    ("asked_by", "outcome"), [("customer", Outcome.CUSTOMER_CANCELLED), ("company", Outcome.MISSED)]
)
def test_a_cancelled_order_cancels_its_appointment(asked_by: str, outcome: str) -> None:
    appointment = an_appointment()
    cancel_order(appointment.order, by=None, at=ALMOST, reason="不装了", asked_by=asked_by)

    appointment.refresh_from_db()
    assert (appointment.state, appointment.outcome, appointment.reason) == ("cancelled", outcome, "不装了")


# ---- the table ---------------------------------------------------------------------------------------------------


def at_its_end(state: str) -> Appointment:
    appointment = an_appointment()
    match state:
        case AppointmentState.NO_ACCESS:
            nobody_home(appointment)
        case AppointmentState.MISSED:
            actions.mark_missed(shanghai("2026-09-18 00:00"))
        case AppointmentState.CANCELLED:
            actions.cancel(appointment, by=None, at=TUESDAY_NOON, asked_by="customer", reason="不用")
        case AppointmentState.MOVED:
            actions.reschedule(
                appointment, by=None, at=TUESDAY_NOON, agreed=Agreed(appointment.unit, WEDNESDAY, "pm"),
                asked_by="customer", reason="下午",
            )  # fmt: skip
    return Appointment.objects.select_related("unit", "order", "stage").get(pk=appointment.pk)


@pytest.mark.parametrize("state", [state for state, targets in APPOINTMENT_TRANSITIONS.items() if not targets])
def test_nothing_moves_an_appointment_that_is_over(state: str) -> None:
    appointment = at_its_end(state)
    said = {"by": None, "asked_by": "customer", "reason": "再来"}
    acts = [
        lambda: actions.confirm(appointment, by=None, at=TUESDAY_NOON),
        lambda: actions.arrive(appointment, by=None, at=OPENS),
        lambda: actions.cancel(appointment, at=TUESDAY_NOON, **said),
        lambda: actions.record_no_access(appointment, by=None, at=OPENS, door=Door()),
        lambda: actions.reschedule(
            appointment, at=TUESDAY_NOON, agreed=Agreed(appointment.unit, date(2026, 9, 17), "pm"), **said
        ),
    ]

    assert appointment.state == state
    for act in acts:
        with pytest.raises(WrongState):
            act()
