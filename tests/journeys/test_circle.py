"""The whole circle in a browser: order, stage, feedback, issue, call-back, score, and everybody who looks on."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.installation import Installation
from tests.journeys.visitor import Arrive, Visitor, Watch

pytestmark = pytest.mark.browser

WORDS = "约好周二上午上门看现场，等到下午也没人来，电话也没有一个。"
ANSWER = "给您添麻烦了：已上门看过现场，方案三天内送到。"
THANKS = "后来来的师傅很耐心，就是第一次白等了半天。"
PHONES = {"phone": "13905310021", "desk": "13905310022"}


def accepts_an_order(hall: Visitor, customer: str, phone: str) -> str:
    """The counter takes in a household connection for a new customer and tells the expected day."""
    hall.go("订单旅程")
    hall.follow("受理新订单")
    hall.page.get_by_label("订单类型").select_option("OT-RETAIL-INSTALL")
    hall.page.get_by_label("登记新客户").check()
    hall.page.get_by_label("姓名").fill(customer)
    hall.page.get_by_label("电话", exact=True).fill(phone)
    hall.page.get_by_label("地址").fill(f"槐荫区经十路 {phone[-3:]} 号 3 单元 501")
    hall.keep("new-order")
    hall.press("受理", exact=True)
    hall.sees("已受理")
    hall.sees("当前环节：提出申请")
    hall.keep("order-accepted")
    return hall.number("DD")


def completes_the_first_stage(hall: Visitor) -> None:
    """Every guard wants its proof; without it nothing is done."""
    hall.press("完成本环节")
    hall.sees("完成前必须有这一项。")
    hall.keep("proof-missing")
    for tick in hall.page.locator("#complete").get_by_role("checkbox").all():
        tick.check()
    for text in hall.page.locator("#complete").get_by_role("textbox").all():
        text.fill("已告知：12 月 20 日前通气")
    hall.press("完成本环节")
    hall.sees("当前环节：现场踏勘")
    hall.keep("stage-done")


def records_feedback(hall: Visitor, order: str) -> str:
    """Stage and key point are there already: rating, words, submit."""
    hall.go("工作台")
    hall.keep("bench")
    hall.go("体验反馈")
    hall.follow("记一条客户反馈")
    hall.page.get_by_role("searchbox").locator("visible=true").last.fill(order)
    hall.page.get_by_role("link", name=order).first.click()
    hall.sees("现场踏勘预约")
    hall.page.locator("label.s2").first.click()
    hall.sees("提交后自动生成问题")
    hall.page.get_by_label("客户原话").fill(WORDS)
    hall.keep("feedback")
    hall.press("提交并锁定")
    hall.sees("已锁定，各级同时看到")
    hall.keep("feedback-sealed")
    return hall.number("TY")


def handles(handler: Visitor, issue: str) -> None:
    """The department takes it over, speaks with the customer, answers with cause and action."""
    handler.go("问题流转")
    handler.keep("queue")
    handler.open(f"/issues/{issue}/")
    handler.sees(WORDS)
    handler.keep("issue")
    handler.follow("接收")
    handler.keep("issue-accepting")
    handler.press("接收")
    handler.sees("已接收，首问负责已移交。")
    handler.follow("记一次客户联系")
    handler.page.get_by_label("与客户说了什么").fill("致歉，约好周四上午九点由设计员本人上门。")
    handler.press("记一次客户联系")
    handler.sees("已记下这次联系。")
    handler.follow("答复并办结")
    handler.choose("原因", "外部")
    handler.page.get_by_label("已采取的措施").fill("周四已上门踏勘并当场说明方案；预约改为前一天电话确认。")
    handler.page.get_by_label("给客户的答复").fill(ANSWER)
    handler.keep("issue-answer")
    handler.press("答复并办结")
    handler.sees("已答复，转回访核实。")
    handler.keep("issue-answered")


def calls_back(caller: Visitor, issue: str, *, solved: str, rating: int) -> None:
    """The window opens in three days; the customer may ask for an earlier call. The record of the call is sealed."""
    caller.go("工作台")
    caller.keep("bench")
    caller.go("回访")
    caller.keep("queue")
    caller.open(f"/issues/{issue}/")
    caller.follow("看这一通")
    caller.keep("call")
    caller.press("领取并拨打")
    caller.sees("客户主动要求时才能提前")
    caller.page.get_by_label("客户要求现在打").check()
    caller.press("领取并拨打")
    caller.sees("已领取，留到")
    caller.press("保存并下一个")
    caller.sees("请问清楚这一项。")
    caller.page.get_by_label(solved, exact=True).locator("..").click()
    caller.page.locator(f"label.s{rating}").first.click()
    caller.page.locator("textarea").first.fill(THANKS)
    caller.keep("script")
    caller.press("保存并下一个")
    caller.sees("已保存并锁定。")
    caller.keep("saved")


def sees_the_fate(hall: Visitor, issue: str, words: str) -> None:
    """Who recorded it finds what became of it."""
    hall.go("工作台")
    hall.keep("bench-after")
    hall.follow("我提出的")
    hall.sees(issue)
    hall.sees(words)
    hall.keep("mine")


def manages(manager: Visitor) -> None:
    """The department's day, and its dashboard."""
    manager.sees("在办积压")
    manager.keep("bench")
    manager.go("流转看板")
    manager.sees("痛点热力图")
    manager.keep("dashboard")
    manager.follow("现场踏勘预约")
    manager.sees(THANKS)
    manager.keep("behind-the-pain")


