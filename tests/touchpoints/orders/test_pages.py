"""The pages of orders over HTTP: what they show, what they keep, what they cost."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cxorders.kit.panels import Panel
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import (
    MONDAY,
    a_customer,
    a_picture,
    an_order,
    complete_current_stage,
    current_stage,
    finish,
    in_front,
    run_to,
    stage_of,
)
from tests.factories.organisation import a_person, a_world, department_in, team_of
from touchpoints.orders import panels
from touchpoints.orders.actions import add_household, close_order, pause_stage
from touchpoints.orders.models import Evidence, Order
from touchpoints.orders.panels import StageMark

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def text_of(response) -> str:
    return response.content.decode()


# ---- list --------------------------------------------------------------------------------------------------------


def test_the_list_shows_orders_in_reach_and_no_others(world, client_as):
    mine = an_order(company=world.company, by=world.owner)
    theirs = an_order(company=world.other, by=world.stranger)

    page = text_of(client_as(world.owner).get(reverse("orders:list")))

    assert mine.number in page
    assert theirs.number not in page


@pytest.mark.parametrize(
    "query",
    [
        "state=all",
        "state=running",
        "type=OT-RETAIL-INSTALL",
        "late=1",
        "sort=risk",
        "sort=risk&late=1",
        "q={phone}",
        "q={tail}",
        "q={number}",
        "q=望江路",
        "unit={unit}",
    ],
)
def test_filters_find_the_order(world, client_as, query):
    order = an_order(company=world.company, by=world.owner)
    values = {
        "phone": order.customer.phone,
        "tail": order.customer.phone[-5:],
        "number": order.number,
        "unit": world.team.pk,
    }

    page = text_of(client_as(world.owner).get(f"{reverse('orders:list')}?{query.format(**values)}"))

    assert order.number in page


@pytest.mark.parametrize("query", ["state=closed", "type=OT-REPAIR", "q=没有这个人", "unit=999999", "q=DD-26-99999"])
def test_filters_leave_the_order_out_and_say_what_to_do(world, client_as, query):
    order = an_order(company=world.company, by=world.owner)

    page = text_of(client_as(world.owner).get(f"{reverse('orders:list')}?{query}"))

    assert order.number not in page.replace("q=", "")
    assert "没有符合条件的订单" in page


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=2026-13-99_1", "unit=abc", "state=nonsense", "q=%00", "unit=" + "9" * 40, "sort=1&late=x"],
)
def test_nonsense_in_the_address_is_left_out(world, client_as, query):
    an_order(company=world.company, by=world.owner)

    assert client_as(world.owner).get(f"{reverse('orders:list')}?{query}").status_code == 200


def test_pages_follow_each_other_without_gap_or_repeat(world, client_as, monkeypatch):
    from touchpoints.orders.queries import listing

    orders = [an_order(company=world.company, by=world.owner) for _ in range(5)]
    for sort in ("new", "risk"):
        seen, after = [], None
        while True:
            page = listing.page_of(world.owner, listing.Wanted(sort=sort, after=after), timezone.now(), size=2)
            seen += [row.order for row in page.rows]
            after = page.next
            if after is None:
                break
        assert sorted(order.pk for order in seen) == [order.pk for order in orders]


def test_households_stay_under_their_contract_in_the_list(world, client_as):
    contract = an_order("OT-CONTRACT-RES", company=world.company, by=world.owner)
    home = add_household(contract, name="王芳", phone="13812340001", address="3-0101", by=world.owner, at=MONDAY)
    client = client_as(world.owner)

    assert home.number not in text_of(client.get(reverse("orders:list")))
    assert home.number in text_of(client.get(reverse("orders:list") + "?homes=1"))
    assert home.number in text_of(client.get(reverse("orders:detail", args=[contract.number])))


def queries_of(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(url).status_code == 200
    return len(context)


def test_the_list_costs_the_same_for_one_row_and_three(world, client_as):
    client = client_as(world.owner)
    an_order(company=world.company, by=world.owner)
    one = queries_of(client, reverse("orders:list"))
    for _ in range(2):
        run_to(an_order(company=world.company, by=world.owner), "SURVEY")

    assert queries_of(client, reverse("orders:list")) == one


def test_the_journey_costs_the_same_with_one_household_and_three(world, client_as):
    client = client_as(world.owner)
    contract = an_order("OT-CONTRACT-RES", company=world.company, by=world.owner)
    url = reverse("orders:detail", args=[contract.number])
    add_household(contract, name="王芳", phone="13812340001", address="3-0101", by=world.owner, at=MONDAY)
    one = queries_of(client, url)
    for number in (2, 3):
        add_household(contract, name="王芳", phone="13812340001", address=f"3-010{number}", by=world.owner, at=MONDAY)

    assert queries_of(client, url) == one


# ---- taking an order in ------------------------------------------------------------------------------------------


def new_order(**more) -> dict[str, str]:
    return {
        "order_type": "OT-RETAIL-INSTALL",
        "place": "new",
        "name": "周敏",
        "phone": "138 1234 0001",
        "address": "望江路 88 号 3-1202",
        "client_key": str(uuid4()),
        **more,
    }


def test_a_new_customer_and_order_are_taken_in_on_one_page(world, client_as):
    the_catalogue()
    client, sent = client_as(world.owner), new_order()

    answer = client.post(reverse("orders:new"), sent)
    again = client.post(reverse("orders:new"), sent)

    order = Order.objects.get()
    assert answer.url == again.url == reverse("orders:detail", args=[order.number])
    assert (order.state, order.owner, order.unit) == ("running", world.owner, world.team)
    assert (order.customer.phone, order.premises.address) == ("13812340001", "望江路 88 号 3-1202")
    assert f"已受理 {order.number}" in text_of(client.get(answer.url))


def test_a_known_customer_is_found_and_chosen(world, client_as):
    the_catalogue()
    customer = a_customer(world.company, name="赵丽", address="梧桐苑 2-1-902")
    client = client_as(world.owner)

    found = text_of(client.get(reverse("orders:find_customers"), {"find": customer.phone[-4:]}))
    assert "梧桐苑 2-1-902" in found
    assert customer.phone not in found

    place = f"{customer.pk}:{customer.premises.get().pk}"
    client.post(reverse("orders:new"), new_order(place=place))
    assert Order.objects.get().customer == customer


def test_the_same_order_twice_asks_before_it_is_accepted(world, client_as):
    first = an_order(company=world.company, by=world.owner)
    client = client_as(world.owner)
    place = f"{first.customer.pk}:{first.premises.pk}"

    refused = client.post(reverse("orders:new"), new_order(place=place))
    assert refused.status_code == 422
    assert first.number in text_of(refused)

    assert client.post(reverse("orders:new"), new_order(place=place, anyway="on")).status_code == 302
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phone": "12345"}, "不是电话号码"),
        ({"name": ""}, "这一项必填"),
        ({"place": ""}, "请选择客户，或登记新客户"),
        ({"place": "999999:"}, "请选择客户，或登记新客户"),
        ({"place": "none", "anonymous_reason": ""}, "这一项必填"),
        ({"order_type": "OT-NONE"}, "选择一个有效的选项"),
        ({"title": "长" * 121}, "121"),
    ],
)
def test_bad_input_is_named_and_what_was_typed_stays(world, client_as, change, words):
    the_catalogue()
    sent = new_order(**change)

    answer = client_as(world.owner).post(reverse("orders:new"), sent)

    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert sent["address"] in page
    assert sent["client_key"] in page
    assert Order.objects.count() == 0


def test_a_customer_of_another_company_cannot_be_chosen(world, client_as):
    the_catalogue()
    theirs = a_customer(world.other)

    answer = client_as(world.owner).post(reverse("orders:new"), new_order(place=f"{theirs.pk}:"))

    assert answer.status_code == 422


# ---- one order ---------------------------------------------------------------------------------------------------


def test_the_journey_shows_promise_actual_and_who_is_responsible(world, client_as):
    order = an_order(company=world.company, by=world.owner)
    run_to(order, "SURVEY")

    page = text_of(client_as(world.owner).get(reverse("orders:detail", args=[order.number])))

    for words in (
        "提出申请",
        "≤1 工作日",
        "当日",
        "现场踏勘",
        "≤3 天",
        "第 7–15 工作日",
        "首问负责：周晓雯",
        "承诺与实际",
    ):
        assert words in page


@pytest.mark.parametrize("number", ["DD-26-99999", "DD-25-00001", "nonsense", "WT-26-00001", "DD-26-" + "9" * 12])
def test_an_order_that_is_not_there_is_not_found(world, client_as, number):
    an_order(company=world.company, by=world.owner)

    assert client_as(world.owner).get(f"/orders/{number}/").status_code == 404


def test_a_stranger_does_not_find_the_order(world, client_as):
    order = an_order(company=world.company, by=world.owner)
    client = client_as(world.stranger)
    stage = current_stage(order)

    assert client.get(reverse("orders:detail", args=[order.number])).status_code == 404
    assert client.post(reverse("orders:stage_complete", args=[order.number, stage.pk])).status_code == 404


def test_every_kind_of_order_and_state_has_a_page(world, client_as):
    the_catalogue()
    leader = client_as(a_person("branch_leader", at=world.company))
    paused = an_order(company=world.company)
    pause_stage(run_to(paused, "SURVEY"), by=None, at=MONDAY.replace(hour=8), reason="permit", note="等道路开挖许可")
    undecided = an_order(company=world.company)
    run_to(undecided, "PAY")
    complete_current_stage(undecided)
    done = finish(an_order(company=world.company))
    closed = finish(an_order("OT-REPAIR", company=world.company))
    close_order(closed, by=None, at=closed.done_at)
    others = [an_order(kind, company=world.company) for kind in ("OT-EMERG", "OT-SAFETY", "OT-KA-OPEN", "OT-GOODS")]
    draft = an_order(company=world.company, accepted=False)

    for order in (paused, undecided, done, closed, draft, *others):
        assert leader.get(reverse("orders:detail", args=[order.number])).status_code == 200
    assert in_front(undecided)[1].stage_type.code == "YARD"


def test_a_stage_is_completed_with_photos_and_the_next_one_starts(world, client_as):
    order = an_order(company=world.company)
    stage = run_to(order, "INSTALL")
    client = client_as(a_person("crew", at=team_of(world.company, "D-ENG")))
    url = reverse("orders:stage_complete", args=[order.number, stage.pk])

    refused = client.post(url, {"g1": "on"})
    assert refused.status_code == 422
    assert "施工前后照片各 1 张" in text_of(refused)

    answer = client.post(url, {"g0_0": a_picture("前.jpg"), "g0_1": a_picture("后.jpg"), "g1": "on"})
    assert answer.status_code == 302
    assert stage_of(order, "ACCEPT").state == "active"
    photo = Evidence.objects.exclude(file="").order_by("pk")[0]
    seen = client.get(reverse("orders:evidence", args=[order.number, photo.pk]))
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    assert client_as(world.stranger).get(reverse("orders:evidence", args=[order.number, photo.pk])).status_code == 404


def test_a_lost_race_is_told_and_what_was_typed_stays(world, client_as):
    order = an_order(company=world.company)
    stage = run_to(order, "SURVEY")
    client = client_as(a_person("handler", at=department_in(world.company, "D-DES")))
    complete_current_stage(order)

    answer = client.post(
        reverse("orders:stage_fail", args=[order.number, stage.pk]), {"reason": "到访不遇，已留告知单"}
    )

    assert answer.status_code == 409
    assert "当前状态下不能做这一步" in text_of(answer)


def test_lines_that_are_wrong_are_listed_and_the_paste_stays(world, client_as):
    contract = an_order("OT-CONTRACT-RES", company=world.company, by=world.owner)
    client = client_as(world.owner)

    answer = client.post(
        reverse("orders:household_paste", args=[contract.number]),
        {"lines": "王芳\t12\t3-0101\n李强\t13812340002\t3-0102"},
    )

    assert answer.status_code == 422
    page = text_of(answer)
    assert "第 1 行" in page
    assert "电话不对" in page
    assert "13812340002\t3-0102" in page


def test_rooms_above_mark_stages_and_add_panels(world, client_as, monkeypatch):
    order = an_order(company=world.company, by=world.owner)
    stage = current_stage(order)
    monkeypatch.setattr(panels, "_markers", {"t": lambda o, u: {stage.pk: StageMark([5, 2], 1, "很快", 1, "/issues/")}})
    monkeypatch.setattr(
        panels.ORDER, "_providers", {"t": lambda o, u: [Panel("touchpoints/orders/_customer_orders.html", _Nothing())]}
    )

    page = text_of(client_as(world.owner).get(reverse("orders:detail", args=[order.number])))

    assert 'aria-label="评分 2"' in page
    assert "1 个未结问题" in page
    assert "没有订单" in page


class _Nothing:
    rows: list[object] = []
    count, may_create, number, now = 0, False, "", None
