"""Working time by example: the clock oracle M14, ends of windows, pauses, summer time, and what is refused."""

import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cxorders.kit.worktime import CalendarYearMissing, DayKind, NeverOpen, WorkCalendar

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
OFFICE = [("08:30", "12:00"), ("13:30", "17:30")]
WEEK = dict.fromkeys(range(5), OFFICE)
NATIONAL_DAY = frozenset(date(2026, 10, day) for day in range(1, 8))
MAKE_UP = {date(2026, 10, 10): OFFICE}
CALENDAR = WorkCalendar(SHANGHAI, WEEK, NATIONAL_DAY, MAKE_UP, {2026})
HOUR = timedelta(hours=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


RECEIPT, MONDAY = at("2026-09-29 16:30"), at("2026-11-16 09:00")
BREAK = (at("2026-11-16 15:00"), at("2026-11-17 10:00"))


@pytest.mark.parametrize(
    ("receipt", "days", "due"),
    [
        (RECEIPT, 3, at("2026-10-09 17:30")),
        (RECEIPT, 5, at("2026-10-12 17:30")),
        (at("2026-11-14 10:00"), 1, at("2026-11-16 17:30")),
        (at("2026-11-13 18:00"), 1, at("2026-11-16 17:30")),
        (at("2026-10-09 09:00"), 1, at("2026-10-10 17:30")),
        (at("2026-09-24 15:00"), 7, at("2026-10-10 17:30")),  # the call-back window of workflows §1, test (c)
        (at("2026-09-24 15:00"), 15, at("2026-10-21 17:30")),
    ],
)
def test_m14_working_days(receipt: datetime, days: int, due: datetime) -> None:
    assert CALENDAR.add_working_days(receipt, days) == due


def test_m14_working_hours() -> None:
    assert CALENDAR.add(RECEIPT, 4 * HOUR) == at("2026-09-30 11:30")
    assert CALENDAR.elapsed(at("2026-11-16 11:00"), at("2026-11-18 09:30")) == 13.5 * HOUR
    assert CALENDAR.add(MONDAY, 8 * HOUR) == at("2026-11-17 09:30")


def test_m14_pause() -> None:
    assert CALENDAR.elapsed(*BREAK) == 4 * HOUR
    assert CALENDAR.add(MONDAY, 8 * HOUR, [BREAK]) == at("2026-11-17 15:00")
    assert CALENDAR.elapsed(MONDAY, at("2026-11-17 15:00"), [BREAK]) == 8 * HOUR


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [("08:29", False), ("08:30", True), ("11:59", True), ("12:00", False), ("13:30", True), ("17:30", False)],
)
def test_a_window_holds_its_start_and_not_its_end(clock: str, is_open: bool) -> None:
    assert CALENDAR.is_open(at(f"2026-11-16 {clock}")) is is_open


def test_holiday_make_up_day_and_weekend() -> None:
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11)]

    assert [CALENDAR.day_kind(day) for day in days] == [
        DayKind.WORKING,
        DayKind.HOLIDAY,
        DayKind.MAKE_UP,
        DayKind.REST,
    ]
    assert [CALENDAR.is_working_day(day) for day in days] == [True, False, True, False]
    assert [CALENDAR.is_open(at(f"{day} 09:00")) for day in days] == [True, False, True, False]