def scores(hq: Visitor) -> None:
    """Group customer service counts the month again and looks behind a number, down to the customer's words."""
    hq.keep("bench")
    hq.go("流转看板")
    expect(hq.page.locator("[data-chart] canvas, [data-chart] svg").first).to_be_visible()
    hq.keep("dashboard")
    hq.go("考核得分")
    hq.keep("scores")
    before = hq.page.get_by_text("版 · 数据截至").inner_text()
    hq.press("计算")
    expect(hq.page.get_by_text("版 · 数据截至")).not_to_have_text(before)
    hq.keep("scores-new")
    hq.page.locator("tbody tr[data-href] a.b").first.click()
    hq.sees("这个分怎么来的")
    hq.keep("score")
    hq.page.locator("#opened a.id").first.click()
    expect(hq.page).to_have_url(re.compile(r"/(feedback/TY|issues/WT)-"))  # whichever indicator is open first
    hq.sees("客户原话")
    hq.keep("behind-the-number")


def audits(auditor: Visitor, record: str, issue: str) -> None:
    """The record as it was taken down, and who did what since."""
    auditor.keep("bench")
    auditor.open(f"/feedback/{record}/")
    auditor.sees(WORDS)
    auditor.keep("record")
    auditor.go("操作日志")
    auditor.sees(issue)
    auditor.keep("journal")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_circle_closes(size: str, product: Installation, arrive: Arrive, watch: Watch) -> None:
    watch.allowed |= {422}
    hall = arrive("hall", size)
    order = accepts_an_order(hall, "宋巧云", PHONES[size])
    completes_the_first_stage(hall)
    record = records_feedback(hall, order)
    issue = hall.number("WT")
    handles(arrive("handler", size), issue)
    calls_back(arrive("callback", size), issue, solved="解决了", rating=4)
    hall.open(f"/feedback/{record}/")
    hall.sees("已关闭")
    sees_the_fate(hall, issue, ANSWER)
    product.sweep()
    manages(arrive("manager", size))
    scores(arrive("hq", size))
    audits(arrive("auditor", size), record, issue)


def test_not_solved_comes_back(arrive: Arrive, watch: Watch) -> None:
    """The customer says no: the issue is open again, with its department, in half the time."""
    watch.allowed |= {422}
    hall = arrive("hall", "phone")
    order = accepts_an_order(hall, "白玉兰", "13905310023")
    completes_the_first_stage(hall)
    records_feedback(hall, order)
    issue = hall.number("WT")
    handler = arrive("handler", "desk")
    handles(handler, issue)
    calls_back(arrive("callback", "desk"), issue, solved="没有解决", rating=2)
    handler.open("/")
    handler.sees("重开的问题")
    handler.keep("bench-reopened")
    handler.open(f"/issues/{issue}/")
    handler.sees("重开，原时限的一半")
    handler.keep("issue-reopened")
    sees_the_fate(hall, issue, "重开")
