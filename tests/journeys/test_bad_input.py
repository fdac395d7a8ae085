"""Whatever comes in, nothing breaks and nothing that was typed is lost."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.installation import Installation
from tests.journeys.recording import opens_the_form, raises_an_issue
from tests.journeys.visitor import Arrive, Visitor, Watch

pytestmark = pytest.mark.browser

KEPT = "还有几处要改，您填写的内容都在。"


def words(visitor: Visitor) -> str:
    """What stands in the box for the customer's words."""
    return visitor.page.get_by_label("客户原话").input_value()


def test_words_that_are_too_long(arrive: Arrive, watch: Watch) -> None:
    watch.allowed |= {422}
    hall = arrive("hall", "phone")
    opens_the_form(hall)
    essay = "排队太久。" * 500
    hall.page.get_by_label("客户原话").fill(essay)
    hall.press("提交并锁定")

    hall.sees("文字最多 2,000 个字" if hall.page.get_by_text("2,000").count() else "文字最多")
    hall.sees(KEPT)
    assert words(hall) == essay
    assert hall.page.locator("label.s4 input").first.is_checked()
    hall.keep("too-long")


def test_emoji_and_rare_characters_are_words_too(arrive: Arrive) -> None:
    hall = arrive("hall", "phone")
    opens_the_form(hall)
    said = "师傅太好了👍🏽👨‍👩‍👧，姓“𬭎𫟹”的那位。<b>谢谢</b> & 再见"
    hall.page.get_by_label("客户原话").fill(said)
    hall.press("提交并锁定")

    hall.sees("已锁定，各级同时看到")
    hall.sees(said)
    hall.keep("emoji")


def test_a_wrong_phone_number(arrive: Arrive, watch: Watch) -> None:
    watch.allowed |= {422}
    hall = arrive("hall", "phone")
    hall.open("/orders/new/")
    hall.page.get_by_label("订单类型").select_option("OT-RETAIL-INSTALL")
    hall.page.get_by_label("登记新客户").check()
    hall.page.get_by_label("姓名").fill("乔装")
    hall.page.get_by_label("电话", exact=True).fill("1390531")
    hall.page.get_by_label("地址").fill("历下区泺源大街 1 号")
    hall.press("受理", exact=True)

    hall.sees("“1390531”不是电话号码")
    assert hall.page.get_by_label("姓名").input_value() == "乔装"
    assert hall.page.get_by_label("地址").input_value() == "历下区泺源大街 1 号"
    assert hall.page.get_by_label("登记新客户").is_checked()
    hall.keep("wrong-phone")


def test_an_event_that_has_not_happened_yet(arrive: Arrive, watch: Watch) -> None:
    watch.allowed |= {422}
    hall = arrive("hall", "phone")
    opens_the_form(hall)
    hall.page.get_by_label("客户原话").fill("明天的事")
    hall.page.locator("summary").filter(has_text="发生时间").click()
    tomorrow = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
    hall.page.get_by_label("发生时间").fill(f"{tomorrow:%Y-%m-%dT%H:%M}")
    hall.press("提交并锁定")

    hall.sees("发生时间不能晚于现在。")
    assert words(hall) == "明天的事"
    hall.keep("future")


def test_an_upload_that_is_no_picture(arrive: Arrive, watch: Watch, tmp_path: Path) -> None:
    watch.allowed |= {422}
    fake = tmp_path / "现场.jpg"
    fake.write_text("这不是照片")
    hall = arrive("hall", "phone")
    opens_the_form(hall)
    hall.page.get_by_label("客户原话").fill("附了一张照片")
    hall.page.locator("input[type=file]").set_input_files(fake)
    hall.press("提交并锁定")

    hall.sees("“现场.jpg”不是能打开的照片")
    assert words(hall) == "附了一张照片"
    hall.keep("no-picture")


def test_two_taps_and_a_step_back_make_one_record(arrive: Arrive) -> None:
    hall = arrive("hall", "phone")
    opens_the_form(hall)
    hall.page.get_by_label("客户原话").fill("点了两下提交")
    hall.page.get_by_role("button", name="提交并锁定").dblclick()
    hall.sees("已锁定，各级同时看到")
    number = hall.number("TY")

    hall.page.go_back()
    expect(hall.page.get_by_label("客户原话")).to_be_visible()
    hall.open("/feedback/?period=all&q=点了两下提交")
    rows = hall.main().locator("tbody tr")
    expect(rows).to_have_count(1)
    hall.sees(number)