def test_a_make_up_day_wins_over_a_holiday_and_may_be_closed() -> None:
    day = date(2026, 10, 1)
    worked = WorkCalendar(SHANGHAI, WEEK, {day}, {day: [("09:00", "10:00")]})
    closed = WorkCalendar(SHANGHAI, WEEK, (), {day: []})

    assert worked.elapsed(at("2026-10-01 00:00"), at("2026-10-02 00:00")) == HOUR
    assert (worked.day_kind(day), closed.day_kind(day)) == (DayKind.MAKE_UP, DayKind.REST)
    assert not closed.is_working_day(day)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-16 09:00", "2026-11-16 09:00"),
        ("2026-11-16 12:00", "2026-11-16 13:30"),
        ("2026-11-16 17:30", "2026-11-17 08:30"),
        ("2026-11-21 10:00", "2026-11-23 08:30"),
        ("2026-09-30 17:30", "2026-10-08 08:30"),
    ],
)
def test_next_open(moment: str, opens: str) -> None:
    assert CALENDAR.next_open(at(moment)) == at(opens)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-16 09:00", 3, "2026-11-16 12:00"),  # stays on the end of the window
        ("2026-11-16 08:30", 7.5, "2026-11-16 17:30"),
        ("2026-11-15 10:00", 1, "2026-11-16 09:30"),
        ("2026-11-16 12:00", 0, "2026-11-16 12:00"),
        ("2026-11-15 10:00", 0, "2026-11-15 10:00"),
        ("2026-11-16 09:30", -1, "2026-11-16 08:30"),  # stays on the start of the window
        ("2026-11-16 09:00", -1, "2026-11-13 17:00"),
        ("2026-10-08 08:30", -1, "2026-09-30 16:30"),
    ],
)
def test_add(start: str, hours: float, end: str) -> None:
    assert CALENDAR.add(at(start), hours * HOUR) == at(end)


def test_pauses_may_overlap_be_unsorted_empty_or_outside() -> None:
    pauses = [
        (at("2026-11-16 16:00"), at("2026-11-17 10:00")),
        (at("2026-11-20 09:00"), at("2026-11-20 10:00")),
        BREAK,
        (at("2026-11-16 10:00"), at("2026-11-16 10:00")),
        (at("2026-11-01 00:00"), at("2026-11-02 00:00")),
    ]

    assert CALENDAR.add(MONDAY, 8 * HOUR, pauses) == at("2026-11-17 15:00")
    assert CALENDAR.add(at("2026-11-17 15:00"), -8 * HOUR, pauses) == MONDAY
    assert CALENDAR.elapsed(at("2026-11-17 15:00"), MONDAY, pauses) == -8 * HOUR


def test_a_start_inside_a_pause_counts_from_its_end() -> None:
    assert CALENDAR.add(at("2026-11-16 16:00"), HOUR, [BREAK]) == at("2026-11-17 11:00")
    assert CALENDAR.add(at("2026-11-17 09:00"), -HOUR, [BREAK]) == at("2026-11-16 14:00")


def test_a_pause_beyond_the_covered_years_does_not_matter_before_it() -> None:
    assert CALENDAR.add(MONDAY, HOUR, [(at("2029-01-01 00:00"), at("2029-02-01 00:00"))]) == at("2026-11-16 10:00")


def test_days_keep_the_clock() -> None:
    assert CALENDAR.add_days_keep_clock(at("2026-12-30 17:45"), 15) == at("2027-01-14 17:45")
    assert CALENDAR.add_days_keep_clock(at("2026-01-01 08:00"), -1) == at("2025-12-31 08:00")


def test_working_days_between_two_dates() -> None:
    assert CALENDAR.working_days(date(2026, 9, 28), date(2026, 10, 12)) == 7
    assert CALENDAR.working_days(date(2026, 10, 10), date(2026, 10, 10)) == 1
    assert CALENDAR.working_days(date(2026, 10, 10), date(2026, 10, 9)) == 0
    ordinary = WorkCalendar(SHANGHAI, WEEK)
    assert ordinary.working_days(date(2024, 12, 30), date(2027, 1, 4)) == 526


def test_a_year_without_table_is_refused_by_name() -> None:
    last_day = at("2026-12-31 17:00")

    for ask in (
        lambda: CALENDAR.add_working_days(last_day, 1),
        lambda: CALENDAR.add(last_day, HOUR),
        lambda: CALENDAR.next_open(at("2026-12-31 17:30")),
        lambda: CALENDAR.is_open(at("2027-01-01 00:00")),
        lambda: CALENDAR.elapsed(last_day, at("2027-01-01 00:01")),
        lambda: CALENDAR.working_days(date(2026, 12, 31), date(2027, 1, 1)),
        lambda: CALENDAR.day_kind(date(2027, 1, 1)),
        lambda: CALENDAR.close_of_business(date(2027, 1, 1)),
    ):
        with pytest.raises(CalendarYearMissing, match="2027") as refused:
            ask()
        assert refused.value.year == 2027
    with pytest.raises(CalendarYearMissing, match="2025"):
        CALENDAR.add(at("2026-01-01 08:40"), -HOUR)


