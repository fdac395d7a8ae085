"""Properties of working time, and agreement with a slow minute-by-minute reference, with and without summer time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxorders.kit.worktime import NeverOpen, WorkCalendar
from tests.kit.slow_clock import MINUTE, Pauses, SlowClock, Windows

DAYS = 6
MONDAYS = {  # the first date of each stretch: ordinary weeks, and weeks around changes of the clock and of the year
    "Asia/Shanghai": [date(2026, 9, 28), date(2026, 12, 29)],
    "America/New_York": [date(2026, 3, 6), date(2026, 10, 30), date(2026, 12, 30)],
    "Europe/London": [date(2026, 3, 27), date(2026, 10, 23)],
    "Australia/Lord_Howe": [date(2026, 4, 3), date(2026, 10, 2)],
}
bounded = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Case:
    """One random office: the quick calendar and the slow one that say the same."""

    quick: WorkCalendar
    slow: SlowClock


def clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def day_windows() -> st.SearchStrategy[Windows]:
    """Up to three windows of a day on quarter hours; the last may end at 24:00."""
    edges = st.lists(st.integers(0, 96), max_size=6, unique=True).map(sorted)
    return edges.map(
        lambda quarters: [
            (clock_text(15 * start), clock_text(15 * end))
            for start, end in zip(quarters[::2], quarters[1::2], strict=False)
        ]
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.sampled_from(sorted(MONDAYS)))
    first = draw(st.sampled_from(MONDAYS[zone]))
    dates = [first + timedelta(days=number) for number in range(DAYS)]
    windows = draw(st.dictionaries(st.integers(0, 6), day_windows(), min_size=3))
    holidays = draw(st.frozensets(st.sampled_from(dates), max_size=2))
    workdays = draw(st.dictionaries(st.sampled_from(dates), day_windows(), max_size=2))
    tz = ZoneInfo(zone)
    return Case(
        WorkCalendar(tz, windows, holidays, workdays),
        SlowClock(tz, first, DAYS, windows, holidays, workdays),
    )


def minutes_of(case: Case) -> st.SearchStrategy[datetime]:
    """An instant inside the stretch, seen from some zone."""
    last = (DAYS - 1) * 24 * 60
    return st.builds(
        lambda number, zone: case.slow.at(number).astimezone(zone),
        st.integers(180, last),
        st.sampled_from([case.quick.tz, UTC, ZoneInfo("Asia/Kathmandu")]),
    )


def pauses_of(case: Case) -> st.SearchStrategy[Pauses]:
    """Pauses in any order that may overlap, be empty or reach out of the stretch."""
    pair = st.tuples(st.integers(-3000, 9000), st.integers(0, 2500))
    return st.lists(pair.map(lambda span: (case.slow.at(span[0]), case.slow.at(span[0] + span[1]))), max_size=3)


def same(left: datetime | None, right: datetime | None) -> bool:
    """Equal instants (PEP 495 lets equal instants in two zones compare unequal inside a repeated hour)."""
    return left is not None and right is not None and left.astimezone(UTC) == right.astimezone(UTC)


@bounded
@given(st.data())
def test_open_and_elapsed_agree_with_the_slow_clock(data: st.DataObject) -> None:
    case = data.draw(cases())
    start, end = data.draw(minutes_of(case)), data.draw(minutes_of(case))
    pauses = data.draw(pauses_of(case))

    assert case.quick.is_open(start) == case.slow.open[case.slow.number(start)]
    assert case.quick.elapsed(start, end, pauses) == case.slow.elapsed(start, end, pauses)


@bounded
@given(st.data())
def test_add_agrees_with_the_slow_clock_forward_and_backward(data: st.DataObject) -> None:
    case = data.draw(cases())
    start, pauses = data.draw(minutes_of(case)), data.draw(pauses_of(case))
    minutes = data.draw(st.integers(-2000, 2000))
    expected = case.slow.add(start, minutes, pauses)

    if expected is not None:
        assert same(case.quick.add(start, minutes * MINUTE, pauses), expected)


@bounded
@given(st.data())
def test_next_open_agrees_and_is_idempotent(data: st.DataObject) -> None:
    case = data.draw(cases())
    at = data.draw(minutes_of(case))
    expected = case.slow.next_open(at)

    if expected is not None:
        found = case.quick.next_open(at)
        assert same(found, expected)
        assert case.quick.is_open(found)
        assert same(case.quick.next_open(found), found)


@bounded
@given(st.data())
def test_working_days_agree_with_counting(data: st.DataObject) -> None:
    case = data.draw(cases().filter(lambda case: any(case.quick.week)))
    after, n = case.slow.first + timedelta(days=data.draw(st.integers(0, 400))), data.draw(st.integers(1, 40))
    found = case.quick.nth_working_day(after, n)

    assert found == case.slow.nth_working_day(after, n)
    assert case.quick.working_days(after + timedelta(days=1), found) == n
    start = datetime(after.year, after.month, after.day, 12, tzinfo=case.quick.tz)
    assert same(case.quick.add_working_days(start, n), case.quick.close_of_business(found))


@bounded
@given(st.data())
def test_elapsed_undoes_add(data: st.DataObject) -> None:
    """Also at odd microseconds, over years, both ways and with pauses."""
    case = data.draw(cases())
    start = data.draw(minutes_of(case)) + data.draw(st.timedeltas(timedelta(), timedelta(days=900)))
    pauses = data.draw(pauses_of(case))
    delta = data.draw(st.timedeltas(timedelta(days=-60), timedelta(days=60)))
    try:
        end = case.quick.add(start, delta, pauses)
    except NeverOpen:
        assert not any(case.quick.week)
        return

    assert case.quick.elapsed(start, end, pauses) == delta
    assert end.tzinfo is case.quick.tz


@bounded
@given(st.data())
def test_adding_more_never_ends_earlier(data: st.DataObject) -> None:
    case = data.draw(cases().filter(lambda case: any(case.quick.week)))
    pauses = data.draw(pauses_of(case))
    early, late = sorted([data.draw(minutes_of(case)), data.draw(minutes_of(case))])
    less, more = sorted(data.draw(st.tuples(*[st.timedeltas(timedelta(days=-3), timedelta(days=3))] * 2)))

    def end(start: datetime, delta: timedelta) -> datetime:
        return case.quick.add(start, delta, pauses).astimezone(UTC)

    assert end(early, less) <= end(early, more)
    assert end(early, more) <= end(late, more)


@cache
def office(zone: str) -> WorkCalendar:
    return WorkCalendar(zone, {day: [("09:00", "12:30"), ("13:30", "18:00")] for day in range(5)})


@bounded
@given(
    zone=st.sampled_from(sorted(MONDAYS)),
    start=st.builds(lambda days: datetime(2024, 1, 1, tzinfo=UTC) + days, st.timedeltas(timedelta(), timedelta(1500))),
    first=st.timedeltas(timedelta(), timedelta(days=200)),
    second=st.timedeltas(timedelta(), timedelta(days=200)),
)
def test_two_steps_are_one_long_step(zone: str, start: datetime, first: timedelta, second: timedelta) -> None:
    calendar = office(zone)

    assert same(calendar.add(calendar.add(start, first), second), calendar.add(start, first + second))
