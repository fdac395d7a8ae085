"""服务要点: what the rooms above compute from facts for whoever serves the customer now, each with its source."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cxorders.customers.models import Customer
from cxorders.customers.panels import Why, known_of
from feedback.callbacks.enums import CallbackState
from feedback.callbacks.models import Attempt, Callback
from feedback.issues.enums import ClosedHow, IssueState
from feedback.issues.models import Issue
from feedback.issues.queries import issue_of
from tests.factories.accounts import a_contact
from tests.factories.appointments import an_appointment
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import a_bad_record, a_record
from tests.factories.orders import MONDAY, a_customer, an_order
from tests.factories.organisation import a_person, a_world, department_in, team_of
from touchpoints.appointments import actions as visits
from touchpoints.appointments.models import Appointment
from touchpoints.orders.enums import AskedBy
from touchpoints.orders.models import Order, Stage

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
DAY = timedelta(days=1)


def known(customer, user, at=MONDAY):
    return known_of(Customer.objects.get(pk=customer.pk), user, at)


def texts(clues) -> list[str]:
    return [clue.text for clue in clues]


@pytest.fixture
def agent(world):
    """Somebody of the company who works none of the orders."""
    return a_person("agent", at=team_of(world.company, "D-KA"))


def test_nothing_known_says_nothing(world):
    found = known(a_customer(world.company), world.owner)

    assert (found.reason, found.clues, found.touches) == (None, [], [])
    assert [str(flag.label) for flag in found.flags] == ["居民散户"]


@pytest.mark.parametrize(("segment", "label"), [("VIP", "VIP客户"), ("VULN", "特殊关怀客户"), ("NONE", None)])
def test_the_segment_is_named_by_the_catalogue(world, segment, label):
    customer = a_customer(world.company, segment_code=segment)

    assert [str(flag.label) for flag in known(customer, world.owner).flags] == ([label] if label else [])


def test_an_overdue_promise_is_the_first_reason_and_names_order_and_days(world, agent):
    customer = a_customer(world.company)
    order = an_order(company=world.company, by=world.owner, customer=customer)
    Order.objects.filter(pk=order.pk).update(promised_at=MONDAY + DAY)
    found = known(customer, agent, MONDAY + 4 * DAY)

    assert found.reason is not None
    assert (found.reason.why, found.reason.url) == (Why.PROMISE_OVERDUE, "")  # an order of others
    assert order.number in found.reason.source
    assert texts(found.clues) == ["承诺已超期 3 天：先致歉，再说新的日期"]
    orders = found.panels["main"][0].data.rows
    assert [(told.row.order, told.opens) for told in orders] == [(order, False)]
    assert known(customer, world.owner, MONDAY + 4 * DAY).reason.url.endswith(f"/orders/{order.number}/")


def test_two_moves_ask_for_an_exact_time(world):
    appointment = an_appointment(company=world.company)
    customer = appointment.order.customer
    for day in (3, 4):
        assert "改约" not in str(texts(known(customer, world.supervisor).clues))
        agreed = visits.Agreed(appointment.unit, appointment.day + DAY, "0830", "")
        appointment = visits.reschedule(
            appointment, by=None, at=MONDAY + timedelta(minutes=day), agreed=agreed,
            asked_by=AskedBy.COMPANY, reason="缺料",
        )  # fmt: skip
    clues = known(customer, world.supervisor).clues

    assert texts(clues) == ["改约两次：请给准确时间"]
    assert appointment.order.number in clues[0].source


def test_a_visit_today_or_tomorrow_is_the_next_reason(world):
    appointment = an_appointment(company=world.company)
    customer = appointment.order.customer
    Order.objects.update(promised_at=None)
    Stage.objects.update(due_at=None)  # nothing is late
    soon = timezone.localtime(appointment.starts_at) - DAY
    assert known(customer, world.owner, soon - DAY).reason is None
    for at, word in ((soon, "明天"), (appointment.starts_at - timedelta(minutes=30), "今天")):
        reason = known(customer, world.owner, at).reason
        assert reason is not None
        assert (reason.why, reason.text[:2]) == (Why.APPOINTMENT_NEAR, word)
        assert appointment.number in reason.source
    Appointment.objects.filter(pk=appointment.pk).update(state="missed")
    assert "上次没有按约上门：先致歉" in texts(known(customer, world.owner, appointment.ends_at + DAY).clues)


def test_an_open_issue_waits_for_an_answer_and_is_told_without_its_words(world, agent):
    customer = a_customer(world.company)
    record = a_bad_record(company=world.company, customer=customer, at=MONDAY, verbatim="师傅说话很难听。")
    issue = issue_of(record)
    assert issue is not None
    stranger_to_it = known(customer, agent)

    assert stranger_to_it.reason is not None
    assert stranger_to_it.reason.why == Why.ISSUE_WAITING
    assert issue.number in stranger_to_it.reason.source
    assert "难听" not in str(stranger_to_it)
    leader = a_person("branch_leader", at=world.company)
    assert "难听" in str(known(customer, leader).reason)


def test_the_same_matter_for_the_second_time_is_said(world):
    customer = a_customer(world.company)
    for hours in (0, 3):
        a_bad_record(company=world.company, customer=customer, at=MONDAY + timedelta(hours=hours))
    leader = a_person("branch_leader", at=world.company)
    assert "同一问题第二次反映：并入，不另开" in texts(known(customer, leader).clues)

    Issue.objects.update(contacts_count=1, reopened_count=1)
    assert texts(known(customer, leader).clues) == ["答复过仍没解决，已重开：别再请客户等通知"]


def test_dissatisfied_until_the_customer_says_it_is_put_right(world):
    customer = a_customer(world.company)
    record = a_bad_record(company=world.company, customer=customer, at=MONDAY)

    def flags() -> list[str]:
        return [str(flag.label) for flag in known(customer, world.owner).flags if flag.kind == "bad"]

    assert flags() == ["不满意未平复 · 9 月 14 日"]
    a_record(company=world.company, customer=customer, at=MONDAY + DAY, rating=5)
    assert len(flags()) == 1  # another good day does not put it right
    issue = Issue.objects.filter(record=record)
    issue.update(state=IssueState.CLOSED, closed_at=MONDAY, closed_how=ClosedHow.UNREACHABLE)
    assert len(flags()) == 1
    issue.update(closed_how=ClosedHow.CONFIRMED)
    assert flags() == []


def test_a_call_we_missed_is_the_last_reason(world):
    customer = a_customer(world.company)
    call = Callback.objects.create(
        company=world.company, unit=department_in(world.company, "D-HOME"), rule_code="CB-01", script_code="SV-CB-01",
        customer=customer, state=CallbackState.RETRY_PLANNED, planned_at=MONDAY, window_start=MONDAY,
        window_end=MONDAY + 3 * DAY, attempts_count=1,
    )  # fmt: skip
    Attempt.objects.create(callback=call, number=1, at=MONDAY, slot="AM", result="no_answer", by=world.owner)
    reason = known(customer, world.owner, MONDAY + DAY).reason

    assert reason is not None
    assert (reason.why, "1 次没接通" in reason.source) == (Why.CALLBACK_MISSED, True)
    assert known(customer, world.owner, MONDAY + 9 * DAY).reason is None


def test_the_likeliest_reason_wins(world):
    customer = a_customer(world.company)
    a_bad_record(company=world.company, customer=customer, at=MONDAY)
    order = an_order(company=world.company, by=world.owner, customer=customer)
    assert known(customer, world.owner).reason.why == Why.ISSUE_WAITING
    Order.objects.filter(pk=order.pk).update(promised_at=MONDAY)

    assert known(customer, world.owner, MONDAY + DAY).reason.why == Why.PROMISE_OVERDUE


def test_the_last_five_contacts_and_ratings_are_told_without_foreign_words(world, agent):
    customer = a_customer(world.company)
    for day in range(4):
        a_record(company=world.company, customer=customer, rating=4, verbatim="师傅很细心。", at=MONDAY + day * DAY)
    for hour in range(3):
        a_contact(customer, by=agent, at=MONDAY + 2 * DAY + timedelta(hours=hour + 1), summary=f"第 {hour} 问")
    touches = known(customer, agent, MONDAY + 5 * DAY).touches

    assert [touch.rating for touch in touches] == [4, None, None, None, 4]
    assert [touch.what for touch in touches][1:4] == [f"进度查询：第 {hour} 问" for hour in (2, 1, 0)]
    assert not any(touch.quoted for touch in touches)
    leader = a_person("branch_leader", at=world.company)
    assert known(customer, leader, MONDAY + 5 * DAY).touches[0].what == "师傅很细心。"
