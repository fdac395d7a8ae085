"""The search of the top bar: a number opens its page, a phone finds the customer, nothing is found out of reach."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories.issues import an_issue, an_office
from tests.factories.orders import a_customer, an_order
from tests.factories.organisation import a_person

pytestmark = pytest.mark.django_db
GROUND = (an_office,)
SignIn = Callable[..., Client]


def test_an_exact_number_opens_its_page(client_as: SignIn) -> None:
    office = an_office()
    order = an_order(company=office.company)
    issue = an_issue(office, customer=order.customer)
    client = client_as(office.leader)

    def target(text: str) -> str:
        answer = client.get("/search/", {"q": text})
        return answer["Location"] if answer.status_code == 302 else ""

    assert target(order.number) == f"/orders/{order.number}/"
    assert target(f" {issue.number.lower()} ") == f"/issues/{issue.number}/"
    assert target(issue.record.number) == f"/feedback/{issue.record.number}/"
    assert target(order.customer.number) == f"/customers/{order.customer.number}/"
    assert target("DD-26-99999999") == ""


def test_a_stranger_finds_nothing_by_number_or_phone(client_as: SignIn) -> None:
    office = an_office()
    customer = a_customer(office.company)
    issue = an_issue(office, customer=customer)
    client = client_as(office.stranger)

    for text in (issue.number, customer.phone, customer.name, customer.number):
        page = client.get("/search/", {"q": text})
        assert (page.status_code, page.context["found"].nothing) == (200, True), text


def test_a_phone_finds_the_customer_with_what_belongs_to_them(client_as: SignIn) -> None:
    office = an_office()
    customer = a_customer(office.company)
    order = an_order(company=office.company, customer=customer)
    issue = an_issue(office, customer=customer)

    page = client_as(office.leader).get("/search/", {"q": customer.phone})

    found = page.context["found"]
    assert found.customers == [customer]
    assert [row.order for row in found.orders] == [order]
    assert [row.issue for row in found.issues] == [issue]
    assert [row["record"] for row in found.records] == [issue.record]
    assert f">{customer.phone}<" not in page.content.decode()


def test_kinds_the_role_may_not_read_are_left_out(client_as: SignIn) -> None:
    office = an_office()
    customer = a_customer(office.company)
    an_issue(office, customer=customer)
    admin = a_person("admin", at=office.company.parent)

    page = client_as(admin).get("/search/", {"q": customer.phone})

    assert page.context["found"].nothing


@pytest.mark.parametrize("text", ["", "赵", "\x00", "%", "x" * 500, "WT-26-", "' OR 1=1 --", "😀😀"])
def test_odd_input_is_answered_calmly(text: str, client_as: SignIn) -> None:
    office = an_office()

    assert client_as(office.leader).get("/search/", {"q": text}).status_code == 200