def test_an_expired_session_gives_the_form_back(arrive: Arrive) -> None:
    hall = arrive("hall", "phone")
    opens_the_form(hall)
    hall.page.get_by_label("客户原话").fill("写到一半，登录过期了")
    hall.context.clear_cookies(name="sessionid")
    hall.press("提交并锁定")
    hall.sees("用工号或手机号登录")
    hall.keep("expired")
    hall.sign_in()

    hall.sees("登录过期前填写的内容已找回")
    assert words(hall) == "写到一半，登录过期了"
    assert hall.page.locator("label.s4 input").first.is_checked()
    hall.keep("form-again")
    hall.press("提交并锁定")
    hall.sees("已锁定，各级同时看到")


def test_a_browser_that_forgot_everything_keeps_the_draft(arrive: Arrive, watch: Watch) -> None:
    """Without any cookie not even the form can be trusted; the draft on the device is still there."""
    watch.allowed |= {403}
    form = "/feedback/new/?anonymous=1&key_point=KP-BH-02"
    hall = arrive("hall", "phone")
    hall.open(form)
    hall.page.get_by_label("客户原话").fill("写到一半，缓存被清了")
    hall.page.locator("label.s4").first.click()
    expect(hall.page.locator("[data-saved-text]").locator("visible=true")).to_be_visible()
    hall.context.clear_cookies()
    hall.press("提交并锁定")
    hall.sees("页面放得太久了")
    hall.keep("too-old")
    hall.sign_in()
    hall.open(form)

    expect(hall.page.get_by_label("客户原话")).to_have_value("写到一半，缓存被清了")
    expect(hall.page.locator("label.s4 input").first).to_be_checked()


def test_an_expired_session_on_a_step_of_an_issue(arrive: Arrive, watch: Watch) -> None:
    """The step form is sent by htmx: the way to sign-in and back is another one."""
    hall = arrive("hall", "phone")
    issue = raises_an_issue(hall)
    handler = arrive("handler", "desk")
    handler.open(f"/issues/{issue}/accept/")
    handler.press("接收")
    handler.sees("已接收，首问负责已移交。")
    handler.follow("记一次客户联系")
    handler.page.get_by_label("与客户说了什么").fill("电话打通了，客户要书面答复。")
    handler.context.clear_cookies(name="sessionid")
    handler.press("记一次客户联系")
    handler.sees("用工号或手机号登录")
    handler.sign_in()

    expect(handler.page.get_by_label("与客户说了什么")).to_have_value("电话打通了，客户要书面答复。")
    handler.keep("step-again")


def test_a_lost_race_keeps_the_words(arrive: Arrive, watch: Watch) -> None:
    """Two people answer the same issue; the second is told so and keeps what was typed."""
    watch.allowed |= {409}
    issue = raises_an_issue(arrive("hall", "phone"))
    handler, manager = arrive("handler", "desk"), arrive("manager", "desk")
    handler.open(f"/issues/{issue}/accept/")
    handler.press("接收")
    handler.sees("已接收，首问负责已移交。")
    handler.open(f"/issues/{issue}/contact/")
    handler.page.get_by_label("与客户说了什么").fill("致歉。")
    handler.press("记一次客户联系")
    handler.sees("已记下这次联系。")
    for person in (handler, manager):
        person.open(f"/issues/{issue}/")
        person.follow("答复并办结")
        person.choose("原因", "外部")
        person.page.get_by_label("已采取的措施").fill(f"{person.name}：已上门。")
        person.page.get_by_label("给客户的答复").fill(f"{person.name}：已上门说明。")
    handler.press("答复并办结")
    handler.sees("已答复，转回访核实。")
    manager.press("答复并办结")

    refusal = manager.page.get_by_role("alert").filter(has_text=re.compile("先处理了这一条|当前状态下不能"))
    expect(refusal).to_be_visible()
    assert manager.page.get_by_label("给客户的答复").input_value() == "manager：已上门说明。"
    manager.keep("lost-race")


def test_a_stage_of_a_foreign_company(product: Installation, arrive: Arrive, watch: Watch) -> None:
    watch.allowed |= {404}
    ask = "from touchpoints.orders.models import Stage as S; print(S.objects.filter(company__code='C02').first().pk)"
    stage = product.manage("shell", "--no-imports", "--command", ask).split()[-1]
    hall = arrive("hall", "phone")
    hall.open(f"/feedback/new/?stage={stage}")

    hall.sees("没有找到这一单，或者它不在您的范围内")
