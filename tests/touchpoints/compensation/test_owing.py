"""Off by default; what is owed for a broken promise once a company switched it on (workflows.md §11, M62)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cxorders.journal.models import Entry
from cxorders.organisation.models import CalendarDay
from cxorders.organisation.queries import forget_calendars
from tests.factories.catalogue import the_catalogue
from tests.factories.compensation import (
    INSTALL,
    THIRTY,
    a_broken_install,
    a_compensation,
    owed_by,
    switched_on,
)
from tests.factories.orders import MONDAY, a_picture, complete_current_stage, shanghai
from tests.factories.organisation import a_person, a_world
from touchpoints.compensation.actions import sweep_due
from touchpoints.compensation.enums import COMPENSATION_TRANSITIONS, CompensationState
from touchpoints.compensation.models import Compensation
from touchpoints.orders.actions import pause_stage
from touchpoints.orders.models import Order
from touchpoints.promises.actions import ask_exemption, decide_exemption

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def exempted(stage, world, *, at):
    manager = a_person("dept_mgr", at=stage.unit)
    leader = a_person("branch_leader", at=world.company)
    asked = ask_exemption(stage, by=manager, at=at, reason="customer", text="客户两次改期", photo=a_picture())
    return decide_exemption(asked, by=leader, at=at, grant=True)


# ---- off by default ----------------------------------------------------------------------------------------------


def test_nothing_is_owed_until_a_company_approved_it(world):
    stage = a_broken_install(world.company)
    assert sweep_due(stage.due_at + HOUR) == 0

    switched_on(world.other)
    switched_on(world.company, code="STD-EC-16")
    assert sweep_due(stage.due_at + HOUR) == 0, "another company, another standard"
    assert not Compensation.objects.exists()


def test_a_broken_promise_owes_the_approved_sum_within_ten_working_days(world):
    terms = switched_on(world.company)
    stage = a_broken_install(world.company)
    assert stage.due_at == shanghai("2026-09-22 00:00")
    assert sweep_due(stage.due_at) == 0, "at the due time it is not broken yet"

    assert sweep_due(stage.due_at + SECOND) == 1

    owed = Compensation.objects.get()
    assert (owed.stage, owed.unit, owed.terms, owed.amount, owed.extra) == (stage, stage.unit, terms, THIRTY, 0)
    # 23, 24, 28–30 September (25–27: mid-autumn) and 8–10, 12, 13 October after the national holidays
    assert (owed.broken_at, owed.due_at) == (stage.due_at, shanghai("2026-10-13 17:30"))
    entry = Entry.objects.get(verb="compensation.due")
    assert (entry.subject_label, entry.subject_id, entry.actor_id) == ("touchpoints.order", stage.order_id, None)
    assert (entry.data["compensation"], entry.data["amount"]) == (owed.number, "30.00")


def test_what_ended_too_late_is_broken_too_and_what_ended_in_time_is_not(world):
    switched_on(world.company)
    late, in_time = a_broken_install(world.company), a_broken_install(world.company)
    complete_current_stage(late.order, at=late.due_at + SECOND)
    complete_current_stage(in_time.order, at=in_time.due_at)

    assert sweep_due(late.due_at + timedelta(days=3)) == 1
    assert Compensation.objects.get().stage == late


def test_a_paused_clock_breaks_nothing(world):
    switched_on(world.company)
    stage = a_broken_install(world.company)
    pause_stage(stage, by=None, at=stage.due_at - HOUR, reason="waiting_customer")

    assert sweep_due(stage.due_at + HOUR) == 0


def test_nobody_is_paid_where_no_customer_is_known(world):
    switched_on(world.company)
    stage = a_broken_install(world.company)
    Order.objects.filter(pk=stage.order_id).update(customer=None, anonymous_reason="路人来电")

    assert sweep_due(stage.due_at + HOUR) == 0


# ---- the day it begins -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("since", "made"), [(date(2026, 9, 22), 1), (date(2026, 9, 23), 0)])
def test_promises_that_broke_before_the_day_give_nothing(world, since, made):
    switched_on(world.company, since=since)
    stage = a_broken_install(world.company)

    assert sweep_due(stage.due_at + timedelta(days=5)) == made


def test_the_terms_of_the_day_of_the_breach_count_however_late_the_sweep_runs(world):
    switched_on(world.company, since=date(2026, 9, 8))
    fifty = switched_on(world.company, amount=Decimal("50.50"), since=date(2026, 9, 21))
    switched_on(world.company, is_on=False, since=date(2026, 9, 23), at=MONDAY)
    stage = a_broken_install(world.company)

    owed = a_compensation(stage, at=stage.due_at + timedelta(days=30))

    assert (owed.terms, owed.amount) == (fifty, Decimal("50.50"))


def test_switched_off_from_a_day_on_nothing_breaks_into_money_any_more(world):
    switched_on(world.company)
    switched_on(world.company, is_on=False, since=date(2026, 9, 22))
    stage = a_broken_install(world.company)

    assert sweep_due(stage.due_at + HOUR) == 0


def test_an_approved_nothing_owes_nothing(world):
    switched_on(world.company, amount=Decimal(0))
    stage = a_broken_install(world.company)

    assert sweep_due(stage.due_at + HOUR) == 0


def test_a_deadline_beyond_the_holiday_table_waits_for_the_table(world, caplog):
    switched_on(world.company)
    stage = a_broken_install(world.company)
    kept = list(CalendarDay.objects.filter(date__year=2026))
    CalendarDay.objects.filter(date__year=2026).delete()
    forget_calendars()

    assert sweep_due(stage.due_at + HOUR) == 0
    assert "2026" in caplog.text

    CalendarDay.objects.bulk_create(kept)
    forget_calendars()
    assert sweep_due(stage.due_at + HOUR) == 1


# ---- once --------------------------------------------------------------------------------------------------------


def test_a_second_sweep_changes_nothing(world):
    switched_on(world.company)
    stage = a_broken_install(world.company)

    assert [sweep_due(stage.due_at + n * HOUR) for n in (1, 1, 2)] == [1, 0, 0]
    assert Entry.objects.filter(verb="compensation.due").count() == 1


def test_the_database_keeps_one_for_one_promise(world):
    stage = a_broken_install(world.company)
    leader = a_person("branch_leader", at=world.company)
    owed_by(stage, unit=stage.unit, by=leader)

    with pytest.raises(IntegrityError), transaction.atomic():
        owed_by(stage, unit=stage.unit, by=leader)


# ---- exempted ----------------------------------------------------------------------------------------------------


def test_an_exempted_breach_gives_nothing(world):
    switched_on(world.company)
    stage = a_broken_install(world.company)
    exempted(stage, world, at=stage.due_at + SECOND)

    assert sweep_due(stage.due_at + HOUR) == 0


def test_an_exemption_granted_afterwards_ends_what_is_not_paid(world):
    switched_on(world.company)
    stage = a_broken_install(world.company)
    owed = a_compensation(stage)

    exempted(stage, world, at=stage.due_at + 2 * HOUR)

    owed.refresh_from_db()
    assert (owed.state, owed.refused_zh, owed.ended_by) == ("refused", "失约已豁免", None)
    assert "客户两次改期" in owed.text
    assert owed.ended_at == stage.due_at + 2 * HOUR
    assert sweep_due(stage.due_at + 3 * HOUR) == 0
    assert Entry.objects.get(verb="compensation.refused").actor_id is None


def test_a_refused_exemption_leaves_it_owed(world):
    switched_on(world.company)
    stage = a_broken_install(world.company)
    manager, leader = a_person("dept_mgr", at=stage.unit), a_person("branch_leader", at=world.company)
    at = stage.due_at + SECOND
    asked = ask_exemption(stage, by=manager, at=at, reason="customer", text="客户改期", photo=a_picture())
    owed = a_compensation(stage)
    assert owed.is_due, "asking changes nothing"

    decide_exemption(asked, by=leader, at=at + HOUR, grant=False, text="照片看不清")

    owed.refresh_from_db()
    assert owed.is_due


def test_the_table_of_states_is_the_one_of_the_workflow():
    due, paid, refused = CompensationState
    assert {due: {paid, refused}, paid: set(), refused: set()} == COMPENSATION_TRANSITIONS
    assert INSTALL == "STD-EC-05"
