"""Lists as files: the filters of the page, every row, who gets telephone numbers, what the journal knows."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from cxorders.customers.models import Customer
from cxorders.journal.models import Entry
from cxorders.transfer import exporting
from tests.factories.appointments import an_appointment
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import a_bad_record
from tests.factories.issues import a_callback, an_office
from tests.factories.orders import MONDAY, a_customer, an_order
from tests.factories.organisation import World, a_person, a_world

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
Visit = Callable[..., Client]


def table(response: Any) -> list[list[str]]:
    """The rows of a CSV answer."""
    assert response.status_code == 200
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def url(code: str, **query: str) -> str:
    return reverse("transfer:export", args=[code], query=query)


@pytest.fixture
def leader(world: World) -> Any:
    return a_person("branch_leader", at=world.company)


def test_orders_as_filtered_and_nobody_elses(world: World, leader: Any, client_as: Visit) -> None:
    first, second = an_order(company=world.company), an_order("OT-REPAIR", company=world.company)
    an_order(company=world.other)
    browser = client_as(leader)

    assert {row[0] for row in table(browser.get(url("orders")))[1:]} == {first.number, second.number}
    rows = table(browser.get(url("orders", type="OT-REPAIR")))
    assert [row[0] for row in rows[1:]] == [second.number]
    assert rows[0][:3] == ["订单号", "订单类型", "状态"]


def test_no_row_is_lost_between_pages(
    world: World, leader: Any, client_as: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchpoints.orders.exporting.SIZE", 3)
    orders = [an_order(company=world.company) for _number in range(8)]

    rows = table(client_as(leader).get(url("orders")))
    assert sorted(row[0] for row in rows[1:]) == sorted(order.number for order in orders)


def test_telephone_numbers_are_masked_unless_they_may_be_revealed(world: World, client_as: Visit) -> None:
    customer = a_customer(world.company, phone="13812345678")
    clerk, leader = a_person("data_clerk", at=world.company), a_person("branch_leader", at=world.company)

    masked = table(client_as(clerk).get(url("customers")))
    assert [row[3] for row in masked[1:]] == ["138****5678"]
    assert client_as(clerk).get(url("customers", phones="full")).status_code == 403
    assert [row[3] for row in table(client_as(leader).get(url("customers", phones="full")))[1:]] == [customer.phone]


def test_an_export_is_in_the_journal_with_filter_and_count(world: World, leader: Any, client_as: Visit) -> None:
    a_customer(world.company, phone="13812345678")
    table(client_as(leader).get(url("customers", phone="13812345678", phones="full", format="csv")))

    entries = list(Entry.objects.filter(verb__startswith="export.").order_by("pk"))
    assert [entry.verb for entry in entries] == ["export.started", "export.finished"]
    assert entries[0].data == {
        "list": "customers", "format": "csv", "filter": "phone=138****5678", "phones_in_full": True
    }  # fmt: skip
    assert (entries[1].data["rows"], entries[1].data["complete"], entries[1].actor_id) == (1, True, leader.pk)


def test_breaking_off_is_told_with_what_was_taken(world: World, leader: Any, client_as: Visit) -> None:
    for _number in range(450):
        Customer.objects.create(company=world.company, name="周", phone="", created_at=MONDAY)
    response: Any = client_as(leader).get(url("customers"))
    next(iter(response.streaming_content))
    response._iterator.close()  # as the server does, without ending the connection of the test

    entry = Entry.objects.get(verb="export.finished")
    assert (entry.data["complete"], 0 < entry.data["rows"] < 450) == (False, True)


def test_excel_holds_the_same_and_no_formula(world: World, leader: Any, client_as: Visit) -> None:
    a_customer(world.company, name="=HYPERLINK(1)", phone="13812345678")
    response: Any = client_as(leader).get(url("customers", format="xlsx"))
    content = io.BytesIO(b"".join(response))

    rows = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows] == ["姓名", "'=HYPERLINK(1)"]
    content.seek(0)
    assert b"<f>" not in zipfile.ZipFile(content).read("xl/worksheets/sheet1.xml")
    assert "filename*=UTF-8''" in response["Content-Disposition"]


@pytest.mark.parametrize("role", ["front", "agent", "field", "crew", "callback", "handler", "clerk"])
def test_the_front_line_takes_nothing_away(world: World, client_as: Visit, role: str) -> None:
    person = a_person(role, at=world.company if role == "callback" else world.team)

    assert client_as(person).get(url("customers")).status_code == 403
    page = client_as(person).get(reverse("customers:list")).content.decode()
    assert "transfer/export" not in page


def test_a_list_needs_the_permission_of_its_page(world: World, client_as: Visit) -> None:
    clerk = a_person("data_clerk", at=world.company)

    assert client_as(clerk).get(url("callbacks")).status_code == 403
    assert client_as(clerk).get(url("nonsense")).status_code == 404


def test_every_list_gives_its_rows(client_as: Visit) -> None:
    office = an_office()
    company = office.company
    visit = an_appointment(company=company)
    record = a_bad_record(company=company, unit=office.home, at=MONDAY, customer=a_customer(company))
    called = a_callback(office)
    leader = a_person("branch_leader", at=company)
    browser = client_as(leader)

    def column(code: str, place: int = 0, **query: str) -> list[str]:
        return [row[place] for row in table(browser.get(url(code, **query)))[1:]]

    assert record.number in column("records", period="all")
    assert column("issues", view="open") != []
    assert column("appointments", week=visit.day.isoformat()) == [visit.number]
    assert visit.order.number in column("orders")
    assert (called.issue or called.order).number in column("callbacks")  # type: ignore[union-attr]
    assert visit.order.number in column("promises", state="broken")


@pytest.mark.parametrize("code", ["orders", "promises", "appointments", "issues", "records", "callbacks", "customers"])
def test_nonsense_in_the_address_is_no_fault(world: World, leader: Any, client_as: Visit, code: str) -> None:
    query = {"unit": "x", "q": "\0%", "phone": "\0", "week": "nie", "after": "1_2", "state": "?", "duty": "?"}

    assert table(client_as(leader).get(url(code, **query)))[0]
    assert table(client_as(leader).get(url(code, **query, format="pdf")))[0]


def test_seven_lists_are_known() -> None:
    assert set(exporting._exporters) == {
        "orders", "promises", "appointments", "issues", "records", "callbacks", "customers"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("orders:list", "orders"), ("promises:list", "promises"), ("appointments:board", "appointments"),
        ("issues:list", "issues"), ("intake:list", "records"), ("callbacks:list", "callbacks"),
        ("customers:list", "customers"),
    ],
)  # fmt: skip
def test_the_button_carries_the_filters(world: World, leader: Any, client_as: Visit, page: str, code: str) -> None:
    shown = client_as(leader).get(reverse(page, query={"unit": "7", "q": "泵"})).content.decode()

    assert f'href="{reverse("transfer:export", args=[code])}?unit=7&amp;q=%E6%B3%B5&amp;format=csv"' in shown
