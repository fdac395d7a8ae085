"""The pages of imports: the whole way in a browser, refusals, who enters, nothing typed is lost."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from cxorders.customers.models import Customer
from cxorders.organisation.models import User
from cxorders.transfer import tasks
from cxorders.transfer.models import Batch
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, a_world
from tests.factories.transfer import (
    CUSTOMER_HEAD,
    NOW,
    a_csv,
    again,
    an_xlsx,
    checked,
    customer_rows,
    handed_in,
    loaded,
)

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
Visit = Callable[..., Client]


@pytest.fixture
def clerk(world: World) -> User:
    return a_person("data_clerk", at=world.company)


@pytest.fixture(autouse=True)
def _worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker takes what it is sent at once."""
    monkeypatch.setattr(tasks.run_batch, "delay", lambda key: tasks.run_batch(key))
    monkeypatch.setattr("django.db.transaction.on_commit", lambda act, **_options: act())


def a_file(content: io.BytesIO, name: str = "客户.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.getvalue())


def send(browser: Client, world: World, content: io.BytesIO, kind: str = "customers", name: str = "客户.xlsx") -> Any:
    form = {"kind": kind, "company": str(world.company.pk), "file": a_file(content, name)}
    return browser.post(reverse("transfer:new"), form)


def test_the_whole_way(world: World, clerk: User, client_as: Visit) -> None:
    browser = client_as(clerk)
    sent = send(browser, world, an_xlsx(CUSTOMER_HEAD, customer_rows(12, bad_every=4)))
    batch = Batch.objects.get()
    assert sent.url == reverse("transfer:columns", args=[batch.number])

    matching = browser.get(sent.url).content.decode()
    assert "每一列是什么" in matching
    assert "138" not in matching or "****" in matching
    asked = {code: str(place) for code, place in batch.mapping.items()}
    answer = browser.post(sent.url, asked)
    assert answer.url == reverse("transfer:detail", args=[batch.number])

    preview = browser.get(answer.url).content.decode()
    assert "第 5 行 · 电话：应为 11 位" in preview
    assert "导入 9 行" in preview
    browser.post(reverse("transfer:load", args=[batch.number]))
    result = browser.get(answer.url).content.decode()
    assert "已导入" in result
    assert Customer.objects.filter(company=world.company).count() == 9

    browser.post(reverse("transfer:undo", args=[batch.number]), {"reason": "导错了公司"})
    assert "导错了公司" in browser.get(answer.url).content.decode()
    assert Customer.objects.filter(company=world.company).count() == 0


def test_the_same_file_leads_to_the_earlier_import(world: World, clerk: User, client_as: Visit) -> None:
    content = an_xlsx(CUSTOMER_HEAD, customer_rows(2))
    send(client_as(clerk), world, content)
    batch = Batch.objects.get()
    refused = send(client_as(clerk), world, content)

    assert refused.status_code == 409
    assert reverse("transfer:detail", args=[batch.number]) in refused.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 80, "旧的 .xls"),
        (b"PK\x03\x04nothing", "文件打不开"),
        (b"", "文件是空的"),
        ("姓名,电话\n".encode(), "没有数据"),
        ("姓名,电话,电话\n周敏,1,2\n".encode(), "出现了不止一次"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_beside_the_file(
    world: World, clerk: User, client_as: Visit, content: bytes, said: str
) -> None:
    answer = send(client_as(clerk), world, io.BytesIO(content))

    assert (answer.status_code, Batch.objects.count()) == (422, 0)
    assert said in answer.content.decode()
    assert "checked" in answer.content.decode()


def test_refusals_are_in_the_language_of_the_person(world: World, clerk: User, client_as: Visit) -> None:
    clerk.language = "en"
    clerk.save()
    answer = send(client_as(clerk), world, io.BytesIO(b"\xd0\xcf\x11\xe0" * 80))

    assert "old .xls format" in answer.content.decode()


def test_another_company_cannot_be_chosen(world: World, clerk: User, client_as: Visit) -> None:
    form = {"kind": "customers", "company": str(world.other.pk), "file": a_file(a_csv(CUSTOMER_HEAD, customer_rows(1)))}
    answer = client_as(clerk).post(reverse("transfer:new"), form)

    assert (answer.status_code, Batch.objects.count()) == (422, 0)


def test_the_group_chooses_the_company(world: World, client_as: Visit) -> None:
    admin = a_person("admin", at=world.group)
    form = {"kind": "customers", "company": str(world.other.pk), "file": a_file(a_csv(CUSTOMER_HEAD, customer_rows(1)))}
    client_as(admin).post(reverse("transfer:new"), form)

    assert Batch.objects.get().company == world.other


def test_the_rows_with_errors_come_back_to_be_corrected(world: World, clerk: User, client_as: Visit) -> None:
    batch = loaded(world.company, clerk, an_xlsx(CUSTOMER_HEAD, customer_rows(10, bad_every=5)))
    response: Any = client_as(clerk).get(reverse("transfer:errors", args=[batch.number]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response))).get_sheet_by_index(0).to_python()

    assert rows[0] == [*CUSTOMER_HEAD, "错误"]
    assert [row[0] for row in rows[1:]] == ["客户5", "客户10"]
    assert rows[1][-1] == "电话：应为 11 位手机号；固定电话带区号"
    fixed = [[*row[:1], f"1860000000{place}", *row[2:]] for place, row in enumerate(rows[1:])]
    second = loaded(world.company, clerk, an_xlsx(rows[0], fixed))
    assert (second.loaded, second.bad) == (2, 0)


