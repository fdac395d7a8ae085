"""Customers: registering, finding, the logged look at a number (X9)."""

from uuid import uuid4

import pytest
from django.urls import reverse

from cxorders.customers.actions import (
    NameMissing,
    PhoneWrong,
    add_premises,
    clean_phone,
    register_customer,
    reveal_phone,
    set_do_not_call,
)
from cxorders.customers.models import Customer, Premises
from cxorders.customers.queries import find
from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, a_customer, an_order
from tests.factories.organisation import a_person, a_world

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0532-85551234", "053285551234"),
        ("(0532) 85551234", "053285551234"),
        ("85551234", "85551234"),
        ("400-123-4567", "4001234567"),
        ("", ""),
    ],
)
def test_a_phone_is_its_digits(typed, digits):
    assert clean_phone(typed) == digits


@pytest.mark.parametrize(
    "typed", ["12345", "23812345678", "138123456789", "电话", "1381234567a", "138123456", "😀", "-"]
)
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(PhoneWrong):
        clean_phone(typed)


def test_registering_writes_customer_address_and_a_journal_row_without_the_number(world):
    customer = register_customer(
        company=world.company, name=" 周敏 ", phone="138 1234 5678", address="望江路  88 号", by=world.owner, at=MONDAY
    )

    assert (customer.name, customer.phone) == ("周敏", "13812345678")
    assert [p.address for p in Premises.objects.filter(customer=customer)] == ["望江路 88 号"]
    rows = Entry.objects.filter(subject_label="cxorders.customer", subject_id=customer.pk).order_by("pk")
    assert [row.verb for row in rows] == ["customer.registered", "customer.premises_added"]
    assert "13812345678" not in str([row.data for row in rows])


def test_the_same_key_is_the_same_customer(world):
    key = uuid4()
    values = {"company": world.company, "name": "周敏", "phone": "13812345678", "by": world.owner, "at": MONDAY}

    assert register_customer(client_key=key, **values) == register_customer(client_key=key, **values)
    assert Customer.objects.count() == 1


def test_a_customer_has_a_name_and_belongs_to_the_company_of_who_writes_it(world):
    with pytest.raises(NameMissing):
        register_customer(company=world.company, name=" ", phone="", by=world.owner, at=MONDAY)
    with pytest.raises(NotAllowed):
        register_customer(company=world.company, name="周敏", phone="", by=world.stranger, at=MONDAY)


def test_the_same_address_is_the_same_premises(world):
    customer = a_customer(world.company, address="望江路 88 号")
    again = add_premises(customer, address=" 望江路 88  号 ", by=world.owner, at=MONDAY)

    assert [again] == list(Premises.objects.filter(customer=customer))


def test_finding_by_phone_tail_number_name_address_and_order_number(world):
    wanted = a_customer(world.company, name="周敏", phone="13812345678", address="望江路 88 号 3-1202")
    a_customer(world.company, name="赵丽", phone="13900001111", address="梧桐苑 2-1-902")
    a_customer(world.other, name="周敏", phone="13812345678", address="望江路 88 号 3-1202")
    order = an_order(company=world.company, customer=wanted)

    for text in (
        "13812345678",
        "138 1234 5678",
        "+8613812345678",
        "5678",
        "周敏",
        "望江路 88",
        "望江路 1202",
        wanted.number,
    ):
        assert find(world.owner, text) == [wanted], text
    assert find(world.owner, order.number) == [wanted]
    for text in ("", " ", "678", "没有这个人", "DD-26-99999", "KH-26-99999", "%", "_"):
        assert find(world.owner, text) == [], text


def test_a_look_at_the_number_is_in_the_journal(world):
    customer = a_customer(world.company)

    assert reveal_phone(customer, by=world.owner, at=MONDAY) == customer.phone
    row = Entry.objects.get(verb="customer.phone_revealed")
    assert (row.actor_id, row.subject_id) == (world.owner.pk, customer.pk)
    for person in (world.stranger, a_person("auditor", at=world.group)):
        with pytest.raises(NotAllowed):
            reveal_phone(customer, by=person, at=MONDAY)


def test_no_calls_is_remembered_once(world):
    customer = a_customer(world.company)
    set_do_not_call(customer, by=world.owner, at=MONDAY, value=True)
    set_do_not_call(customer, by=world.owner, at=MONDAY, value=True)

    assert customer.do_not_call is True
    assert Entry.objects.filter(verb="customer.do_not_call").count() == 1


# ---- pages -------------------------------------------------------------------------------------------------------


def test_one_hit_opens_at_once_and_several_are_listed_with_masked_numbers(world, client_as):
    first = a_customer(world.company, name="周敏", phone="13812345678")
    client = client_as(world.owner)
    assert client.get(reverse("customers:list"), {"phone": "5678"}).url == reverse(
        "customers:detail", args=[first.number]
    )

    a_customer(world.company, name="周强", phone="13900015678")
    page = client.get(reverse("customers:list"), {"phone": "5678"}).content.decode()

    assert "138****5678" in page
    assert "139****5678" in page
    assert "13900015678" not in page


def test_the_customer_page_shows_orders_and_hides_the_number(world, client_as):
    customer = a_customer(world.company)
    order = an_order(company=world.company, by=world.owner, customer=customer)
    client = client_as(world.owner)

    page = client.get(reverse("customers:detail", args=[customer.number])).content.decode()

    assert order.number in page
    assert customer.phone not in page
    shown = client.post(reverse("customers:reveal", args=[customer.number])).content.decode()
    assert customer.phone in shown.replace(" ", "")


def test_a_stranger_finds_no_customer(world, client_as):
    customer = a_customer(world.company)
    client = client_as(world.stranger)

    assert client.get(reverse("customers:detail", args=[customer.number])).status_code == 404
    assert client.post(reverse("customers:reveal", args=[customer.number])).status_code == 404


@pytest.mark.parametrize("number", ["KH-26-99999", "x", "9" * 40, "KH-26-" + "9" * 12])
def test_a_customer_that_is_not_there_is_not_found(world, client_as, number):
    assert client_as(world.owner).get(f"/customers/{number}/").status_code == 404


@pytest.mark.parametrize("query", ["?after=x", "?phone=%00", "?q=" + "长" * 200, "?phone=😀", "?after=" + "9" * 40])
def test_nonsense_in_the_address_is_left_out(world, client_as, query):
    a_customer(world.company)

    assert client_as(world.owner).get(reverse("customers:list") + query).status_code in (200, 302)