def test_the_last_covered_minute_is_answered() -> None:
    assert CALENDAR.add(at("2026-12-31 16:30"), HOUR) == at("2026-12-31 17:30")
    assert CALENDAR.elapsed(at("2026-12-31 16:30"), at("2027-01-01 00:00")) == HOUR
    assert CALENDAR.add_working_days(at("2025-12-31 16:30"), 1) == at("2026-01-01 17:30")


def test_the_local_date_of_the_office_decides() -> None:
    """20:00 in London is already the next day in Shanghai."""
    received = at("2026-11-16 20:00", ZoneInfo("Europe/London"))

    assert CALENDAR.local_date(received) == date(2026, 11, 17)
    assert CALENDAR.add_working_days(received, 1) == at("2026-11-18 17:30")


ROUND_THE_CLOCK = {day: [("00:00", "24:00")] for day in range(7)}


def test_days_of_23_and_25_hours() -> None:
    always = WorkCalendar(NEW_YORK, ROUND_THE_CLOCK)

    spring = always.elapsed(at("2026-03-08 00:00", NEW_YORK), at("2026-03-09 00:00", NEW_YORK))
    autumn = always.elapsed(at("2026-11-01 00:00", NEW_YORK), at("2026-11-02 00:00", NEW_YORK))

    assert (spring, autumn) == (23 * HOUR, 25 * HOUR)


def test_windows_over_a_change_of_the_clock_have_their_real_length() -> None:
    spring, autumn = date(2026, 3, 8), date(2026, 11, 1)
    lengths = {}
    for window in [("01:00", "04:00"), ("02:15", "02:45"), ("02:30", "04:00"), ("01:30", "05:00"), ("01:15", "01:45")]:
        calendar = WorkCalendar(NEW_YORK, {6: [window]})
        lengths[window] = [
            calendar.elapsed(at(f"{day} 00:00", NEW_YORK), at(f"{day} 23:00", NEW_YORK)) / HOUR
            for day in (spring, autumn)
        ]

    assert lengths == {
        ("01:00", "04:00"): [2, 4],
        ("02:15", "02:45"): [0, 0.5],
        ("02:30", "04:00"): [1, 1.5],
        ("01:30", "05:00"): [2.5, 4.5],
        ("01:15", "01:45"): [0.5, 0.5],
    }


def test_keeping_the_clock_over_a_change_of_the_clock() -> None:
    calendar = WorkCalendar(NEW_YORK, WEEK)
    repeated = at("2026-11-01 01:30", NEW_YORK).replace(fold=1)

    skipped = calendar.add_days_keep_clock(at("2026-03-07 02:30", NEW_YORK), 1)
    twice = calendar.add_days_keep_clock(at("2026-10-31 01:30", NEW_YORK), 1)

    assert skipped.astimezone(UTC) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert twice.astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert calendar.add_days_keep_clock(repeated, 0).astimezone(UTC) == repeated.astimezone(UTC)


def test_results_are_in_the_zone_of_the_office() -> None:
    result = CALENDAR.add(MONDAY.astimezone(UTC), HOUR)

    assert (result.isoformat(), result.tzinfo) == ("2026-11-16T10:00:00+08:00", SHANGHAI)


def test_standard_day_is_the_commonest_length() -> None:
    saturday_too = WorkCalendar(SHANGHAI, WEEK | {5: [("09:00", "12:00")]})
    all_differ = WorkCalendar(SHANGHAI, {0: [("09:00", "12:00")], 1: [("09:00", "13:00")]})

    assert (saturday_too.standard_day, all_differ.standard_day) == (7.5 * HOUR, 4 * HOUR)
    with pytest.raises(ValueError, match="no standard working day"):
        _ = WorkCalendar(SHANGHAI, {}).standard_day


