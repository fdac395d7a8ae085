"""Promises of every kind: due times, forecasts, and what counts as tighter. Pure."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxorders.kit.worktime import WorkCalendar
from tests.factories.orders import shanghai as at
from touchpoints.orders.promises import Promise, due, forecast, moved, tighter

OFFICE = WorkCalendar(ZoneInfo("Asia/Shanghai"), {day: [("08:30", "12:00"), ("13:30", "17:30")] for day in range(5)})


@pytest.mark.parametrize(
    ("promise", "start", "expected"),
    [
        (Promise("within", 1, "WD"), "2026-09-14 10:00", "2026-09-15 17:30"),
        (Promise("within", 0.5, "WD"), "2026-09-14 10:00", "2026-09-14 15:15"),
        (Promise("within", 3, "CD"), "2026-09-14 10:00", "2026-09-18 00:00"),
        (Promise("within", 4, "CH"), "2026-09-14 10:00", "2026-09-14 14:00"),
        (Promise("within", 20, "MIN"), "2026-09-14 10:00", "2026-09-14 10:20"),
        (Promise("within", 30, "SEC"), "2026-09-14 10:00", "2026-09-14 10:00:30"),
        (Promise("within", 3, "RINGS"), "2026-09-14 10:00", "2026-09-14 10:00:15"),
        (Promise("cycle", 12, "MONTH"), "2026-09-14 10:00", "2027-09-15 00:00"),
        (Promise("window", [7, 15], "WD"), "2026-09-14 10:00", "2026-10-05 17:30"),
    ],
)
def test_due(promise, start, expected):
    assert due(promise, at(start), OFFICE) == at(expected)


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (Promise("tolerance", 15, "MIN"), "2026-09-20 09:15"),
        (Promise("ahead", 72, "CH"), "2026-09-17 09:00"),
        (Promise("manual", None, ""), "2026-09-20 09:00"),
    ],
)
def test_promises_about_an_agreed_moment_have_no_due_time_without_it(promise, expected):
    assert due(promise, at("2026-09-14 10:00"), OFFICE) is None
    assert due(promise, at("2026-09-14 10:00"), OFFICE, at("2026-09-20 09:00")) == at(expected)


def test_a_notice_takes_its_length_in_a_forecast_and_a_contract_date_none():
    start = at("2026-09-14 10:00")

    assert forecast(Promise("ahead", 72, "CH"), start, OFFICE) == at("2026-09-17 10:00")
    assert forecast(Promise("manual", None, ""), start, OFFICE) == start


@pytest.mark.parametrize(
    ("promise", "value", "unit", "kept"),
    [
        (Promise("within", 3, "CD"), 2, "CD", 2),
        (Promise("within", 3, "CD"), 5, "CD", 3),
        (Promise("within", 3, "CD"), 2, "WD", 3),
        (Promise("within", 3, "CD"), 0, "CD", 3),
        (Promise("within", 3, "CD"), True, "CD", 3),
        (Promise("ahead", 48, "CH"), 72, "CH", 72),
        (Promise("ahead", 48, "CH"), 24, "CH", 48),
        (Promise("window", [7, 15], "WD"), [8, 12], "WD", [8, 12]),
        (Promise("window", [7, 15], "WD"), [5, 12], "WD", [7, 15]),
        (Promise("manual", None, ""), 3, "CD", None),
    ],
)
def test_a_company_only_tightens(promise, value, unit, kept):
    assert tighter(promise, value, unit).value == kept


@given(hours=st.integers(1, 300), begin=st.integers(0, 200), length=st.integers(1, 400))
def test_a_pause_never_makes_a_promise_earlier(hours, begin, length):
    start = at("2026-09-14 10:00")
    for unit in ("CH", "WH"):
        promise = Promise("within", hours, unit)
        first = due(promise, start, OFFICE)
        stop = start + timedelta(hours=begin)
        later = moved(first, promise, (stop, stop + timedelta(hours=length)), OFFICE)
        assert later >= first
        if unit == "CH":
            assert later - first == timedelta(hours=length)
