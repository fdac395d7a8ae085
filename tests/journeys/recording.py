"""Recording what a customer said: the beginning of many journeys."""

from tests.journeys.visitor import Visitor


def opens_the_form(visitor: Visitor, point: str = "一次性告知", touchpoint: str = "营业厅") -> None:
    """The record form for a customer who leaves no name, with a rating chosen."""
    visitor.open("/feedback/new/?anonymous=1")
    chosen = visitor.page.get_by_role("button", name=point).first
    if not chosen.is_visible():
        visitor.page.locator("details.in-more > summary").filter(has_text=touchpoint).click()
    chosen.click()
    visitor.page.locator("label.s4").first.click()


def raises_an_issue(hall: Visitor) -> str:
    """A bad record about the works department, and the number of its issue."""
    opens_the_form(hall, "现场踏勘预约", "工程施工")
    hall.page.locator("label.s1").first.click()
    hall.page.get_by_label("客户原话").fill("说好来看现场，一直没人来。")
    hall.press("提交并锁定")
    hall.sees("已锁定，各级同时看到")
    return hall.number("WT")
