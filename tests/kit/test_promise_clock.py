"""Promise clocks: the oracle M14, each unit, pauses, and the explanation that a page shows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxorders.kit.promise_clock import Amount, Step, StepKind, due_at, explain
from cxorders.kit.worktime import CalendarYearMissing, DayKind, WorkCalendar

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
OFFICE = [("08:30", "12:00"), ("13:30", "17:30")]
WEEK = dict.fromkeys(range(5), OFFICE)
CALENDAR = WorkCalendar(
    SHANGHAI, WEEK, [date(2026, 10, day) for day in range(1, 8)], {date(2026, 10, 10): OFFICE}, {2026}
)
HOUR = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


RECEIPT = at("2026-09-29 16:30")


@pytest.mark.parametrize(
    ("start", "value", "unit", "due"),
    [
        ("2026-09-29 16:30", 3, "WD", "2026-10-09 17:30"),
        ("2026-09-29 16:30", 5, "WD", "2026-10-12 17:30"),
        ("2026-09-29 16:30", 3, "CD", "2026-10-03 00:00"),
        ("2026-09-29 16:30", 48, "CH", "2026-10-01 16:30"),
        ("2026-09-29 16:30", 4, "WH", "2026-09-30 11:30"),
        ("2026-11-14 10:00", 1, "WD", "2026-11-16 17:30"),
        ("2026-10-09 09:00", 1, "WD", "2026-10-10 17:30"),
        ("2026-11-16 09:00", 8, "WH", "2026-11-17 09:30"),
    ],
)
def test_m14(start: str, value: int, unit: str, due: str) -> None:
    assert due_at(at(start), value, unit, CALENDAR) == at(due)


@pytest.mark.parametrize(
    ("start", "value", "unit", "due"),
    [
        ("2026-12-31 23:50", 15, "MIN", "2027-01-01 00:05"),
        ("2026-10-01 02:00", 0.5, "CH", "2026-10-01 02:30"),
        ("2026-11-16 09:00", 0.5, "WD", "2026-11-16 14:15"),  # 3.75 WH
        ("2026-11-14 10:00", Decimal("0.5"), "WD", "2026-11-16 13:45"),
        ("2026-11-16 09:00", 2.5, "WD", "2026-11-19 13:45"),  # close of business of day 2, then 3.75 WH
        ("2026-12-30 09:00", 30, "CD", "2027-01-30 00:00"),
        ("2026-01-31 09:00", 1, "MONTH", "2026-03-01 00:00"),
        ("2026-11-30 09:00", 12, "MONTH", "2027-12-01 00:00"),
        ("2026-12-15 09:00", 1, "MONTH", "2027-01-16 00:00"),
    ],
)
def test_units(start: str, value: Amount, unit: str, due: str) -> None:
    assert due_at(at(start), value, unit, CALENDAR) == at(due)


def test_hours_are_real_hours_where_the_clock_changes() -> None:
    calendar = WorkCalendar(NEW_YORK, WEEK)
    evening = at("2026-03-07 18:00", NEW_YORK)

    assert due_at(evening, 24, "CH", calendar) == at("2026-03-08 19:00", NEW_YORK)
    assert due_at(evening, 1, "CD", calendar) == at("2026-03-09 00:00", NEW_YORK)


def test_a_due_day_off_rolls_only_when_asked() -> None:
    """The second day after 29 September is National Day; the next working day is 8 October."""
    assert due_at(RECEIPT, 2, "CD", CALENDAR) == at("2026-10-02 00:00")
    assert due_at(RECEIPT, 2, "CD", CALENDAR, roll=True) == at("2026-10-09 00:00")
    assert due_at(RECEIPT, 1, "CD", CALENDAR, roll=True) == at("2026-10-01 00:00")
    assert due_at(at("2026-09-03 09:00"), 1, "MONTH", CALENDAR, roll=True) == at("2026-10-09 00:00")


PAUSE = (at("2026-11-16 15:00"), at("2026-11-17 10:00"))  # 4 hours of work, 19 hours of the day


@pytest.mark.parametrize(
    ("value", "unit", "due"),
    [
        (8, "WH", "2026-11-17 15:00"),
        (1, "WD", "2026-11-18 14:00"),
        (0.5, "WD", "2026-11-16 14:15"),  # over before the pause begins
        (24, "CH", "2026-11-18 04:00"),
        (90, "MIN", "2026-11-16 10:30"),
        (1, "CD", "2026-11-18 19:00"),
    ],
)
def test_a_pause_moves_the_due_time_by_what_it_took_from_the_clock(value: Amount, unit: str, due: str) -> None:
    assert due_at(at("2026-11-16 09:00"), value, unit, CALENDAR, pauses=[PAUSE]) == at(due)


def test_a_second_pause_inside_the_time_so_won_counts_too() -> None:
    second = (at("2026-11-18 09:00"), at("2026-11-18 10:00"))

    assert due_at(at("2026-11-16 09:00"), 1, "WD", CALENDAR, pauses=[second, PAUSE]) == at("2026-11-18 15:00")


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        (1, "WEEK", "'WEEK' is not a valid Unit"),
        (0, "WD", "0 is not the length of a promise"),
        (-1, "CH", "-1 is not the length"),
        (float("nan"), "CH", "nan is not the length"),
        (10**9, "CD", "1000000000 is not the length"),
        (1.5, "CD", "counts whole units only"),
        (0.5, "MONTH", "counts whole units only"),
    ],
)
def test_what_is_no_promise_is_refused(value: Amount, unit: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        due_at(RECEIPT, value, unit, CALENDAR)


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        due_at(RECEIPT.replace(tzinfo=None), 1, "CH", CALENDAR)


def test_working_time_beyond_the_holiday_table_is_refused_and_natural_time_is_not() -> None:
    december = at("2026-12-31 17:00")

    for unit in ("WD", "WH"):
        with pytest.raises(CalendarYearMissing, match="2027"):
            due_at(december, 1, unit, CALENDAR)
    with pytest.raises(CalendarYearMissing, match="2027"):
        due_at(december, 1, "CD", CALENDAR, roll=True)
    assert due_at(december, 1, "CD", CALENDAR) == at("2027-01-02 00:00")
    assert [step.day_kind for step in explain(december, 1, "CD", CALENDAR).steps] == [DayKind.WORKING, None, None]


def lines(steps: tuple[Step, ...]) -> list[tuple[object, ...]]:
    """Each step as the values it carries."""
    return [
        (step.kind.value, f"{step.day:%m-%d}", *(v for v in (step.number, step.amount, step.day_kind) if v is not None))
        for step in steps
    ]


def test_why_of_working_days() -> None:
    why = explain(RECEIPT, 3, "WD", CALENDAR)

    assert why.due == why.due_without_pauses == at("2026-10-09 17:30")
    assert lines(why.steps) == [
        ("receipt", "09-29", DayKind.WORKING),
        ("counted", "09-30", 1, DayKind.WORKING),
        *[("skipped", f"10-0{day}", DayKind.HOLIDAY) for day in range(1, 8)],
        ("counted", "10-08", 2, DayKind.WORKING),
        ("counted", "10-09", 3, DayKind.WORKING),
        ("due", "10-09"),
    ]


def test_why_of_a_make_up_day_and_a_half() -> None:
    why = explain(at("2026-10-09 09:00"), 1.5, "WD", CALENDAR)

    assert lines(why.steps) == [
        ("receipt", "10-09", DayKind.WORKING),
        ("counted", "10-10", 1, DayKind.MAKE_UP),
        ("run", "10-10", 3.75 * HOUR),
        ("due", "10-12"),
    ]
    assert (why.steps[2].at, why.steps[2].until) == (at("2026-10-10 17:30"), at("2026-10-12 13:45"))


def test_why_of_working_hours_with_a_pause() -> None:
    far = (at("2026-12-01 09:00"), at("2026-12-02 09:00"))
    why = explain(at("2026-11-13 17:00"), 8, "WH", CALENDAR, pauses=[far, PAUSE])

    assert (why.due_without_pauses, why.due) == (at("2026-11-16 17:30"), at("2026-11-17 14:00"))
    assert lines(why.steps) == [
        ("receipt", "11-13", DayKind.WORKING),
        ("counted", "11-13", 0.5 * HOUR, DayKind.WORKING),
        ("skipped", "11-14", DayKind.REST),
        ("skipped", "11-15", DayKind.REST),
        ("counted", "11-16", 5 * HOUR, DayKind.WORKING),
        ("counted", "11-17", 2.5 * HOUR, DayKind.WORKING),
        ("pause", "11-16", 4 * HOUR),
        ("due", "11-17"),
    ]


def test_why_of_a_day_that_ends_at_midnight() -> None:
    late = WorkCalendar(SHANGHAI, {day: [("12:00", "24:00")] for day in range(7)})

    assert lines(explain(at("2026-11-16 09:00"), 12, "WH", late).steps) == [
        ("receipt", "11-16", DayKind.WORKING),
        ("counted", "11-16", 12 * HOUR, DayKind.WORKING),
        ("due", "11-17"),
    ]


def test_why_of_natural_time() -> None:
    hours = explain(at("2026-11-16 09:00"), 24, "CH", CALENDAR, pauses=[PAUSE])
    months = explain(at("2026-09-03 09:00"), 1, "MONTH", CALENDAR, roll=True)

    assert lines(hours.steps) == [
        ("receipt", "11-16", DayKind.WORKING),
        ("run", "11-16", 24 * HOUR),
        ("pause", "11-16", 19 * HOUR),
        ("due", "11-18"),
    ]
    assert [line[:2] for line in lines(months.steps)] == [
        ("receipt", "09-03"),
        ("run", "09-03"),
        ("rolled", "10-08"),
        ("due", "10-09"),
    ]


spans = st.tuples(st.integers(0, 20_000), st.integers(0, 5_000))


@settings(max_examples=150, deadline=None)
@given(
    start=st.integers(0, 60_000),
    value=st.decimals("0.25", 12, places=2),
    more=st.decimals(0, 3, places=2),
    unit=st.sampled_from(["MIN", "CH", "WH", "WD"]),
    pauses=st.lists(spans, max_size=3),
)
def test_longer_promises_later_starts_and_pauses_never_bring_the_due_time_forward(
    start: int, value: Decimal, more: Decimal, unit: str, pauses: list[tuple[int, int]]
) -> None:
    origin = at("2026-08-31 00:00")
    received = origin + timedelta(minutes=start)
    breaks = [
        (received + timedelta(minutes=begin), received + timedelta(minutes=begin + length)) for begin, length in pauses
    ]
    calendar = WorkCalendar(SHANGHAI, WEEK, CALENDAR.holidays, {date(2026, 10, 10): OFFICE})

    why = explain(received, value, unit, calendar, pauses=breaks)

    assert received < why.due_without_pauses <= why.due
    assert why.due_without_pauses == due_at(received, value, unit, calendar)
    assert why.due <= due_at(received, value + more, unit, calendar, pauses=breaks)
    assert why.due_without_pauses <= due_at(received + timedelta(hours=5), value, unit, calendar)
    counted = [step.number for step in why.steps if step.kind is StepKind.COUNTED and step.number]
    assert counted == list(range(1, int(value) + 1 if unit == "WD" else 1))
