"""A promise is broken and told; the customer follows the order on a phone, asks for a call and rates a stage."""

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Arrive, Watch
from tests.journeys.walk import Judge, sideways

pytestmark = [pytest.mark.browser, pytest.mark.embedded]


def test_a_broken_promise_is_told_in_place(arrive: Arrive, watch: Watch) -> None:
    leader, judge = arrive("leader"), Judge()
    leader.open("/promises/?state=broken")
    waiting = leader.page.get_by_role("link", name="记下已告知")
    count = waiting.count()
    row = leader.page.locator("tr", has=waiting).first
    told = leader.page.locator(f"#{row.locator('.pr-told').get_attribute('id')}")
    told.get_by_role("link").click()
    form = told.locator("form")
    expect(form).to_be_visible()
    assert judge.violations(leader, "telling") == []
    watch.allowed |= {422}
    form.get_by_role("button", name="记下已告知").click()
    expect(form.locator(".cx-err").first).to_be_visible()
    form.locator("label").filter(has_text="电话").click()
    form.get_by_role("textbox").fill("管线图还没到，周五上午上门")
    form.get_by_role("button", name="记下已告知").click()

    expect(form).to_have_count(0)
    expect(told).to_contain_text("已告知")
    assert waiting.count() == count - 1
    leader.keep("told")


def test_the_customer_follows_the_order_without_signing_in(arrive: Arrive, watch: Watch) -> None:
    leader, judge = arrive("leader"), Judge()
    leader.open("/orders/?state=running&type=OT-RETAIL-INSTALL&sort=risk")
    leader.page.locator("td a.id").last.click()
    leader.press("生成进度链接")
    link = leader.page.locator("#progress-link").input_value().removeprefix(leader.base)
    order = leader.page.url

    customer = arrive("customer", "phone", at_the_door=True)
    customer.open(link)
    assert judge.violations(customer, "progress") == []
    assert sideways(customer) == []
    customer.keep("progress")
    rating = customer.page.get_by_role("radio", name="5")
    if rating.count():
        rating.check()
        customer.page.get_by_role("textbox").fill("师傅很准时")
        customer.press("提交评价")
        customer.sees("您的评价已收到")
    times = customer.page.locator("#when")
    times.select_option(index=times.locator("option").count() - 1)
    customer.press("请打给我")
    customer.sees("已记下")
    customer.follow("English")
    customer.sees("Every step")
    assert judge.violations(customer, "progress in English") == []

    leader.page.goto(order)
    leader.sees("接到电话")
    leader.press("停用")
    watch.allowed |= {404}
    customer.open(link)
    customer.sees("这个链接打不开了")
    assert judge.violations(customer, "progress gone") == []
