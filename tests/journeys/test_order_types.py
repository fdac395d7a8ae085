"""Four kinds of orders from the counter to the end, each stage by the people who do it (issue of the order journey)."""

from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Arrive, Visitor, Watch

pytestmark = [pytest.mark.browser, pytest.mark.embedded]

_serial = count(1)


def a_photo() -> dict[str, object]:
    """A photo as a phone takes it."""
    out = BytesIO()
    Image.new("RGB", (640, 480), "#4a7d8c").save(out, "JPEG")
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def signs(pad: Locator) -> None:
    """The customer signs with a finger."""
    box = pad.bounding_box()
    assert box is not None
    mouse = pad.page.mouse
    for x, y in ((0.2, 0.3), (0.5, 0.2)):
        mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        mouse.down()
        mouse.move(box["x"] + box["width"] * (x + 0.2), box["y"] + box["height"] * (y + 0.5), steps=6)
        mouse.up()
    expect(pad.locator("xpath=ancestor::*[@data-signature]")).to_have_attribute("data-signed", "1")


@dataclass
class Walk:
    """One order on its way: who has which stage on the screen."""

    arrive: Arrive
    size: str
    hall: Visitor
    number: str
    people: dict[str, Visitor] = field(default_factory=dict)

    def at(self, account: str) -> Visitor:
        """Somebody in front of the order."""
        visitor = self.people.get(account) or self.people.setdefault(account, self.arrive(account, self.size))
        visitor.open(f"/orders/{self.number}/")
        return visitor

    def stage(self, account: str, name: str, *, answer: str = "", words: str = "已按规定办理") -> Visitor:
        """`account` completes the stage `name` with everything its guards ask for."""
        visitor = self.at(account)
        visitor.sees(f"当前环节：{name}")
        form = visitor.page.locator("#complete")
        for tick in form.get_by_role("checkbox").all():
            tick.check()
        if answer:
            form.get_by_text(answer, exact=True).click()
        for pad in form.locator("canvas").all():
            pad.evaluate("pad => pad.scrollIntoView({block: 'center'})")  # clear of the bar at the bottom
            signs(pad)
        for upload in form.locator("input[type=file]:not([data-drawn])").all():
            upload.set_input_files([a_photo()])
        for box in form.locator("textarea, input[type=text]").locator("visible=true").all():
            if not (box.get_attribute("name") or "").endswith("_reason"):
                box.fill("12.5" if box.get_attribute("inputmode") == "decimal" else words)
        visitor.keep(name)
        visitor.press("完成本环节")
        return visitor


def received(arrive: Arrive, kind: str, size: str, by: str = "hall") -> Walk:
    """The counter or the hotline takes in an order of a new customer."""
    clerk, serial = arrive(by, size), next(_serial)
    clerk.open("/orders/new/")
    clerk.page.get_by_label("订单类型").select_option(kind)
    clerk.page.get_by_label("登记新客户").check()
    clerk.page.get_by_label("姓名").fill("韩春生")
    clerk.page.get_by_label("电话", exact=True).fill(f"1390532{serial:04d}")
    clerk.page.get_by_label("地址").fill(f"历下区泉城路 {serial} 号 2 单元 301")
    clerk.press("受理", exact=True)
    clerk.sees("已受理")
    return Walk(arrive, size, clerk, clerk.number("DD"), {by: clerk})


def decides(visitor: Visitor, block: str, button: str, reason: str) -> None:
    """An optional stage is needed or not, and why."""
    visitor.page.locator("summary").filter(has_text=block).click()
    part = visitor.page.locator("details[open]").filter(has_text=block)
    part.get_by_label("原因").fill(reason)
    part.get_by_role("button", name=button, exact=True).click()


def skips(visitor: Visitor, reason: str) -> None:
    decides(visitor, "不需要，跳过", "跳过", reason)


def needs(visitor: Visitor, reason: str) -> None:
    decides(visitor, "需要这个环节", "确定需要", reason)


def test_a_workshop_repair_outside_the_warranty(arrive: Arrive, watch: Watch) -> None:
    """Reception, warranty decision with its grounds, repair log, own re-check, the customer's signature."""
    watch.allowed |= {422}
    walk = received(arrive, "OT-WORKSHOP", "phone")
    walk.stage("hall", "接收与初验", words="壁挂炉 L1PB20，外观有划痕，配件齐全")
    walk.stage("agent", "开维修服务单并派工")
    field_ = walk.at("field")
    field_.page.locator("#complete").get_by_text("保外", exact=True).click()
    field_.press("完成本环节")
    field_.sees("完成前必须有这一项。")
    walk.stage("field", "检测与保修判定", answer="保外", words="购买已满三年；报价 320 元，客户同意")
    skips(walk.at("leader"), "配件齐全，不用外送")
    walk.stage("field", "维修并填过程记录", words="更换风压开关，试运行两小时正常")
    walk.stage("field", "自行复检")
    done = walk.stage("hall", "交付与客户确认")
    done.sees("观察期")
    done.open(f"/orders/{walk.number}/")
    done.sees("保外：购买已满三年；报价 320 元，客户同意")
    done.keep("handed-over")


@pytest.mark.thorough
def test_a_home_from_the_application_to_the_first_card(arrive: Arrive) -> None:
    walk = received(arrive, "OT-RETAIL-INSTALL", "phone")
    walk.stage("hall", "提出申请")
    walk.stage("leader", "现场踏勘", words="可行")
    walk.stage("leader", "方案设计")
    walk.stage("hall", "缴费签合同", words="20261122001")
    skips(walk.at("leader"), "立管已通气")
    walk.stage("crew", "现场安装(户内)")
    walk.stage("crew", "验收")
    walk.stage("field", "上门置换点火")
    walk.stage("hall", "开户", words="J2026-118822")
    card = walk.stage("hall", "购卡售气")
    card.sees("观察期")
    card.keep("first-card")


@pytest.mark.thorough
@pytest.mark.parametrize("card", [True, False], ids=["with card", "without card"])
def test_a_business_with_and_without_the_card(card: bool, arrive: Arrive) -> None:
    walk = received(arrive, "OT-CONTRACT-CI", "desk")
    for name in ("提出申请", "现场踏勘", "方案与概算", "签合同缴费"):
        walk.stage("leader", name)
    skips(walk.at("leader"), "红线内已有管线")
    walk.stage("crew", "现场安装")
    walk.stage("crew", "验收")
    walk.stage("field", "上门置换")
    leader = walk.at("leader")
    if card:
        needs(leader, "客户用磁卡表")
        leader = walk.stage("hall", "磁卡售气(可选)")
    else:
        skips(leader, "客户用物联网表")
    leader.sees("观察期")
    leader.keep("with-card" if card else "without-card")


@pytest.mark.thorough
def test_an_emergency_whatever_the_hour(arrive: Arrive, watch: Watch) -> None:
    """It is never paused; supply to homes comes back by day only."""
    watch.allowed |= {422}
    walk = received(arrive, "OT-EMERG", "phone", by="agent")
    walk.stage("agent", "报警受理")
    leader = walk.at("leader")
    expect(leader.page.locator("summary").filter(has_text="挂起")).to_have_count(0)
    for name in ("到场", "现场控制", "修复"):
        walk.stage("leader", name)
    hour = datetime.now(ZoneInfo("Asia/Shanghai")).hour
    leader = walk.stage("leader", "恢复供气")
    leader.sees("观察期" if 6 <= hour < 22 else "不得恢复供气")
    leader.keep("restored")
