"""How orders end: O3, O13, O15, O16."""

from datetime import timedelta

import pytest

from cxorders.kit.errors import NotAllowed
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import (
    HOUR,
    MONDAY,
    an_order,
    current_stage,
    finish,
    run_to,
    shanghai,
    stage_of,
)
from tests.factories.organisation import a_world
from touchpoints.orders.actions import (
    EvidenceInput,
    cancel_order,
    close_finished,
    close_order,
    complete_stage,
    pause_stage,
    reject_order,
    reopen_order,
)
from touchpoints.orders.actions.accept import ReasonMissing
from touchpoints.orders.actions.course import NothingToRework, NotSettled, TooLateToReopen
from touchpoints.orders.events import OrderEnded
from touchpoints.orders.models import Order
from touchpoints.orders.queries import stages_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
at = shanghai


def test_o3_a_rejection_tells_why_and_what_instead(world, heard):
    order = an_order(company=world.company, accepted=False)

    with pytest.raises(ReasonMissing):
        reject_order(order, by=world.owner, at=MONDAY, reason=" ")
    reject_order(order, by=world.owner, at=MONDAY, reason="管网未到", alternative="先登记意向")

    assert (order.state, order.end_reason) == ("rejected", "管网未到")
    assert heard == [OrderEnded(order_id=order.pk, state="rejected", at=MONDAY, by_id=world.owner.pk)]


def test_o13_a_cancelled_order_leaves_nothing_open(world):
    order = an_order(company=world.company, by=world.owner)
    stage = run_to(order, "SURVEY")
    pause_stage(stage, by=None, at=stage.started_at + HOUR, reason="waiting_customer")

    cancel_order(order, by=world.owner, at=stage.started_at + 2 * HOUR, reason="搬家了", asked_by="customer")

    assert (order.state, order.end_reason) == ("cancelled", "搬家了")
    assert {s.state for s in stages_of(order)} == {"done", "failed", "pending"}
    assert stage_of(order, "SURVEY").pauses.filter(ended_at=None).count() == 0


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"reason": "", "asked_by": "customer"}, ReasonMissing),
        ({"reason": "不装了", "asked_by": "邻居"}, ReasonMissing),
        ({"reason": "不装了", "asked_by": "customer", "settled": False}, NotSettled),
    ],
)
def test_o13_cancelling_names_reason_and_who_asked_and_settles_the_money(values, error):
    order = an_order()

    with pytest.raises(error):
        cancel_order(order, by=None, at=MONDAY, **values)
    order.refresh_from_db()
    assert order.state == "running"


def test_o13_a_stranger_cancels_nothing(world):
    order = an_order(company=world.company, by=world.owner)

    with pytest.raises(NotAllowed):
        cancel_order(order, by=world.stranger, at=MONDAY, reason="不装了", asked_by="customer")


def test_o15_closing_ends_the_callback_stage():
    order = an_order()
    finish(order)
    close_order(order, by=None, at=order.done_at + timedelta(days=10))

    assert (order.state, stage_of(order, "CALLBACK").state) == ("closed", "done")


def test_o15_five_working_days_after_the_window_an_order_closes_by_itself():
    order = an_order(at=at("2026-08-03 10:00"))
    finish(order, at=at("2026-08-10 10:00"))
    assert stage_of(order, "CALLBACK").due_at == at("2026-08-31 17:30")

    assert close_finished(at("2026-09-07 17:29")) == 0
    assert close_finished(at("2026-09-20 00:00")) == 1
    assert close_finished(at("2026-09-20 00:00")) == 0
    order.refresh_from_db()
    assert (order.state, order.closed_at) == ("closed", at("2026-09-07 17:30"))
    assert stage_of(order, "CALLBACK").state == "failed", "nobody was reached"


def test_o15_an_order_without_callback_stage_closes_on_the_same_terms():
    order = an_order("OT-WORKSHOP", at=at("2026-08-03 10:00"))
    finish(order, at=at("2026-08-10 10:00"))

    assert close_finished(at("2026-09-07 17:30")) == 1


def _closed(order: Order) -> Order:
    finish(order)
    return close_order(order, by=None, at=order.done_at + timedelta(days=10))


def test_o16_rework_is_a_stage_of_a_second_round(world):
    order = _closed(an_order(company=world.company))
    convert = stage_of(order, "CONVERT").stage_type
    reopen_order(
        order, by=world.supervisor, at=order.closed_at + timedelta(days=29), reason="接头渗漏", stage_type=convert
    )

    assert order.state == "running"
    rework = current_stage(order)
    assert (rework.stage_type.code, rework.round, rework.state) == ("CONVERT", 2, "active")
    assert [s.stage_type.code for s in stages_of(order) if s.round == 2] == ["CONVERT", "CALLBACK"]

    finish(order)
    assert order.state == "observing"
    assert stage_of(order, "CALLBACK", round=2).state == "active"


def test_o16_after_thirty_days_it_is_a_new_order(world):
    order = _closed(an_order(company=world.company))

    with pytest.raises(TooLateToReopen):
        reopen_order(order, by=world.supervisor, at=order.closed_at + timedelta(days=30, seconds=1), reason="渗漏")


def test_o16_only_a_stage_that_was_done_can_be_done_again(world):
    order = _closed(an_order(company=world.company))
    skipped = stage_of(order, "YARD").stage_type

    with pytest.raises(NothingToRework):
        reopen_order(order, by=world.supervisor, at=order.closed_at, reason="渗漏", stage_type=skipped)


def test_the_promise_to_the_customer_outlives_lateness():
    order = an_order()
    promised = order.promised_at
    stage = run_to(order, "SURVEY")
    complete_stage(
        stage,
        by=None,
        at=stage.due_at + timedelta(days=40),
        evidence=[_text("feasible / not feasible with reason")],
    )
    order.refresh_from_db()

    assert order.promised_at == promised
    assert order.expected_at > promised + timedelta(days=20)


def _text(phrase: str) -> EvidenceInput:
    return EvidenceInput(phrase, "text", "可行")
