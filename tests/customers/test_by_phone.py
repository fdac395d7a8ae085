"""The way in from a phone number: one, several, none, a wrong one; what it costs; what is logged."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxorders.customers.actions import end_member, merge_customers
from cxorders.customers.models import Customer
from cxorders.journal.models import Entry
from tests.factories.accounts import a_care, a_contact, a_hint, a_member
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, a_customer, an_order
from tests.factories.organisation import a_person, a_world, department_in

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

PHONE = "13812345678"


def by_phone(client, phone: str = PHONE):
    return client.get(reverse("customers:list"), {"phone": phone})


@pytest.mark.parametrize(
    "typed", [PHONE, "138 1234 5678", "+86 138-1234-5678", "0086 13812345678", "１３８１２３４５６７８"]
)
def test_one_match_is_the_page_itself_and_leaves_no_number_in_the_address(world, client_as, typed):
    customer = a_customer(world.company, phone=PHONE)
    a_customer(world.other, phone=PHONE)

    response = by_phone(client_as(world.owner), typed)
    page = response.content.decode()

    assert response.status_code == 200
    assert f'data-address="{reverse("customers:detail", args=[customer.number])}"' in page
    assert "怎么服务这位客户" in page
    assert "138****5678" in page
    assert PHONE not in page
    assert typed not in page


def test_several_are_asked_about_and_told_apart(world, client_as):
    a_customer(world.company, phone=PHONE, name="周敏", salutation="", address="望江路 1 号")
    a_customer(world.company, phone=PHONE, name="赵丽", salutation="", address="梧桐苑 2-1")
    page = by_phone(client_as(world.owner)).content.decode()

    assert "登记在 2 位客户名下" in page
    for told in ("周敏", "赵丽", "望江路 1 号", "梧桐苑 2-1", "138****5678"):
        assert told in page
    assert "是同一位" not in page  # the front line merges nobody
    manager = a_person("dept_mgr", at=department_in(world.company, "D-HALL"))
    assert "是同一位？核对后合并" in by_phone(client_as(manager)).content.decode()


def test_none_offers_to_register_and_keeps_the_number(world, client_as):
    client = client_as(world.owner)
    page = by_phone(client, "138 1234 5678").content.decode()
    address = f"{reverse('customers:new')}?phone={PHONE}"
    assert f'href="{address}"' in page
    assert f'value="{PHONE}"' in client.get(address).content.decode()


def test_a_customer_of_another_company_is_not_there(world, client_as):
    a_customer(world.other, phone=PHONE, name="外公司客户", salutation="")
    page = by_phone(client_as(world.owner)).content.decode()

    assert "外公司客户" not in page
    assert "这个号码还没有登记" in page
    assert "登记这位客户" in page


@pytest.mark.parametrize("typed", ["238123456789", "23812345678", "138123456789", "12", "+86 1381234567"])
def test_a_wrong_number_is_explained(world, client_as, typed):
    a_customer(world.company)
    response = by_phone(client_as(world.owner), typed)
    page = response.content.decode()

    assert response.status_code == 200
    assert "不是电话号码" in page or "没有找到这位客户" in page
    assert "还没有登记" not in page


def test_somebody_of_the_family_opens_the_account_until_that_ends(world, client_as):
    customer = a_customer(world.company)
    son = a_member(customer, name="周强", phone="137 0000 1111")
    client = client_as(world.owner)

    page = by_phone(client, "13700001111").content.decode()
    assert "来电的是账户里的 周强（子女）" in page
    assert customer.number in page

    end_member(son, by=None, at=MONDAY + timedelta(days=1))
    assert "这个号码还没有登记" in by_phone(client, "13700001111").content.decode()


def test_the_numbers_of_a_merged_customer_open_the_one_that_stays(world, client_as):
    kept, gone = a_customer(world.company), a_customer(world.company, phone=PHONE)
    merge_customers(kept, gone, by=None, at=MONDAY, reason="同一住址")
    client = client_as(world.owner)

    assert reverse("customers:detail", args=[kept.number]) in by_phone(client).content.decode()
    forwarded = client.get(reverse("customers:detail", args=[gone.number]))
    assert forwarded.url == reverse("customers:detail", args=[kept.number])


def test_opening_is_logged_once_for_a_while(world, client_as):
    customer = a_customer(world.company, phone=PHONE)
    client = client_as(world.owner)
    by_phone(client)
    by_phone(client)
    client.get(reverse("customers:detail", args=[customer.number]))
    client_as(world.supervisor).get(reverse("customers:detail", args=[customer.number]))
    opened = Entry.objects.filter(verb="customer.opened", subject_id=customer.pk).order_by("pk")

    assert [row.actor_id for row in opened] == [world.owner.pk, world.supervisor.pk]
    cache.clear()  # as if the minutes had passed
    by_phone(client)
    assert opened.all().count() == 3


def furnish(customer: Customer, world, many: int) -> None:
    for number in range(many):
        an_order(company=world.company, by=world.owner, customer=customer)
        a_contact(customer, by=world.owner)
        a_member(customer)
        a_hint(customer, by=world.owner, at=MONDAY + timedelta(days=60), text=f"提示 {number}")
    a_care(customer)


@pytest.mark.embedded
def test_the_page_costs_the_same_whatever_the_customer_has(world, client_as):
    few, many = a_customer(world.company, phone=PHONE), a_customer(world.company, phone="13912345678")
    furnish(few, world, 1)
    furnish(many, world, 4)
    client = client_as(world.owner)
    by_phone(client)
    counts = []
    for phone in (PHONE, "13912345678"):
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            assert by_phone(client, phone).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] <= 40


@pytest.mark.parametrize("fields", [{}, {"name": " "}, {"name": "周敏", "phone": "123"}, {"name": "周敏"}])
def test_registering_keeps_what_was_typed(world, client_as, fields):
    client = client_as(world.owner)
    response = client.post(reverse("customers:new"), {"phone": "138 1234 5678", "address": "望江路 9 号", **fields})

    assert response.status_code == 422
    assert "望江路 9 号" in response.content.decode()
    assert not Customer.objects.exists()


def test_registering_twice_with_one_key_is_one_customer(world, client_as):
    client = client_as(world.owner)
    key = "5f0c6a52-36d7-4f3e-9d0a-0b6f2f0b7c11"
    values = {"phone": PHONE, "name": "周敏", "salutation": "周女士", "address": "望江路 9 号", "client_key": key}
    answers = [client.post(reverse("customers:new"), values) for _ in range(2)]
    customer = Customer.objects.get()

    assert {answer.url for answer in answers} == {reverse("customers:detail", args=[customer.number])}
    assert (customer.phone, customer.salutation) == (PHONE, "周女士")
