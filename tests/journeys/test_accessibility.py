"""axe finds nothing on any page of any role: on desk and phone, light and dark (WCAG 2.2 AA)."""

import pytest
from playwright.sync_api import expect

from tests.journeys.recording import opens_the_form, raises_an_issue
from tests.journeys.visitor import Arrive, Watch
from tests.journeys.walk import Judge, pages_of

pytestmark = [pytest.mark.browser, pytest.mark.embedded]

ACCOUNTS = [
    "hall", "hq", "agent", "field", "crew", "callback", "handler", "manager", "gatekeeper", "leader", "hqdept",
    "auditor", "admin",
]  # fmt: skip

PAGES = {
    "web:home", "web:gallery", "web:dashboard", "web:dashboard_rows", "web:compare", "web:journal",
    "intake:list", "intake:new", "intake:mine", "intake:detail",
    "issues:list", "issues:new", "issues:detail",
    "orders:list", "orders:new", "orders:detail", "heat:map", "promises:list",
    "compensation:list", "compensation:terms",
    "probes:list",
    "callbacks:list", "callbacks:detail",
    "customers:list", "customers:detail",
    "scorecards:list", "scorecards:detail",
    "catalogue:map", "standards:list",
    "organisation:units", "organisation:unit", "organisation:people", "organisation:person", "organisation:add_person",
    "organisation:calendar", "organisation:roles", "organisation:profile", "organisation:password_change",
}  # fmt: skip
"""kinds of pages at least one of the accounts must come to by links alone"""

STATES = {
    "hall": [
        "/feedback/?q=zzzz", "/feedback/?period=all&negative=1", "/feedback/new/?anonymous=1", "/feedback/new/?q=王",
        "/orders/?q=zzzz", "/orders/?state=all", "/orders/new/?find=王", "/customers/?q=王", "/search/?q=zzzz",
        "/probes/?duty=overdue&whose=all", "/probes/?duty=done", "/probes/?method=FM-TEXT",
    ],
    "hq": [
        "/issues/?q=zzzz", "/issues/?view=closed", "/issues/?view=waiting", "/callbacks/?duty=complaint",
        "/search/?q=王", "/compare/?m=M01", "/scores/?level=team", "/organisation/people/?q=zzzz",
        "/orders/heat/?measure=late", "/orders/?type=OT-REPAIR&late=1", "/views/orders/?type=OT-REPAIR",
        "/compensations/?view=late",
    ],
}  # fmt: skip
"""the same pages empty, filtered, and in other views"""


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.mark.thorough
@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_page_of_a_role(account: str, arrive: Arrive, judge: Judge) -> None:
    visitor = arrive(account)
    found = {}
    for kind, path in pages_of(visitor, "/", "/me/"):
        if violations := judge.violations(visitor, kind):
            found[path] = violations

    assert found == {}


@pytest.mark.thorough
def test_no_kind_of_page_was_missed(judge: Judge) -> None:
    if len(judge.visited) < len(PAGES) / 2:
        pytest.fail("this test judges what the walk before it came across: run the whole file")

    assert PAGES - judge.visited == set()


@pytest.mark.parametrize("account", ["hall", pytest.param("hq", marks=pytest.mark.thorough)])
def test_other_states_of_the_pages(account: str, arrive: Arrive, judge: Judge) -> None:
    visitor = arrive(account)
    found = {}
    for path in STATES[account]:
        visitor.open(path)
        if violations := judge.violations(visitor, path):
            found[path] = violations

    assert found == {}


def test_the_record_form_and_a_step_of_an_issue(arrive: Arrive, judge: Judge) -> None:
    """Forms that open in place, with and without complaints."""
    hall, handler = arrive("hall"), arrive("handler")
    opens_the_form(hall)
    found = judge.violations(hall, "record form")
    handler.open(f"/issues/{raises_an_issue(hall)}/")
    handler.follow("接收")
    expect(handler.page.locator("#step-form")).to_be_visible()
    found += judge.violations(handler, "step in place")

    assert found == []


def test_pages_of_nobody(arrive: Arrive, judge: Judge) -> None:
    """Sign-in, and a wrong password."""
    visitor = arrive("nobody", at_the_door=True)
    visitor.open("/login/")
    found = judge.violations(visitor, "login")
    visitor.page.get_by_label("工号或手机号").fill("nobody")
    visitor.page.get_by_label("密码").fill("wrong")
    visitor.press("登录")
    visitor.sees("用户名和密码")
    found += judge.violations(visitor, "login refused")

    assert found == []


def test_refusals(arrive: Arrive, judge: Judge, watch: Watch) -> None:
    """Not found, and not allowed."""
    watch.allowed |= {403, 404}
    visitor = arrive("hall")
    found = []
    for path in ("/orders/DD-26-99999/", "/organisation/people/"):
        visitor.open(path)
        found += judge.violations(visitor, path)

    assert found == []
