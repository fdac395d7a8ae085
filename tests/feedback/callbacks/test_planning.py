"""Which call-backs are planned, and when their windows open (C1, C2)."""

from datetime import UTC, date, datetime

import pytest

from cxorders.kit.worktime import WorkCalendar
from feedback.callbacks.actions import open_due, plan_for_issue, plan_for_order
from feedback.callbacks.models import Callback
from feedback.issues.clocks import CallWindow
from feedback.issues.models import Issue
from tests.factories.issues import DAY, HOUR, MONDAY, an_issue, an_office, brought_to
from tests.factories.orders import a_customer, an_order
from tests.factories.orders import finish as finish_order
from tests.factories.organisation import department_in
from touchpoints.orders.models import Order

pytestmark = pytest.mark.django_db
GROUND = (an_office,)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_a_complaint_is_called_back_on_days_three_to_seven() -> None:
    office = an_office()

    callback = brought_to("verifying", an_issue(office), office).callbacks.get()

    # answered Monday 14 September: Thursday 09:00 to Monday 21 September 20:00
    assert (callback.rule_code, callback.script_code, callback.state) == ("CB-02", "SV-CB-CPL", "planned")
    assert (callback.window_start, callback.window_end) == (utc(2026, 9, 17, 1), utc(2026, 9, 21, 12))


def test_a_leak_is_called_back_at_once() -> None:
    office = an_office()
    leak = an_issue(office, verbatim="漏气了，快来")
    Issue.objects.filter(pk=leak.pk).update(state="replied", replied_at=MONDAY + HOUR)
    leak.refresh_from_db()

    callback = plan_for_issue(leak, at=MONDAY + HOUR)

    assert callback is not None
    assert (callback.rule_code, callback.state, callback.window_end) == ("CB-04", "due", MONDAY + HOUR + DAY)


def test_a_finished_order_is_called_back_on_working_days_seven_to_fifteen() -> None:
    an_office()
    order = finish_order(an_order(at=utc(2026, 9, 1, 2)), at=utc(2026, 9, 24, 2))

    callback = Callback.objects.get(order=order, issue=None)

    assert (callback.rule_code, callback.script_code, callback.state) == ("CB-01", "SV-CB-SAT", "planned")
    assert callback.customer == order.customer
    assert callback.window_start < callback.window_end


def test_a_repair_is_called_back_within_a_day() -> None:
    an_office()
    order = finish_order(an_order("OT-REPAIR", at=MONDAY), at=MONDAY + DAY)

    callback = Callback.objects.get(order=order, issue=None)

    assert (callback.rule_code, callback.state, callback.window_end) == ("CB-04", "due", MONDAY + 2 * DAY)


def test_one_order_is_planned_once() -> None:
    an_office()
    order = finish_order(an_order(at=MONDAY), at=MONDAY + DAY)

    again = plan_for_order(Order.objects.get(pk=order.pk), at=MONDAY + 2 * DAY)

    assert Callback.objects.filter(order=order).get() == again


def test_without_a_number_nobody_is_called_and_the_issue_waits_for_the_company() -> None:
    office = an_office()
    nameless = an_issue(office, customer=a_customer(office.company, phone=""))

    brought_to("verifying", nameless, office)

    assert nameless.callbacks.count() == 0


def test_windows_open_once_however_late_the_sweep_comes() -> None:
    office = an_office()
    callback = brought_to("verifying", an_issue(office), office).callbacks.get()

    opened = [open_due(at) for at in (callback.window_start - HOUR, callback.window_start + 3 * DAY)]

    callback.refresh_from_db()
    assert (opened, open_due(callback.window_end), callback.state) == ([0, 1], 0, "due")


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        # completion on 24 September 2026 with the fixture calendar of metrics M14: 7th and 15th working day
        (CallWindow(7, 15, "WD"), "2026-10-10T09:00:00+08:00", "2026-10-21T20:00:00+08:00"),
        (CallWindow(3, 7, "CD"), "2026-09-27T09:00:00+08:00", "2026-10-01T20:00:00+08:00"),
        (CallWindow(0, 24, "CH"), "2026-09-24T15:00:00+08:00", "2026-09-25T15:00:00+08:00"),
        (CallWindow(0, 1, "WD"), "2026-09-24T15:00:00+08:00", "2026-09-25T20:00:00+08:00"),
    ],
)
def test_the_windows_of_the_rules(window: CallWindow, start: str, end: str) -> None:
    pairs = [("08:30", "12:00"), ("13:30", "17:30")]
    fixture = WorkCalendar(
        "Asia/Shanghai",
        dict.fromkeys(range(5), pairs),
        holidays={date(2026, 10, day) for day in range(1, 8)},
        workdays={date(2026, 10, 10): pairs},
    )

    found = window.bounds(datetime(2026, 9, 24, 7, tzinfo=UTC), fixture)

    assert found == (datetime.fromisoformat(start), datetime.fromisoformat(end))


def test_the_unit_that_is_verified_is_the_one_that_did_the_work() -> None:
    office = an_office()

    callback = brought_to("verifying", an_issue(office), office).callbacks.get()

    assert callback.unit == department_in(office.company, "D-HOME")