@pytest.mark.parametrize("kind", ["customers", "premises", "orders", "history", "appointments"])
def test_a_template_can_be_read_back(world: World, clerk: User, client_as: Visit, kind: str) -> None:
    response: Any = client_as(clerk).get(reverse("transfer:template", args=[kind]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response)))
    heads = book.get_sheet_by_index(0).to_python()[0]

    assert book.sheet_names[:2] == ["数据", "说明"]
    row = [{"电话": "13900000001", "客户电话": "13900000001"}.get(str(head), "x") for head in heads]
    batch = handed_in(world.company, clerk, an_xlsx([str(head) for head in heads], [row]), kind)
    assert sorted(batch.mapping.values()) == list(range(len(heads)))


def test_a_column_is_missing_or_used_twice(world: World, clerk: User, client_as: Visit) -> None:
    batch = handed_in(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(1)))
    address = reverse("transfer:columns", args=[batch.number])

    assert client_as(clerk).post(address, {"name": "0"}).status_code == 422
    twice = client_as(clerk).post(address, {"name": "0", "phone": "1", "salutation": "1"})
    assert twice.status_code == 422
    assert "用了两次" in twice.content.decode()
    assert client_as(clerk).post(address, {"name": "0", "phone": "99"}).status_code == 422


def test_progress_tells_the_page_when_it_is_over(world: World, clerk: User, client_as: Visit) -> None:
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(3)))
    address = reverse("transfer:progress", args=[batch.number])
    assert client_as(clerk).get(address)["HX-Refresh"] == "true"

    Batch.objects.filter(pk=batch.pk).update(state="loading", loaded=1)
    answer = client_as(clerk).get(address)
    assert "HX-Refresh" not in answer
    assert "1 / 3" in answer.content.decode()
    assert 'value="33"' in answer.content.decode()
    page = client_as(clerk).get(reverse("transfer:detail", args=[batch.number])).content.decode()
    assert "every 1s" in page
    assert "<noscript>" in page


def test_the_list_shows_state_in_words_and_only_the_own_company(world: World, clerk: User, client_as: Visit) -> None:
    mine = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(3)))
    other = handed_in(world.other, a_person("data_clerk", at=world.other), a_csv(CUSTOMER_HEAD, customer_rows(1)))
    page = client_as(clerk).get(reverse("transfer:list")).content.decode()

    assert (mine.number in page, other.number in page, "已导入" in page) == (True, False, True)
    everywhere = client_as(a_person("auditor", at=world.group)).get(reverse("transfer:list")).content.decode()
    assert (mine.number in everywhere, other.number in everywhere) == (True, True)
    assert "导入一份文件" not in everywhere
    assert client_as(clerk).get(reverse("transfer:detail", args=[other.number])).status_code == 404


@pytest.mark.parametrize(
    "state", ["uploaded", "checking", "previewed", "loading", "loaded", "failed", "undoing", "undone"]
)
def test_every_state_has_a_page(world: World, clerk: User, client_as: Visit, state: str) -> None:
    batch = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(2)))
    Batch.objects.filter(pk=batch.pk).update(state=state, undone_at=NOW, undone_by=clerk)

    for person in (clerk, a_person("auditor", at=world.group)):
        assert client_as(person).get(reverse("transfer:detail", args=[batch.number])).status_code == 200
        assert client_as(person).get(reverse("transfer:list", query={"state": state})).status_code == 200


def test_refused_steps_say_so_and_lose_nothing(world: World, clerk: User, client_as: Visit) -> None:
    batch = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(2)))
    browser = client_as(clerk)

    assert browser.post(reverse("transfer:undo", args=[batch.number]), {"reason": ""}).status_code == 422
    for step in ("load", "discard"):
        browser.post(reverse(f"transfer:{step}", args=[batch.number]), follow=True)
    assert again(batch).state == "loaded"


def test_the_list_costs_the_same_for_one_and_for_many(
    world: World, clerk: User, client_as: Visit, django_assert_max_num_queries: Any
) -> None:
    browser = client_as(clerk)
    for _number in range(4):
        loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(1)))
    browser.get(reverse("transfer:list"))

    with django_assert_max_num_queries(9):
        browser.get(reverse("transfer:list"))


def test_the_sweep_sends_what_was_left(world: World, clerk: User) -> None:
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(2)))
    Batch.objects.filter(pk=batch.pk).update(state="loading", started_at=NOW, mark=0, seen_at=NOW)

    assert tasks.sweep_batches() == {"resumed": 1}
    assert (again(batch).state, again(batch).loaded) == ("loaded", 2)
    assert tasks.sweep_batches() == {"resumed": 0}
