"""The way an order takes by itself: O2, O4, O5, O8, O12, O14, for 散户报装 and 合同户 (workflows.md §1)."""

from uuid import uuid4

import pytest

from cxorders.journal.models import Entry
from cxorders.kit.errors import Stale
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import (
    MONDAY,
    a_customer,
    an_order,
    complete_current_stage,
    current_stage,
    finish,
    in_front,
    run_to,
    shanghai,
    stage_of,
    the_fixture_calendar,
)
from tests.factories.organisation import a_world
from touchpoints.orders.actions import accept_order, create_order
from touchpoints.orders.events import OrderAccepted, OrderDone, StageEnded, StageStarted
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import stages_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
at = shanghai


def test_o2_acceptance_freezes_every_promise_and_names_the_responsible_unit(world):
    order = an_order(company=world.company, by=world.owner, at=MONDAY)

    frozen = [(s.stage_type.code, s.promise_value, s.promise_unit, s.unit.department_code) for s in stages_of(order)]
    assert frozen == [
        ("APPLY", 1, "WD", "D-HALL"),
        ("SURVEY", 3, "CD", "D-DES"),
        ("DESIGN", 10, "CD", "D-DES"),
        ("PAY", 1, "WD", "D-HALL"),
        ("YARD", 12, "WD", "D-ENG"),
        ("INSTALL", 7, "CD", "D-ENG"),
        ("ACCEPT", 1, "WD", "D-ENG"),
        ("CONVERT", 3, "CD", "D-HOME"),
        ("ACCOUNT", 20, "MIN", "D-HALL"),
        ("CARD", 20, "MIN", "D-HALL"),
        ("CALLBACK", [7, 15], "WD", "D-CC"),
    ]
    assert stage_of(order, "APPLY").unit == world.team, "the hall that took the order in does its hall stages"


def test_o2_the_expected_finish_is_told_and_leaves_optional_stages_out(world):
    order = an_order(company=world.company, by=world.owner, at=MONDAY)
    told = Entry.objects.get(verb="order.customer_told", subject_id=order.pk)

    assert order.promised_at == stage_of(order, "CARD").forecast_at
    assert told.data["promised_at"] == order.promised_at.isoformat()
    assert stage_of(order, "YARD").forecast_at is None

    longer = an_order(company=world.company, by=world.owner, at=MONDAY, decided={"YARD": True})
    assert longer.promised_at > order.promised_at
    assert stage_of(longer, "YARD").needed is True


def test_o2_a_finish_in_a_year_without_a_holiday_table_is_not_guessed(world):
    order = an_order("OT-CONTRACT-RES", company=world.company, at=at("2026-11-20 10:00"))

    assert order.promised_at is None
    assert order.state == "running"


def test_o4_o5_the_first_stage_starts_with_acceptance(world, heard):
    order = an_order(company=world.company, by=world.owner, at=MONDAY)

    stage = current_stage(order)
    assert (order.state, stage.stage_type.code, stage.state) == ("running", "APPLY", "active")
    assert stage.due_at == at("2026-09-15 17:30")
    assert stage.first_due_at == stage.due_at
    assert [type(event) for event in heard] == [OrderAccepted, StageStarted]


def test_o8_completion_starts_the_next_stage(heard):
    order = an_order()
    done = complete_current_stage(order, at=at("2026-09-15 09:00"))

    assert (done.state, done.ended_at) == ("done", at("2026-09-15 09:00"))
    following = current_stage(order)
    assert following.stage_type.code == "SURVEY"
    assert following.due_at == at("2026-09-19 00:00"), "24:00 of the third day after the receipt date"
    assert [type(event) for event in heard][-2:] == [StageEnded, StageStarted]


def test_o5_the_journey_stops_at_an_undecided_optional_stage():
    order = an_order()
    run_to(order, "PAY")
    complete_current_stage(order)

    assert current_stage(order) is None
    assert in_front(order)[1].stage_type.code == "YARD"
    assert Entry.objects.filter(verb="stage.decision_due", subject_id=order.pk).count() == 1


def test_o12_o14_the_order_is_done_and_observed_when_no_service_stage_is_open(heard):
    order = an_order()
    finish(order)

    assert (order.state, order.done_at) == ("observing", stage_of(order, "CARD").ended_at)
    assert heard[-1] == OrderDone(order_id=order.pk, at=order.done_at, by_id=None)
    assert stage_of(order, "CALLBACK").state == "active"


def test_c_the_callback_window_after_completion_on_24_september():
    """(c) completion on 24 Sep 2026 with the fixture calendar → 10 Oct (7th WD) – 21 Oct 2026 (15th WD)."""
    order = an_order(at=at("2026-09-01 10:00"))
    the_fixture_calendar()
    finish(order, at=at("2026-09-24 15:00"))

    stage = stage_of(order, "CALLBACK")
    assert stage.due_at == at("2026-10-21 17:30")


def test_accepting_twice_is_stale_for_the_second(world):
    order = an_order(company=world.company, accepted=False)
    twin = Order.objects.get(pk=order.pk)
    accept_order(order, by=world.owner, at=MONDAY)

    with pytest.raises(Stale):
        accept_order(twin, by=world.owner, at=MONDAY)
    assert Stage.objects.filter(order=order).count() == 11


def test_a_second_submission_with_the_same_key_is_the_same_order(world):
    key, customer = uuid4(), a_customer(world.company)
    values = {"company": world.company, "unit": world.team, "customer": customer, "by": world.owner, "at": MONDAY}
    first = an_order(accepted=False, company=world.company, customer=customer, client_key=key)
    again = create_order(order_type=first.order_type, client_key=key, **values)

    assert again == first
    assert Order.objects.count() == 1
