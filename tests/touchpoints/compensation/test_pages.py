"""The pages of compensations: lists with sums, paying and refusing, the table; nothing typed is lost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories.catalogue import the_catalogue
from tests.factories.compensation import INSTALL, THIRTY, a_broken_install, a_compensation, switched_on
from tests.factories.orders import MONDAY, shanghai
from tests.factories.organisation import a_person, a_world
from touchpoints.compensation.actions import pay_compensation, refuse_compensation
from touchpoints.compensation.enums import View
from touchpoints.compensation.models import Compensation, CompensationTerms
from touchpoints.compensation.queries import tallies

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
NOW = shanghai("2026-09-24 12:00")
LATER = shanghai("2026-10-16 12:00")


@pytest.fixture
def clock(monkeypatch):
    """Set the time the views see."""

    def at(now):
        monkeypatch.setattr(timezone, "now", lambda: now)

    at(NOW)
    return at


@pytest.fixture
def leader(world):
    return a_person("branch_leader", at=world.company)


@pytest.fixture
def owed(world):
    switched_on(world.company)
    return a_compensation(a_broken_install(world.company))


def paid(owed, by):
    return pay_compensation(
        owed, by=by, at=NOW, paid_on=NOW.date(), form="credit", reference="ZD-1", paid=THIRTY
    )  # fmt: skip


# ---- the lists ---------------------------------------------------------------------------------------------------


def test_the_tab_stands_beside_the_promises_and_the_list_is_empty_by_default(client_as, leader, clock):
    client = client_as(leader)
    assert 'href="/compensations/"' in client.get("/promises/").content.decode()

    said = client.get("/compensations/").content.decode()
    assert "没有等着付的赔付" in said
    assert 'href="/promises/?state=broken"' in said
    for view, words in (
        ("late", "没有逾期未付"),
        ("paid", "没有付过赔付"),
        ("refused", "没有不赔"),
        ("x", "没有等着付"),
    ):
        assert words in client.get(f"/compensations/?view={view}&page=x").content.decode()


def test_every_list_has_its_count_and_its_sum(world, client_as, leader, clock):
    switched_on(world.company)
    stages = [a_broken_install(world.company) for _ in range(4)]
    first, second, third, _fourth = (a_compensation(stage) for stage in stages)
    paid(first, leader)
    refuse_compensation(second, by=leader, at=NOW, reason="other", text="客户不要赔付")
    late = third.due_at + timedelta(seconds=1)

    now, then = tallies(leader, NOW), tallies(leader, late)
    assert {view.value: (one.n, one.yuan) for view, one in now.items()} == {
        "due": (2, 60), "late": (0, 0), "paid": (1, 30), "refused": (1, 30),
    }  # fmt: skip
    assert (then[View.DUE].n, then[View.LATE].n, then[View.LATE].yuan) == (0, 2, 120)
    assert all(one.n == 0 for one in tallies(world.stranger, NOW).values())

    client = client_as(leader)
    for view, rows in (("due", stages[2:]), ("paid", stages[:1]), ("refused", stages[1:2])):
        answer = client.get(f"/compensations/?view={view}")
        assert {row[0].stage_id for row in answer.context["rows"]} == {stage.pk for stage in rows}
    clock(late)
    said = client_as(leader).get("/compensations/?view=late").content.decode()  # the session is older than a day
    assert "120.00 元" in said
    assert "含逾期加付 30.00 元" in said


def test_phones_are_masked_and_other_units_see_nothing(world, client_as, owed, leader, clock):
    phone = owed.stage.order.customer.phone
    for address in ("/compensations/", f"/compensations/{owed.number}/"):
        said = client_as(leader).get(address).content.decode()
        assert owed.number in said
        assert phone not in said
    for person in (world.stranger, a_person("branch_leader", at=world.other)):
        assert owed.number not in client_as(person).get("/compensations/").content.decode()
        assert client_as(person).get(f"/compensations/{owed.number}/").status_code == 404
    assert client_as(leader).get("/compensations/PF-26-99999/").status_code == 404
    assert client_as(leader).get("/compensations/nothing/").status_code == 404


def test_the_list_costs_the_same_for_one_row_and_for_three(world, client_as, owed, leader, clock):
    client = client_as(leader)
    client.get("/compensations/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/compensations/")
    for _ in range(2):
        a_compensation(a_broken_install(world.company))
    with CaptureQueriesContext(connection) as three:
        assert len(client.get("/compensations/").context["rows"]) == 3
    assert len(three) == len(one)


# ---- one compensation --------------------------------------------------------------------------------------------


def test_from_the_order_to_paid(client_as, owed, leader, clock):
    client, address = client_as(leader), f"/compensations/{owed.number}/"
    assert address in client.get(f"/orders/{owed.stage.order.number}/").content.decode()
    page = client.get(address)
    assert page.context["forms"]["pay"]["paid"].value() == THIRTY
    assert "9 月 21 日" in page.content.decode(), "the end of a day is its 24:00"

    form = {"paid_on": "2026-09-24", "paid": "30", "form": "cash", "reference": "SJ-77"}
    for wrong, words in (
        ({"paid": "31"}, "30.00"),
        ({"reference": ""}, "SJ"),
        ({"paid_on": "2026-09-25"}, "2026-09-22"),
        ({"paid": "abc"}, "abc"),
    ):
        refused = client.post(f"{address}pay/", form | wrong)
        said = refused.content.decode()
        assert refused.status_code == 422
        assert words in said or wrong == {"reference": ""}
        assert all(value in said for name, value in form.items() if name not in wrong and name != "form"), wrong
    assert Compensation.objects.get().is_due

    assert client.post(f"{address}pay/", form, follow=True).status_code == 200
    done = client.get(address).content.decode()
    assert "SJ-77" in done
    assert "已结束，没有要做的了" in done
    again = client.post(f"{address}pay/", form)
    assert again.status_code == 409
    assert "付了失约赔付" in client.get(f"/orders/{owed.stage.order.number}/").content.decode()


def test_paid_late_the_page_asks_for_both_sums(client_as, owed, leader, clock):
    clock(LATER)
    client, address = client_as(leader), f"/compensations/{owed.number}/"
    said = client.get(address)
    assert said.context["forms"]["pay"]["paid"].value() == 60
    assert "60.00 元" in client.get(f"/orders/{owed.stage.order.number}/").content.decode()
    assert "加付 30.00 元" in said.content.decode()

    form = {"paid_on": "2026-10-16", "paid": "60", "form": "credit", "reference": "ZD-9"}
    assert "60.00" in client.post(f"{address}pay/", form, follow=True).content.decode()
    assert (Compensation.objects.get().extra, client.get("/compensations/?view=paid").context["total"].yuan) == (30, 60)


def test_refusing_keeps_what_was_typed(client_as, owed, leader, clock):
    client, address = client_as(leader), f"/compensations/{owed.number}/refuse/"
    for form in (
        {"reason": "permit", "text": "太短"},
        {"text": "没有选原因就提交了"},
        {"reason": "x", "text": "说明说明说明"},
    ):
        refused = client.post(address, form)
        assert refused.status_code == 422
        assert form["text"] in refused.content.decode()
        assert '<details class="or-act" open>' in refused.content.decode()

    assert client.post(address, {"reason": "permit", "text": "市政没有批开挖"}).status_code == 302
    assert "市政没有批开挖" in client.get(f"/compensations/{owed.number}/").content.decode()
    assert "许可" in client.get("/compensations/?view=refused").content.decode()


def test_who_may_see_and_not_settle_is_told(world, client_as, owed, clock):
    crew, hq = a_person("crew", at=owed.unit), a_person("hq_cs", at=world.group)
    for person in (crew, hq):
        client = client_as(person)
        assert "由部门负责人、把关人或公司领导办理" in client.get(f"/compensations/{owed.number}/").content.decode()
        assert client.post(f"/compensations/{owed.number}/pay/", {}).status_code == 403
        assert client.post(f"/compensations/{owed.number}/refuse/", {}).status_code == 403


# ---- the table ---------------------------------------------------------------------------------------------------


def test_a_leader_approves_on_the_page(client_as, leader, clock):
    client = client_as(leader)
    page = client.get("/compensations/terms/").content.decode()
    assert "从未批准，不赔付" in page
    assert "目前没有订单环节按这项标准承诺" in page

    form = {"is_on": "1", "amount": "35.50", "valid_from": "2026-09-25"}
    for wrong in ({"amount": "1.005"}, {"amount": "-1"}, {"valid_from": "2026-09-24"}, {"is_on": "2"}):
        refused = client.post(f"/compensations/terms/{INSTALL}/", form | wrong)
        assert refused.status_code == 422
        sent = form | wrong
        assert f'value="{sent["amount"]}"' in refused.content.decode()
        assert f'value="{sent["valid_from"]}"' in refused.content.decode()
    assert not CompensationTerms.objects.exists()

    done = client.post(f"/compensations/terms/{INSTALL}/", form, follow=True).content.decode()
    assert "已批准：2026-09-25 起失约的要赔付" in done
    assert "35.50 元" in done
    off = client.post(f"/compensations/terms/{INSTALL}/", form | {"is_on": "0"}, follow=True).content.decode()
    assert "已关闭" in off
    assert "2 次决定" in off
    assert "批准本公司的失约赔付" in client.get("/journal/?about=compensation").content.decode()


def test_the_group_looks_on_and_decides_nothing(world, client_as, leader, clock):
    switched_on(world.company, by=leader)
    hq = client_as(a_person("hq_cs", at=world.group))
    assert "30.00 元" in hq.get("/compensations/terms/").content.decode()
    own = hq.get(f"/compensations/terms/?company={world.company.code}").content.decode()
    assert "赔付由本公司领导批准" in own
    assert "保存决定" not in own
    form = {"is_on": "0", "amount": "1", "valid_from": "2026-09-25"}
    assert hq.post(f"/compensations/terms/{INSTALL}/", form).status_code == 403
    assert client_as(world.supervisor).post(f"/compensations/terms/{INSTALL}/", form).status_code == 403
    assert client_as(leader).get(f"/compensations/terms/?company={world.other.code}").status_code == 404
    assert client_as(leader).post("/compensations/terms/STD-EC-01/", form).status_code == 404
    assert CompensationTerms.objects.get().at < MONDAY
