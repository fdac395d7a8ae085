"""Promises made by word: given once, kept or late by the clock, changed only with consent (workflows.md §11)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cxorders.customers.panels import Why
from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed, WrongState
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import HOUR, MONDAY, a_customer, an_order, shanghai
from tests.factories.organisation import a_person, a_world
from tests.factories.pledges import TWO_DAYS, a_pledge
from touchpoints.pledges import actions
from touchpoints.pledges.actions import ConsentMissing, PledgeDueWrong, PledgeIncomplete, Word, give_pledge
from touchpoints.pledges.enums import PLEDGE_TRANSITIONS, GivenHow, PledgeState, View
from touchpoints.pledges.models import Pledge
from touchpoints.pledges.queries import Owed, counts, owed_by, pledges_in, told_of_customer

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
LATER = MONDAY + HOUR


def an_order_of(world):
    return an_order(company=world.company, by=world.owner)


def a_manager(world):
    return a_person("branch_leader", at=world.company)


def in_list(user, view, now, **more):
    return list(pledges_in(user, view, now, **more))


# ---- giving ------------------------------------------------------------------------------------------------------


def test_a_word_given_is_kept_by_who_gave_it(world):
    order = an_order_of(world)
    pledge = a_pledge(order, by=world.owner)

    assert (pledge.state, pledge.owner, pledge.unit) == ("open", world.owner, world.owner.active_grant.unit)
    assert (pledge.due_at, pledge.first_due_at) == (MONDAY + TWO_DAYS, MONDAY + TWO_DAYS)
    entry = Entry.objects.get(verb="pledge.given")
    assert (entry.subject_label, entry.subject_id) == ("touchpoints.order", order.pk), "the order tells the story"


def test_the_same_form_twice_is_one_promise(world):
    order, key = an_order_of(world), uuid4()

    first, second = (a_pledge(order, by=world.owner, client_key=key) for _ in range(2))

    assert first == second
    assert Entry.objects.filter(verb="pledge.given").count() == 1


@pytest.mark.parametrize("text", ["", "   ", "长" * 201])
def test_an_empty_or_endless_promise_is_none(text, world):
    order = an_order_of(world)
    with pytest.raises(PledgeIncomplete):
        give_pledge(order.customer, Word(text, "call", LATER), by=world.owner, at=MONDAY)


@pytest.mark.parametrize("away", [timedelta(0), -HOUR, timedelta(days=366)])
def test_the_day_lies_ahead_and_within_a_year(away, world):
    with pytest.raises(PledgeDueWrong):
        a_pledge(an_order_of(world), by=world.owner, due_at=MONDAY + away)


# ---- the clock ---------------------------------------------------------------------------------------------------


def test_overdue_is_computed_and_late_stays_late(world):
    pledge, leader = a_pledge(an_order_of(world), by=world.owner), a_manager(world)
    due = pledge.due_at

    assert in_list(leader, View.OVERDUE, due) == []
    assert in_list(leader, View.OVERDUE, due + timedelta(seconds=1)) == [pledge]
    assert counts(leader, due + HOUR, mine=False) == {"open": "1", "overdue": "1"}
    actions.keep_pledge(pledge, by=world.owner, at=due + HOUR, text="配件晚到一天")

    assert in_list(leader, View.OVERDUE, due + TWO_DAYS) == []
    assert in_list(leader, View.ENDED, due + TWO_DAYS) == [pledge]
    assert pledge.is_late(due + TWO_DAYS)
    assert Entry.objects.get(verb="pledge.kept").data["late"] is True


def test_another_day_needs_a_reason_and_consent_and_moves_the_clock(world):
    pledge = a_pledge(an_order_of(world), by=world.owner)
    friday = pledge.due_at + TWO_DAYS
    for reason, consent, field in (("", "phone", "reason"), ("  ", "phone", "reason"), ("配件没到", "", "consent")):
        with pytest.raises(ConsentMissing) as refused:
            actions.change_pledge(pledge, by=world.owner, at=LATER, due_at=friday, reason=reason, consent=consent)
        assert refused.value.field == field

    actions.change_pledge(pledge, by=world.owner, at=LATER, due_at=friday, reason="配件没到", consent="phone")

    pledge.refresh_from_db()
    assert (pledge.due_at, pledge.first_due_at) == (friday, MONDAY + TWO_DAYS)
    assert not pledge.is_late(friday)
    assert pledge.changes.get().old_due_at == MONDAY + TWO_DAYS


def test_what_the_customer_lets_go_is_neither_kept_nor_late(world):
    pledge = a_pledge(an_order_of(world), by=world.owner)
    actions.withdraw_pledge(pledge, by=world.owner, at=pledge.due_at + HOUR, reason="客户自己买了配件", consent="phone")

    assert pledge.state == "withdrawn"
    assert not pledge.is_late(pledge.due_at + TWO_DAYS)


@pytest.mark.parametrize("end", [state for state in PledgeState if state != PledgeState.OPEN])
def test_what_is_over_stays_over(end, world):
    assert PLEDGE_TRANSITIONS[end] == frozenset()
    pledge = a_pledge(an_order_of(world), by=world.owner)
    Pledge.objects.filter(pk=pledge.pk).update(state=end, ended_at=LATER)
    pledge.refresh_from_db()
    consent = {"reason": "客户要求", "consent": "phone"}

    for act in (
        lambda: actions.keep_pledge(pledge, by=None, at=LATER),
        lambda: actions.withdraw_pledge(pledge, by=None, at=LATER, **consent),
        lambda: actions.change_pledge(pledge, by=None, at=LATER, due_at=LATER + TWO_DAYS, **consent),
    ):
        with pytest.raises(WrongState):
            act()


# ---- who ---------------------------------------------------------------------------------------------------------


def test_only_who_keeps_it_and_the_manager_act(world):
    pledge = a_pledge(an_order_of(world), by=world.owner)
    colleague = a_person("field", at=world.owner.active_grant.unit)

    with pytest.raises(NotAllowed):
        actions.keep_pledge(pledge, by=colleague, at=LATER)
    with pytest.raises(NotAllowed):
        actions.keep_pledge(pledge, by=world.stranger, at=LATER)
    assert actions.keep_pledge(pledge, by=a_manager(world), at=LATER).ended_by.name


def test_who_leaves_hands_over_the_given_word(world):
    pledge = a_pledge(an_order_of(world), by=world.owner)
    successor = a_person("field", at=world.owner.active_grant.unit)
    assert actions.open_held_by(world.owner) == 1

    actions.hand_over(world.owner, successor, None, LATER)

    pledge.refresh_from_db()
    assert (pledge.owner, actions.open_held_by(world.owner)) == (successor, 0)
    assert Entry.objects.get(verb="pledge.handed_over").data["assignee_name"] == successor.name


def test_lists_end_where_the_reach_ends(world):
    mine = a_pledge(an_order_of(world), by=world.owner)

    assert in_list(world.owner, View.OPEN, MONDAY, mine=True) == [mine]
    assert in_list(a_manager(world), View.OPEN, MONDAY, mine=True) == []
    assert in_list(a_manager(world), View.OPEN, MONDAY) == [mine]
    assert in_list(world.stranger, View.OPEN, MONDAY) == []


def test_the_reminder_tells_what_is_overdue_and_what_comes_before_tomorrow_ends(world):
    order, midnight = an_order_of(world), shanghai(f"{MONDAY:%Y-%m-%d} 00:00") + TWO_DAYS
    for due_at in (LATER - timedelta(seconds=1), LATER, midnight - timedelta(seconds=1), midnight):
        a_pledge(order, by=world.owner, due_at=due_at)
    actions.keep_pledge(a_pledge(order, by=world.owner), by=world.owner, at=LATER)
    a_pledge(order, by=a_person("front", at=world.team))

    with CaptureQueriesContext(connection) as asked:
        assert owed_by(world.owner, LATER) == Owed(overdue=1, soon=2)
    assert len(asked) == 1
    assert owed_by(world.stranger, LATER) == Owed(overdue=0, soon=0)


@pytest.mark.parametrize("role", ["front", "handler", "callback"])
def test_the_bench_of_who_gave_the_word_reminds(role, world, client_as, clock):
    person, order = a_person(role, at=world.team), an_order_of(world)
    assert "答应客户的" not in client_as(person).get("/").content.decode()
    a_pledge(order, by=person, due_at=LATER - timedelta(minutes=1))
    a_pledge(order, by=person, due_at=LATER + timedelta(minutes=1))

    bench = client_as(person).get("/").content.decode()
    assert "答应客户的，今明两天到期 1" in bench
    assert "已超期 1" in bench
    assert 'href="/pledges/?mine=1"' in bench


# ---- pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """The time the views see."""
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def test_from_the_order_to_kept(world, client_as, clock):
    order, client = an_order_of(world), client_as(world.owner)
    assert f"/pledges/for/{order.number}/" in client.get(f"/orders/{order.number}/").content.decode()
    key = client.get(f"/pledges/for/{order.number}/").context["form"]["client_key"].value()
    form = {"text": "周四上午带配件上门", "due_at": "2026-09-17T12:00", "how": "visit", "client_key": str(key)}

    for _twice in range(2):
        assert client.post(f"/pledges/for/{order.number}/", form).headers["Location"] == f"/orders/{order.number}/"
    pledge = Pledge.objects.get()
    assert "周四上午带配件上门" in client.get(f"/orders/{order.number}/").content.decode()
    page = f"/pledges/{pledge.number}/"
    refused = client.post(f"{page}change/", {"due_at": "2026-09-18T12:00", "reason": "配件没到货，换个时间"})
    assert refused.status_code == 422
    assert "配件没到货，换个时间" in refused.content.decode()
    client.post(f"{page}change/", {"due_at": "2026-09-18T12:00", "reason": "配件没到货", "consent": "phone"})
    assert client.post(f"{page}keep/", {"text": "已换好"}).status_code == 302

    shown = client.get(page).content.decode()
    assert "最初答应" in shown
    assert "已换好" in shown
    assert client.post(f"{page}keep/").status_code == 409


@pytest.mark.parametrize(
    "broken",
    [{"text": ""}, {"due_at": "2020-01-01T00:00"}, {"due_at": "x"}, {"how": "telepathy"}, {"text": "😀" * 300}],
)
def test_a_form_with_a_mistake_keeps_the_rest(broken, world, client_as, clock):
    order = an_order_of(world)
    form = {"text": "周四上门", "due_at": "2026-09-17T12:00", "how": "visit", "client_key": str(uuid4())} | broken

    answer = client_as(world.owner).post(f"/pledges/for/{order.number}/", form)

    assert answer.status_code == 422
    assert (form["text"] if "text" not in broken else "2026-09-17T12:00") in answer.content.decode()
    assert not Pledge.objects.exists()


def test_for_a_customer_without_an_order(world, client_as, clock):
    customer = a_customer(world.company)
    form = {"text": "把账单寄到家", "due_at": "2026-09-17T12:00", "how": "call", "client_key": str(uuid4())}

    answer = client_as(world.owner).post(f"/pledges/for/{customer.number}/", form)

    assert answer.headers["Location"] == f"/pledges/{Pledge.objects.get().number}/"
    assert client_as(world.stranger).get(f"/pledges/for/{customer.number}/").status_code == 404


@pytest.mark.parametrize("query", ["", "view=overdue", "view=ended", "mine=1", "view=x&page=99999999", "page=-1"])
def test_every_list_is_drawn_empty_and_full_at_the_same_cost(query, world, client_as, clock):
    client, order = client_as(a_manager(world)), an_order_of(world)
    assert client.get(f"/pledges/?{query}").status_code == 200
    costs = []
    for _more in (1, 2):
        actions.keep_pledge(a_pledge(order, by=world.owner), by=None, at=LATER)
        a_pledge(order, by=world.owner)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/pledges/?{query}").status_code == 200
        costs.append(len(captured))

    assert costs[0] == costs[1]


def test_an_overdue_row_says_so(world, client_as, clock):
    a_pledge(an_order_of(world), by=world.owner, at=MONDAY - TWO_DAYS * 2)

    assert "已过期</span>" in client_as(a_manager(world)).get("/pledges/?view=overdue").content.decode()


def test_the_customer_page_knows_what_was_promised(world):
    order = an_order_of(world)
    pledge = a_pledge(order, by=world.owner)

    early = told_of_customer(order.customer, world.owner, MONDAY)
    late = told_of_customer(order.customer, world.owner, pledge.due_at + HOUR)

    assert (len(early.clues), early.reasons) == (1, [])
    assert late.reasons[0].why is Why.PROMISE_OVERDUE
    assert late.reasons[0].url == f"/pledges/{pledge.number}/"
    assert set(GivenHow.values) == {"call", "counter", "visit", "symposium", "reply"}
