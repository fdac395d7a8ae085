"""The day of a crew is read in a cellar: pages seen before are there, others say that they are not, nothing is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.installation import Installation
from tests.journeys.visitor import Arrive, Visitor, Watch
from tests.journeys.walk import OPEN_ALL, Judge, sideways

pytestmark = [pytest.mark.browser, pytest.mark.embedded]

BOOKS_A_VISIT = """
from datetime import timedelta
from django.utils import timezone
from cxorders.kit.errors import BusinessError
from cxorders.organisation.models import User
from touchpoints.appointments.actions import Agreed, book_appointment
from touchpoints.orders.models import Stage
crew, now = User.objects.get(username="field").grants.get().unit, timezone.now()
for stage in Stage.objects.filter(unit=crew, state="active", order__state="running").order_by("pk"):
    try:
        agreed = Agreed(crew, timezone.localdate(now) + timedelta(2), "pm")
        visit = book_appointment(stage, by=None, at=now, agreed=agreed)
    except BusinessError:
        continue
    print(visit.day, visit.number)
    break
"""
KEPT = "async () => (await (await caches.open('cx-pages')).keys()).map(one => one.url)"


def opens_the_day(crew: Visitor, day: str, number: str) -> None:
    """The page asks the worker of the browser to keep it and what it leads to."""
    crew.open(f"/appointments/day/?day={day}")
    crew.sees("后一天")
    links = {crew.page.url, *crew.page.locator("a[data-keep]").evaluate_all("all => all.map(one => one.href)")}
    assert any(number in address for address in links)
    for _try in range(200):
        if links <= set(crew.page.evaluate(KEPT)):
            return
        crew.page.wait_for_timeout(100)
    raise AssertionError(f"not kept: {links - set(crew.page.evaluate(KEPT))}")


def test_the_day_of_a_crew_without_a_network(product: Installation, arrive: Arrive, watch: Watch) -> None:
    watch.unreachable = True
    day, number = product.manage("shell", "--no-imports", "--command", BOOKS_A_VISIT).split()[-2:]
    crew, judge = arrive("field", "phone"), Judge()
    opens_the_day(crew, day, number)
    crew.context.set_offline(True)

    crew.page.reload()
    crew.sees("没有网络 · 这是")
    crew.keep("day")
    assert judge.violations(crew, "day without network") + sideways(crew) == []
    crew.page.locator(f"a.ap-when[href*='{number}']").click()
    expect(crew.page).to_have_url(f"{crew.base}/appointments/{number}/")
    crew.sees("没有网络 · 这是")
    crew.keep("visit")
    crew.page.goto(f"{crew.base}/appointments/day/?day={day}")
    crew.page.get_by_role("link", name="办理环节").first.click()
    expect(crew.page).to_have_url(re.compile("/orders/DD-"))
    crew.sees("没有网络 · 这是")
    crew.page.goto(f"{crew.base}/feedback/")
    crew.sees("这一页没有存下")
    crew.keep("not-kept")
    assert judge.violations(crew, "no network") == []


def test_a_form_without_a_network_stays_as_it_was(product: Installation, arrive: Arrive, watch: Watch) -> None:
    watch.unreachable = True
    day, number = product.manage("shell", "--no-imports", "--command", BOOKS_A_VISIT).split()[-2:]
    crew = arrive("field", "phone")
    opens_the_day(crew, day, number)
    crew.open(f"/appointments/{number}/")
    crew.page.evaluate(OPEN_ALL)
    crew.context.set_offline(True)
    words = crew.page.locator("#main form textarea, #main form input[type=text]").locator("visible=true").first
    words.fill("客户说改到下周")
    words.evaluate("field => field.form.requestSubmit()")

    crew.sees("没有网络，您填写的内容还在。")
    assert words.input_value() == "客户说改到下周"
    crew.context.set_offline(False)
    expect(crew.page.locator("[data-offline]")).to_be_hidden()


def test_signing_out_forgets_what_was_kept(product: Installation, arrive: Arrive, watch: Watch) -> None:
    watch.unreachable = True
    day, number = product.manage("shell", "--no-imports", "--command", BOOKS_A_VISIT).split()[-2:]
    crew = arrive("field", "phone", at_the_door=True)
    crew.sign_in()
    opens_the_day(crew, day, number)
    crew.page.locator("form[action='/logout/']").first.evaluate("form => form.requestSubmit()")
    expect(crew.page.get_by_label("密码")).to_be_visible()
    crew.context.set_offline(True)

    crew.page.goto(f"{crew.base}/appointments/day/?day={day}")
    crew.sees("这一页没有存下")
