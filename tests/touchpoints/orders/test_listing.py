"""The list of orders: what each filter means, urgent ones first, chips, and who sees what."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from cxorders.organisation.models import Unit
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import (
    MONDAY,
    an_order,
    complete_current_stage,
    current_stage,
    finish,
    run_to,
)
from tests.factories.organisation import a_person, a_world, department_in
from touchpoints.orders.actions import (
    appoint_stage,
    assign_stage,
    cancel_order,
    pause_stage,
    resume_stage,
    suspend_order,
)
from touchpoints.orders.enums import PauseReason
from touchpoints.orders.filters import wanted_from
from touchpoints.orders.models import Order, OrderType, StageType
from touchpoints.orders.queries.chips import told
from touchpoints.orders.queries.listing import page_of
from touchpoints.orders.queries.narrowing import Wanted

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def found(user, now=MONDAY, **wanted) -> list[Order]:
    return [row.order for row in page_of(user, Wanted(**wanted), now).rows]


# ---- the clock an order is sorted by ----------------------------------------------------------------------------


def nearest(order: Order):
    order.refresh_from_db()
    return order.clock_at


def test_the_clock_of_an_order_is_its_nearest_due_time(world):
    order = an_order(company=world.company)
    assert nearest(order) == current_stage(order).due_at < order.promised_at

    stage = complete_current_stage(order)
    assert nearest(order) == current_stage(order).due_at > stage.due_at


def test_a_paused_stage_has_no_clock_but_the_promise_of_the_order_runs_on(world):
    order = an_order(company=world.company)
    stage = current_stage(order)

    pause_stage(stage, by=None, at=MONDAY, reason=PauseReason.PERMIT)
    assert nearest(order) == order.promised_at
    resume_stage(stage, by=None, at=MONDAY + timedelta(hours=1))
    assert nearest(order) == current_stage(order).due_at

    suspend_order(order, by=None, at=MONDAY + timedelta(hours=2), reason=PauseReason.PERMIT)
    assert nearest(order) == order.promised_at


def test_an_order_that_is_over_has_no_clock(world):
    done, gone = finish(an_order("OT-REPAIR", company=world.company)), an_order(company=world.company)
    cancel_order(gone, by=None, at=MONDAY, reason="客户搬走", asked_by="customer")

    assert (nearest(done), nearest(gone)) == (None, None)


def test_a_draft_has_no_clock_and_stands_at_the_end(world):
    running = an_order(company=world.company, by=world.owner)
    draft = an_order(company=world.company, by=world.owner, accepted=False)

    assert found(world.owner, sort="risk") == [running, draft]
    assert found(world.owner, sort="new") == [draft, running]


# ---- filters ----------------------------------------------------------------------------------------------------


@pytest.fixture
def two(world):
    """An order due soon and one with time: an emergency of today, an installation at its long design stage."""
    soon, later = (an_order(company=world.company, by=world.owner) for _ in range(2))
    run_to(later, "DESIGN")
    return soon, later


def test_late_and_at_risk_are_told_apart(world, two):
    soon, later = two
    due = current_stage(soon).due_at
    before, after = due - timedelta(hours=1), due + timedelta(hours=1)

    assert found(world.owner, before, risk=True) == [soon]
    assert [row.slip.label for row in page_of(world.owner, Wanted(risk=True), before).rows] == ["本环节还剩 1 时"]
    assert found(world.owner, before, late=True) == []
    assert found(world.owner, after, late=True) == [soon]
    assert found(world.owner, after, risk=True) == []
    assert found(world.owner, after, late=True, risk=True) == [soon]
    assert found(world.owner, after, sort="risk") == [soon, later]


def test_whose_owner_unit_and_stage(world, two):
    soon, later = two
    foreman = a_person("dept_mgr", at=department_in(world.company, "D-DES"))
    assign_stage(current_stage(later), by=None, at=MONDAY, assignee=foreman)
    leader = a_person("branch_leader", at=world.company)

    assert set(found(world.owner, whose="mine")) == {soon, later}
    assert found(foreman, whose="mine") == [later]
    assert found(foreman, whose="unit") == [later]
    assert found(leader, unit=department_in(world.company, "D-DES").pk) == [later]
    assert set(found(leader, owner=world.owner.pk)) == {soon, later}
    assert found(leader, owner=foreman.pk) == []
    assert found(leader, stage="DESIGN") == [later]
    assert found(leader, stage="DESIGN", order_type="OT-REPAIR") == []


def test_appointed_this_week(world, two):
    soon, _later = two
    appoint_stage(current_stage(soon), by=None, at=MONDAY, appointed_at=MONDAY + timedelta(days=3))

    assert found(world.owner, MONDAY, appointed=True) == [soon]
    assert found(world.owner, MONDAY + timedelta(days=7), appointed=True) == []


def test_a_list_shows_what_may_be_seen_and_nothing_else(world):
    for company in (world.company, world.other):
        for steps in range(3):
            order = an_order(company=company)
            for _ in range(steps):
                complete_current_stage(order)
    finish(an_order("OT-REPAIR", company=world.company))
    people = [
        *(world.owner, world.supervisor, world.stranger),
        a_person("crew", at=department_in(world.company, "D-ENG")),
        a_person("branch_leader", at=world.company),
        a_person("hq_cs", at=world.group),
        a_person("hq_dept", at=department_in(world.group, "D-HOME")),
        a_person("admin", at=world.company),
    ]
    for person in people:
        visible = set(Order.objects.visible_to(person))
        assert set(found(person, state="")) == visible, person
        assert set(found(person, state="", sort="risk")) == visible, person


def test_managers_see_the_most_urgent_first(world, client_as, two):
    page = client_as(world.supervisor).get(reverse("orders:list")).content.decode()

    assert "最急在前" in page
    assert wanted_from(QueryDict("sort=new"), urgent_first=True).sort == "new"
    assert wanted_from(QueryDict(""), urgent_first=True).sort == "risk"
    assert wanted_from(QueryDict("")).sort == "new"


# ---- chips and what no longer means anything --------------------------------------------------------------------


def test_every_filter_that_is_set_is_a_chip_that_takes_it_away(world, client_as):
    query = f"type=OT-REPAIR&stage=ONSITE&late=1&week=1&unit={world.team.pk}&owner={world.owner.pk}&q=王"
    client = client_as(world.supervisor)
    page = client.get(f"{reverse('orders:list')}?{query}").content.decode()

    words = ["类型：户内报修", "环节：上门", "已超时", "本周有预约", "单位：中心营业厅", "首问：周晓雯", "“王”"]
    for word in words:
        assert f"去掉条件：{word}" in page
    assert "type=OT-REPAIR&amp;stage=ONSITE&amp;week=1" in page  # the chip of "late"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("type=OT-GONE", "筛选里的订单类型“OT-GONE”不存在"),
        ("type=OT-REPAIR", "订单类型“户内报修”已停用"),
        ("type=OT-ALTER&stage=GONE", "筛选里的环节“GONE”不存在"),
        ("unit=999999", "筛选里的单位不存在，或不在您的范围内"),
        ("unit=x", "筛选里的单位不存在，或不在您的范围内"),
        ("owner=999999", "筛选里的首问人已停用，或不在您的范围内"),
    ],
)
def test_a_filter_that_means_nothing_any_more_says_so(world, client_as, query, said):
    OrderType.objects.filter(code="OT-REPAIR").update(retired=True)

    assert said in client_as(world.supervisor).get(f"{reverse('orders:list')}?{query}").content.decode()


def test_retired_stages_and_closed_units_say_so(world):
    StageType.objects.filter(order_type__code="OT-REPAIR", code="ONSITE").update(retired=True)
    Unit.objects.filter(pk=world.team.pk).update(closed_on=MONDAY.date())
    query = QueryDict(f"type=OT-REPAIR&stage=ONSITE&unit={world.team.pk}")

    problems = told(world.supervisor, query, wanted_from(query), None).problems

    assert problems == [
        "环节“上门”已停用，只会列出以前的订单。",
        "单位“中心营业厅”已撤销，只会列出以前的订单。",
    ]


def test_the_name_of_a_stranger_is_not_told(world):
    query = QueryDict(f"owner={world.stranger.pk}&unit={world.other.pk}")

    assert dict(told(world.supervisor, query, wanted_from(query), None).chips) == {
        "unit": "单位：？",
        "owner": "首问：？",
    }
