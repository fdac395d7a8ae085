"""Stopping the clock (O6, O7, O11; metrics.md 0.5)."""

from datetime import timedelta

import pytest

from cxorders.kit.errors import NotAllowed
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, an_order, current_stage, run_to, shanghai, stage_of
from tests.factories.organisation import a_person, a_world, department_in, team_of
from touchpoints.orders.actions import (
    approve_pause,
    pause_stage,
    resume_expired,
    resume_order,
    resume_stage,
    suspend_order,
)
from touchpoints.orders.actions.pauses import (
    ApprovalNeeded,
    NeverPaused,
    PauseAfterDue,
    PauseReasonUnknown,
    TooManyPauses,
)
from touchpoints.orders.models import StagePause

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
at = shanghai
WAITING = "waiting_customer"


def test_a_waiting_for_the_payment_of_an_indoor_install_is_not_counted(world):
    """(a) indoor install payment pause is not counted."""
    order = an_order(company=world.company)
    stage = run_to(order, "PAY", at=at("2026-09-14 10:00"))
    assert stage.due_at == at("2026-09-15 17:30")

    pause_stage(stage, by=world.supervisor, at=at("2026-09-14 15:00"), reason=WAITING, note="等客户缴费")
    resume_stage(stage, by=world.owner, at=at("2026-09-17 10:00"))

    # 2.5 h on Monday, two whole days, 1.5 h on Thursday: 19 working hours
    assert stage.due_at == at("2026-09-18 14:00")
    assert stage.first_due_at == at("2026-09-15 17:30"), "the first promise stays on record"


def test_a_clock_that_runs_round_the_clock_moves_by_real_time():
    stage = run_to(an_order(), "SURVEY", at=at("2026-09-14 10:00"))
    due = stage.due_at
    pause_stage(stage, by=None, at=at("2026-09-15 08:00"), reason="permit")
    resume_stage(stage, by=None, at=at("2026-09-16 20:00"))

    assert stage.due_at == due + timedelta(hours=36)


def test_b_an_emergency_is_never_paused():
    """(b) emergency pause is refused."""
    order = an_order("OT-EMERG")

    with pytest.raises(NeverPaused):
        pause_stage(current_stage(order), by=None, at=MONDAY, reason="force_majeure")
    with pytest.raises(NeverPaused):
        suspend_order(order, by=None, at=MONDAY, reason="force_majeure")


def test_only_the_listed_reasons_stop_a_clock():
    with pytest.raises(PauseReasonUnknown):
        pause_stage(run_to(an_order(), "SURVEY"), by=None, at=MONDAY, reason="人手不够")


def test_a_stage_is_paused_twice_at_most():
    stage = run_to(an_order(), "SURVEY")
    for hour in (3, 5):
        pause_stage(stage, by=None, at=MONDAY + timedelta(hours=hour), reason=WAITING)
        resume_stage(stage, by=None, at=MONDAY + timedelta(hours=hour + 1))

    with pytest.raises(TooManyPauses):
        pause_stage(stage, by=None, at=MONDAY + timedelta(hours=8), reason=WAITING)


def test_nothing_is_paused_after_it_was_due():
    stage = run_to(an_order(), "SURVEY")

    with pytest.raises(PauseAfterDue):
        pause_stage(stage, by=None, at=stage.due_at + timedelta(seconds=1), reason=WAITING)
    assert pause_stage(stage, by=None, at=stage.due_at, reason=WAITING).state == "paused"


def test_more_than_a_working_day_needs_the_manager(world):
    order = an_order(company=world.company)
    stage = run_to(order, "PAY", at=at("2026-09-14 10:00"))

    with pytest.raises(ApprovalNeeded):
        pause_stage(stage, by=world.owner, at=at("2026-09-14 11:00"), reason=WAITING, until=at("2026-09-18 10:00"))
    pause_stage(stage, by=world.owner, at=at("2026-09-14 11:00"), reason=WAITING)
    pause = StagePause.objects.get(stage=stage)
    assert (pause.approved_by, pause.auto_end_at) == (None, at("2026-09-15 17:30"))

    with pytest.raises(NotAllowed):
        approve_pause(stage, by=world.owner, at=at("2026-09-14 12:00"))
    approve_pause(stage, by=world.supervisor, at=at("2026-09-14 12:00"))
    pause.refresh_from_db()
    assert (pause.approved_by, pause.auto_end_at) == (world.supervisor, at("2026-09-29 11:00"))


def test_an_approver_without_the_right_is_refused(world):
    stage = run_to(an_order(company=world.company), "PAY", at=at("2026-09-14 10:00"))

    with pytest.raises(NotAllowed):
        pause_stage(stage, by=world.owner, at=at("2026-09-14 11:00"), reason=WAITING, approved_by=world.owner)


def test_a_pause_ends_by_itself_at_its_own_time_however_late_the_sweep_comes(world):
    stage = run_to(an_order(company=world.company), "SURVEY", at=at("2026-09-14 10:00"))
    due = stage.due_at
    manager = a_person("dept_mgr", at=department_in(world.company, "D-DES"))
    pause_stage(stage, by=manager, at=at("2026-09-14 12:00"), reason=WAITING)

    assert resume_expired(at("2026-09-29 11:59")) == 0
    assert resume_expired(at("2026-10-20 00:00")) == 1
    assert resume_expired(at("2026-10-20 00:00")) == 0
    stage.refresh_from_db()
    assert (stage.state, stage.due_at) == ("active", due + timedelta(days=15))


def test_suspending_an_order_stops_its_stage_and_resuming_moves_the_promise(world):
    order = an_order(company=world.company)
    stage = run_to(order, "SURVEY", at=at("2026-09-14 10:00"))
    order.refresh_from_db()
    promised, expected, due = order.promised_at, order.expected_at, stage.due_at
    suspend_order(order, by=world.supervisor, at=at("2026-09-15 10:00"), reason="permit")
    assert (order.state, stage_of(order, "SURVEY").state) == ("suspended", "paused")

    resume_order(order, by=world.supervisor, at=at("2026-09-17 10:00"))

    after = stage_of(order, "SURVEY")
    assert (order.state, after.state, after.due_at) == ("running", "active", due + timedelta(days=2))
    assert order.promised_at == promised, "what was told to the customer is never moved silently"
    assert order.expected_at > expected


def test_only_a_manager_suspends_an_order(world):
    order = an_order(company=world.company, by=world.owner)

    for person in (world.owner, world.stranger, a_person("crew", at=team_of(world.company, "D-ENG"))):
        with pytest.raises(NotAllowed):
            suspend_order(order, by=person, at=MONDAY, reason="permit")
