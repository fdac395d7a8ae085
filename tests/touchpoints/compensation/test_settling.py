"""Paying in time and late, refusing with a reason; one test for each step, and the refusals."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed, Stale, WrongState
from tests.factories.catalogue import the_catalogue
from tests.factories.compensation import THIRTY, a_broken_install, a_compensation, switched_on
from tests.factories.orders import shanghai
from tests.factories.organisation import a_person, a_world, department_in
from touchpoints.compensation.actions import (
    PaidOnWrong,
    PaymentIncomplete,
    PaymentSumWrong,
    RefusalWithoutReason,
    end_exempted,
    pay_compensation,
    refuse_compensation,
)
from touchpoints.compensation.enums import COMPENSATION_TRANSITIONS, CompensationState
from touchpoints.compensation.models import Compensation
from touchpoints.orders.models import Stage
from touchpoints.promises.models import Exemption

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
LAST_DAY = date(2026, 10, 13)
"""the tenth working day after 22 September"""
NOON = shanghai("2026-09-24 12:00")
LATER = shanghai("2026-10-16 12:00")


@pytest.fixture
def owed(world):
    """Thirty yuan for a late installation."""
    switched_on(world.company)
    return a_compensation(a_broken_install(world.company))


@pytest.fixture
def leader(world):
    return a_person("branch_leader", at=world.company)


def pay(owed, by, *, at=NOON, **more):
    given = {"paid_on": at.date(), "form": "credit", "reference": "ZD-0924-7", "paid": THIRTY}
    return pay_compensation(owed, by=by, at=at, **(given | more))


# ---- due → paid --------------------------------------------------------------------------------------------------


def test_paid_in_time(owed, leader):
    pay(owed, leader)

    owed.refresh_from_db()
    assert (owed.state, owed.paid_on, owed.paid_form, owed.reference) == ("paid", NOON.date(), "credit", "ZD-0924-7")
    assert (owed.extra, owed.owed(LATER), owed.is_late(LATER)) == (0, THIRTY, False)
    assert (owed.ended_at, owed.ended_by) == (NOON, leader)
    entry = Entry.objects.get(verb="compensation.paid")
    assert (entry.subject_id, entry.actor_id) == (owed.stage.order_id, leader.pk)
    assert (entry.data["amount"], entry.data["extra"], entry.data["reference"]) == ("30.00", "0", "ZD-0924-7")


@pytest.mark.parametrize(("day", "extra"), [(LAST_DAY, 0), (LAST_DAY + timedelta(days=1), 30)])
def test_paid_after_the_last_day_the_same_sum_is_owed_again(owed, leader, day, extra):
    pay(owed, leader, at=LATER, paid_on=day, paid=THIRTY + extra)

    owed.refresh_from_db()
    assert (owed.extra, owed.owed(LATER), owed.is_late(LATER)) == (extra, THIRTY + extra, extra > 0)


@pytest.mark.parametrize("paid", [THIRTY, Decimal("59.99"), Decimal(90)])
def test_paid_late_with_another_sum_it_is_not_settled(owed, leader, paid):
    with pytest.raises(PaymentSumWrong) as refused:
        pay(owed, leader, at=LATER, paid=paid)
    assert refused.value.field == "paid"
    assert "60.00" in refused.value.in_language("zh-hans")
    owed.refresh_from_db()
    assert owed.is_due


def test_who_waits_longer_is_owed_twice(owed):
    last = owed.due_at
    assert (owed.owed(last), owed.is_late(last)) == (THIRTY, False)
    assert (owed.owed(last + timedelta(seconds=1)), owed.is_late(last + timedelta(seconds=1))) == (2 * THIRTY, True)


@pytest.mark.parametrize("day", [date(2026, 9, 21), date(2026, 9, 25)])
def test_the_day_of_payment_lies_between_the_breach_and_today(owed, leader, day):
    with pytest.raises(PaidOnWrong):
        pay(owed, leader, paid_on=day)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"form": "shells"}, "form"), ({"reference": "  "}, "reference"), ({"reference": "长" * 61}, "reference")],
)
def test_a_payment_names_its_form_and_its_voucher(owed, leader, more, field):
    with pytest.raises(PaymentIncomplete) as refused:
        pay(owed, leader, **more)
    assert refused.value.field == field


# ---- due → refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reason", "said"), [("customer cause", "客户原因"), ("permit", "许可"), ("other", "其他")])
def test_refused_with_a_reason_of_the_table_or_another(owed, leader, reason, said):
    refuse_compensation(owed, by=leader, at=NOON, reason=reason, text=" 门禁三次没开 ")

    owed.refresh_from_db()
    assert (owed.state, owed.refused_zh, owed.refused_en, owed.text) == ("refused", said, reason, "门禁三次没开")
    assert (owed.ended_at, owed.ended_by, owed.owed(LATER)) == (NOON, leader, 0)
    assert Entry.objects.get(verb="compensation.refused").data["text"] == f"{said}：门禁三次没开"


@pytest.mark.parametrize(
    ("reason", "text", "field"),
    [("weather", "下了大雨", "reason"), ("permit", "不赔了", "text"), ("permit", "  不赔了  ", "text"),
     ("other", "长" * 301, "text")],
)  # fmt: skip
def test_a_refusal_without_words_is_none(owed, leader, reason, text, field):
    with pytest.raises(RefusalWithoutReason) as refused:
        refuse_compensation(owed, by=leader, at=NOON, reason=reason, text=text)
    assert refused.value.field == field
    owed.refresh_from_db()
    assert owed.is_due


# ---- what is over stays over -------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [CompensationState.PAID, CompensationState.REFUSED])
def test_what_is_over_stays_over(owed, leader, end):
    assert COMPENSATION_TRANSITIONS[end] == frozenset()
    if end == CompensationState.PAID:
        pay(owed, leader)
    else:
        refuse_compensation(owed, by=leader, at=NOON, reason="other", text="客户不要赔付")

    with pytest.raises(WrongState):
        pay(owed, leader)
    with pytest.raises(WrongState):
        refuse_compensation(owed, by=leader, at=NOON, reason="other", text="改主意了吧")
    stage = Stage.objects.get(pk=owed.stage_id)
    after = Exemption(stage=stage, reason="customer", text="后来豁免")
    assert end_exempted(after, at=LATER) is None
    owed.refresh_from_db()
    assert (owed.state, owed.ended_at) == (end, NOON)


def test_of_two_who_act_at_once_one_is_told(owed, leader):
    same = Compensation.objects.select_related("company", "unit", "stage__order", "stage__stage_type").get(pk=owed.pk)
    pay(owed, leader)
    with pytest.raises(Stale):
        refuse_compensation(same, by=leader, at=NOON, reason="other", text="客户不要赔付")


# ---- who ---------------------------------------------------------------------------------------------------------


def test_managers_of_the_unit_and_the_company_settle(owed, world):
    for role, unit in (("dept_mgr", department_in(world.company, "D-ENG")), ("gatekeeper", world.company)):
        person = a_person(role, at=unit)
        other = a_compensation(a_broken_install(world.company))
        assert pay(other, person).ended_by == person


def test_nobody_else_settles(owed, world):
    elsewhere = (
        a_person("dept_mgr", at=department_in(world.company, "D-HALL")),
        a_person("branch_leader", at=world.other),
        a_person("hq_cs", at=world.group),
        a_person("crew", at=owed.unit),
        a_person("auditor", at=world.group),
    )
    for person in elsewhere:
        with pytest.raises(NotAllowed):
            pay(owed, person)
        with pytest.raises(NotAllowed):
            refuse_compensation(owed, by=person, at=NOON, reason="other", text="客户不要赔付")


def test_who_worked_the_stage_does_not_decide_about_its_price(owed, leader):
    Stage.objects.filter(pk=owed.stage_id).update(assignee=leader)
    owed.stage.refresh_from_db()
    with pytest.raises(NotAllowed):
        refuse_compensation(owed, by=leader, at=NOON, reason="other", text="我没有迟到")
