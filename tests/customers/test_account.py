"""The account: people, premises, care, hints, the wish not to be called."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cxorders.customers.actions import (
    CareUnknown,
    DayWrong,
    HintDays,
    HintMissing,
    NameMissing,
    PhoneWrong,
    add_care,
    add_member,
    add_premises,
    end_care,
    end_hint,
    end_member,
    end_premises,
    reveal_phone,
    write_hint,
)
from cxorders.customers.models import Care, Customer, Hint, Member, Premises
from cxorders.customers.queries import account_of, find
from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed
from tests.factories.accounts import a_care, a_hint, a_member
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, a_customer
from tests.factories.organisation import a_person, a_world

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

TODAY = timezone.localdate(MONDAY)


def verbs(customer) -> list[str]:
    rows = Entry.objects.filter(subject_label="cxorders.customer", subject_id=customer.pk).order_by("pk")
    return [row.verb for row in rows]


def test_people_come_and_go_with_their_days(world):
    customer = a_customer(world.company)
    son = a_member(customer, by=world.owner, phone="137 0000 1111")
    assert (son.phone, son.since, son.ended_on) == ("13700001111", TODAY, None)

    end_member(son, by=world.owner, at=MONDAY + timedelta(days=9), on=TODAY + timedelta(days=7))
    end_member(son, by=world.owner, at=MONDAY + timedelta(days=30))
    account = account_of(customer, TODAY)

    assert (account.members, [one.ended_on for one in account.past_members]) == ([], [TODAY + timedelta(days=7)])
    assert verbs(customer)[-2:] == ["customer.member_added", "customer.member_ended"]
    assert "13700001111" not in str(list(Entry.objects.values_list("data", flat=True).order_by("pk")))


@pytest.mark.parametrize("days", [-1, 3])
def test_the_last_day_lies_between_the_first_and_today(world, days):
    son = a_member(a_customer(world.company))
    with pytest.raises(DayWrong):
        end_member(son, by=world.owner, at=MONDAY + timedelta(days=2), on=TODAY + timedelta(days=days))


def test_an_address_that_ended_is_no_place_for_new_orders_but_may_return(world):
    customer = a_customer(world.company, address="望江路 1 号")
    home = customer.premises.get()
    end_premises(home, by=world.owner, at=MONDAY)
    add_premises(customer, address="梧桐苑 2-1-902", by=world.owner, at=MONDAY)
    account = account_of(customer, TODAY)

    assert [one.address for one in account.premises] == ["梧桐苑 2-1-902"]
    assert account.past_premises == [home]
    found = find(world.owner, customer.number)[0]
    assert [one.address for one in found.premises.all()] == ["梧桐苑 2-1-902"]
    back = add_premises(customer, address="望江路 1 号", by=world.owner, at=MONDAY)
    assert back != home
    assert back.ended_on is None


def test_who_does_not_meet_customers_here_changes_no_account(world):
    customer = a_customer(world.company)
    son, care, home = a_member(customer), a_care(customer), customer.premises.get()
    acts = (
        lambda by: add_member(customer, name="周强", relation="child", phone="", by=by, at=MONDAY),
        lambda by: end_member(son, by=by, at=MONDAY),
        lambda by: end_premises(home, by=by, at=MONDAY),
        lambda by: add_care(customer, code="elderly", by=by, at=MONDAY),
        lambda by: end_care(care, by=by, at=MONDAY),
        lambda by: write_hint(customer, text="先敲门", by=by, at=MONDAY),
        lambda by: reveal_phone(customer, by=by, at=MONDAY, member=son),
    )
    for by in (world.stranger, a_person("auditor", at=world.group)):
        for act in acts:
            with pytest.raises(NotAllowed):
                act(by)


def test_what_is_incomplete_is_refused(world):
    customer = a_customer(world.company)
    with pytest.raises(NameMissing):
        a_member(customer, name=" ")
    with pytest.raises(PhoneWrong):
        a_member(customer, phone="123")
    with pytest.raises(CareUnknown):
        a_care(customer, code="rich")
    with pytest.raises(HintMissing):
        a_hint(customer, text="  ")
    for days in (0, -1, 366):
        with pytest.raises(HintDays):
            a_hint(customer, expires_on=TODAY + timedelta(days=days))


def test_the_same_key_is_the_same_person_and_the_same_hint(world):
    customer, key = a_customer(world.company), uuid4()

    assert a_member(customer, client_key=key) == a_member(customer, client_key=key)
    assert a_hint(customer, client_key=key) == a_hint(customer, client_key=key)
    assert (Member.objects.count(), Hint.objects.count()) == (1, 1)


def test_care_stands_once_and_may_return(world):
    customer = a_customer(world.company)
    first = a_care(customer, note="先敲门")
    again = a_care(customer, note="说慢一些")
    assert (again, Care.objects.get().note) == (first, "说慢一些")

    end_care(again, by=world.owner, at=MONDAY)
    assert account_of(customer, TODAY).cares == []
    assert a_care(customer) != first


def test_a_hint_disappears_by_itself_or_earlier(world):
    customer = a_customer(world.company)
    hint = a_hint(customer, by=world.owner, expires_on=TODAY + timedelta(days=2))
    for day, shown in ((0, [hint]), (1, [hint]), (2, [])):
        assert account_of(customer, TODAY + timedelta(days=day)).hints == shown

    colleague = a_person("front", at=world.team)
    with pytest.raises(NotAllowed):
        end_hint(hint, by=colleague, at=MONDAY)
    end_hint(hint, by=world.owner, at=MONDAY)
    assert account_of(customer, TODAY).hints == []
    other = a_hint(customer, by=world.owner)
    end_hint(other, by=world.supervisor, at=MONDAY)
    assert verbs(customer).count("customer.hint_ended") == 2


# ---- pages -------------------------------------------------------------------------------------------------------


def url(name: str, customer: Customer, *more: object) -> str:
    return reverse(f"customers:{name}", args=[customer.number, *more])


def test_everything_is_done_from_the_page(world, client_as):
    customer = a_customer(world.company)
    client = client_as(world.owner)
    posts = (
        ("member_add", {"member-name": "周强", "member-relation": "child", "member-phone": "13700001111"}),
        ("premises_add", {"home-address": "梧桐苑 2-1-902", "home-meter_number": "QB1"}),
        ("care_add", {"care-code": "hearing", "care-note": "大声些"}),
        ("hint_add", {"hint-text": "只方便下午 5 点以后"}),
        ("calls", {"do_not_call": "1", "calls-reason": "上夜班"}),
    )
    for name, fields in posts:
        key = {f"{next(iter(fields)).partition('-')[0]}-client_key": str(uuid4())}
        assert client.post(url(name, customer), fields | key).status_code == 302, name
    page = client.get(url("detail", customer)).content.decode()

    for told in (
        "周强",
        "137****1111",
        "梧桐苑 2-1-902",
        "听力不便 · 大声些",
        "只方便下午 5 点以后",
        "不接营销外呼 · 上夜班",
    ):
        assert told in page, told
    assert "13700001111" not in page
    member, home = Member.objects.get(), Premises.objects.get(meter_number="QB1")
    shown = client.post(url("reveal_other", customer, member.whose)).content.decode().replace(" ", "")
    assert "13700001111" in shown
    assert Entry.objects.filter(verb="customer.phone_revealed").get().data == {"member": member.pk}
    for name, key in (
        ("member_end", member.pk), ("premises_end", home.pk), ("care_end", Care.objects.get().pk),
        ("hint_end", Hint.objects.get().pk),
    ):  # fmt: skip
        assert client.post(url(name, customer, key)).status_code == 302, name
    account = account_of(customer, timezone.localdate())
    assert (account.members, account.cares, account.hints) == ([], [], [])


@pytest.mark.parametrize(
    ("name", "fields", "kept"),
    [
        ("member_add", {"member-name": "周强", "member-relation": "child", "member-phone": "12"}, "周强"),
        ("member_add", {"member-name": "周强", "member-relation": "x"}, "周强"),
        ("premises_add", {"home-address": "", "home-meter_number": "QB7"}, "QB7"),
        ("care_add", {"care-code": "x", "care-note": "大声些"}, "大声些"),
        ("hint_add", {"hint-text": "先敲门", "hint-expires_on": "2020-01-01"}, "先敲门"),
        ("calls", {"do_not_call": "1", "calls-reason": "长" * 300}, "长长长"),
    ],
)
def test_a_refused_form_comes_back_as_it_was_typed(world, client_as, name, fields, kept):
    customer = a_customer(world.company)
    response = client_as(world.owner).post(url(name, customer), fields)

    assert response.status_code == 422
    assert kept in response.content.decode()


def test_what_belongs_to_another_account_is_not_there(world, client_as):
    customer, other = a_customer(world.company), a_customer(world.company)
    son, care, hint = a_member(other), a_care(other), a_hint(other)
    client = client_as(world.owner)
    for name, key in (
        ("member_end", son.pk), ("care_end", care.pk), ("hint_end", hint.pk),
        ("premises_end", other.premises.get().pk), ("reveal_other", son.whose), ("reveal_other", f"c{other.pk}"),
        ("reveal_other", "x"), ("reveal_other", "m"),
    ):  # fmt: skip
        assert client.post(url(name, customer, key)).status_code == 404, name
    assert client_as(world.supervisor).post(url("unmerge", customer, 1)).status_code == 404