def test_an_office_that_never_opens_says_so() -> None:
    one_day = WorkCalendar(SHANGHAI, {}, workdays={date(2026, 10, 10): OFFICE})
    never = WorkCalendar(SHANGHAI, {})

    assert one_day.next_open(at("2020-01-01 00:00")) == at("2026-10-10 08:30")
    assert one_day.add(at("2030-01-01 00:00"), -HOUR) == at("2026-10-10 16:30")
    assert never.elapsed(at("2020-01-01 00:00"), at("2022-01-01 00:00")) == timedelta()
    for ask in (
        lambda: one_day.next_open(at("2026-10-11 00:00")),
        lambda: one_day.add(at("2026-10-10 09:00"), -HOUR),
        lambda: never.add(MONDAY, HOUR),
        lambda: never.add(MONDAY, -HOUR),
        lambda: never.add_working_days(MONDAY, 1),
        lambda: CALENDAR_OF_ALL_YEARS.add(MONDAY, timedelta(days=999_999)),
    ):
        with pytest.raises(NeverOpen):
            ask()


CALENDAR_OF_ALL_YEARS = WorkCalendar(SHANGHAI, {0: [("09:00", "09:01")]})


def test_calendars_are_values() -> None:
    twin = WorkCalendar("Asia/Shanghai", WEEK, list(NATIONAL_DAY), MAKE_UP, [2026])

    assert (twin, hash(twin)) == (CALENDAR, hash(CALENDAR))
    assert twin != WorkCalendar(SHANGHAI, WEEK)
    assert pickle.loads(pickle.dumps(CALENDAR)) == CALENDAR  # noqa: S301 - our own bytes
    with pytest.raises(AttributeError):
        twin.years = None  # type: ignore[misc]


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        ({0: [("8:30", "12:00")]}, r"windows\[0\]: '8:30' is not a clock time"),
        ({0: [("08:30", "12:60")]}, r"windows\[0\]: '12:60' is not a clock time"),
        ({0: [("24:00", "24:00")]}, "'24:00' is not a clock time"),
        ({0: [(830, "12:00")]}, "830 is not a clock time"),
        ({0: [("08:30", "25:00")]}, "'25:00' is not a clock time"),
        ({1: [("12:00", "12:00")]}, r"windows\[1\]: 12:00 does not come before 12:00"),
        ({1: [("13:00", "12:00")]}, "13:00 does not come before 12:00"),
        ({2: [("08:00", "12:00"), ("11:59", "17:00")]}, r"windows\[2\]: windows overlap or are not in order"),
        ({2: [("13:00", "17:00"), ("08:00", "12:00")]}, "overlap or are not in order"),
        ({3: ["08:30"]}, "is not a pair of clock times"),
        ({3: [("08:30", "12:00", "13:30")]}, "is not a pair of clock times"),
        ({7: OFFICE}, "7 is not a weekday"),
        ({"0": OFFICE}, "'0' is not a weekday"),
    ],
)
def test_wrong_windows_are_refused_by_name(windows: dict[int, list[tuple[str, str]]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WorkCalendar(SHANGHAI, windows)


def test_other_wrong_tables_are_refused_by_name() -> None:
    midnight = at("2026-10-01 00:00")

    with pytest.raises(ValueError, match="holidays: .* is not a date"):
        WorkCalendar(SHANGHAI, WEEK, {midnight})
    with pytest.raises(ValueError, match="workdays: .* is not a date"):
        WorkCalendar(SHANGHAI, WEEK, workdays={midnight: OFFICE})
    with pytest.raises(ValueError, match=r"workdays\[2026-10-10\]: 17:30 does not come before 08:30"):
        WorkCalendar(SHANGHAI, WEEK, workdays={date(2026, 10, 10): [("17:30", "08:30")]})
    with pytest.raises(ValueError, match="years: '2026' is not a year"):
        WorkCalendar(SHANGHAI, WEEK, years=["2026"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="'Asia/Nowhere' is not a time zone"):
        WorkCalendar("Asia/Nowhere", WEEK)


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        CALENDAR.is_open(MONDAY.replace(tzinfo=None))
    with pytest.raises(ValueError, match="a pause ends before it starts"):
        CALENDAR.elapsed(MONDAY, MONDAY, [(BREAK[1], BREAK[0])])
    with pytest.raises(ValueError, match="0 is not a number of working days"):
        CALENDAR.add_working_days(MONDAY, 0)
    with pytest.raises(ValueError, match="2026-11-15 is not a working day"):
        CALENDAR.close_of_business(date(2026, 11, 15))
