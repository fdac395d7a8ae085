"""Holidays, make-up days and working windows."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxorders.journal.models import Entry
from cxorders.kit.worktime import CalendarYearMissing, DayKind
from cxorders.organisation.actions import (
    CalendarLoad,
    clear_work_rule,
    drop_day,
    load_calendar,
    set_day,
    set_work_rule,
)
from cxorders.organisation.actions.calendars import BadCalendarFile, BadWindows, RuleNeeded
from cxorders.organisation.models import CalendarDay, Unit, WorkRule
from cxorders.organisation.queries import calendar_for, calendars_for
from tests.factories.organisation import HOLIDAYS, OFFICE_WEEK, World, a_group, department_in

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def test_the_national_table_loads_once() -> None:
    assert load_calendar(HOLIDAYS, at=NOW) == CalendarLoad(added=141, changed=0, removed=0, unchanged=0)
    assert load_calendar(HOLIDAYS, at=NOW) == CalendarLoad(added=0, changed=0, removed=0, unchanged=141)
    assert Entry.objects.filter(verb="calendar.loaded").count() == 1


def test_the_file_is_right_about_its_years(tmp_path: Path) -> None:
    load_calendar(HOLIDAYS, at=NOW)
    kept = CalendarDay.objects.exclude(date__year=2026).count()
    file = tmp_path / "days.csv"
    file.write_text("date,name,is_off_day,notice_year\n2026-01-01,新年,True,2026\n2026-07-01,纪念日,True,2026\n")

    assert load_calendar(file, at=NOW) == CalendarLoad(added=1, changed=1, removed=38, unchanged=0)
    assert list(CalendarDay.objects.filter(date__year=2026).values_list("date", "name")) == [
        (date(2026, 1, 1), "新年"),
        (date(2026, 7, 1), "纪念日"),
    ]
    assert CalendarDay.objects.exclude(date__year=2026).count() == kept


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("date,name,is_off_day\n2026-01-01,元旦,True\n", 1),
        ("date,name,is_off_day,notice_year\n2026-01-01,元旦,True,2026\n2026-02-30,x,True,2026\n", 3),
        ("date,name,is_off_day,notice_year\n2026-01-01,元旦,maybe,2026\n", 2),
        ("date,name,is_off_day,notice_year\n2026-01-01,,True,2026\n", 2),
        ("date,name,is_off_day,notice_year\n2026-01-01,元旦,True,soon\n", 2),
        ("date,name,is_off_day,notice_year\n2026-01-01,a,True,2026\n2026-01-01,b,True,2026\n", 3),
        ("date,name,is_off_day,notice_year\n", 2),
    ],
)
def test_a_bad_file_names_the_line_and_changes_nothing(tmp_path: Path, lines: str, line: int) -> None:
    file = tmp_path / "days.csv"
    file.write_text(lines)
    with pytest.raises(BadCalendarFile) as refusal:
        load_calendar(file, at=NOW)

    assert refusal.value.values["line"] == line
    assert CalendarDay.objects.count() == 0


def test_a_make_up_saturday_is_worked_and_a_holiday_is_not(world: World) -> None:
    calendar = calendar_for(world.team)

    assert calendar.day_kind(date(2026, 2, 14)) is DayKind.MAKE_UP  # Saturday before Spring Festival 2026
    assert calendar.day_kind(date(2026, 2, 17)) is DayKind.HOLIDAY
    assert calendar.day_kind(date(2026, 3, 7)) is DayKind.REST
    assert calendar.is_open(local(2026, 2, 14, 9))
    assert not calendar.is_open(local(2026, 2, 17, 9))


def test_nobody_works_over_lunch(world: World) -> None:
    calendar = calendar_for(world.team)

    assert not calendar.is_open(local(2026, 3, 2, 12, 30))
    assert calendar.add(local(2026, 3, 2, 11, 30), HOUR) == local(2026, 3, 2, 14)
    assert calendar.elapsed(local(2026, 3, 2, 8), local(2026, 3, 2, 20)) == 7.5 * HOUR


def test_three_working_days_over_spring_festival(world: World) -> None:
    """15–23 February 2026 are off, 14 and 28 February are worked."""
    calendar = calendar_for(world.team)

    assert calendar.add_working_days(local(2026, 2, 13, 16), 3) == local(2026, 2, 25, 17, 30)


def test_a_year_without_a_table_is_not_guessed(world: World) -> None:
    with pytest.raises(CalendarYearMissing) as missing:
        calendar_for(world.team).add_working_days(local(2026, 12, 30), 5)
    assert missing.value.year == 2027


def test_the_nearest_windows_count(world: World) -> None:
    hall = department_in(world.company, "D-HALL")
    company_week = {str(day): [["09:00", "18:00"]] for day in range(5)}
    hall_week = {str(day): [["08:00", "20:00"]] for day in range(7)}
    set_work_rule(world.company, windows=company_week, by=None, at=NOW)
    set_work_rule(hall, windows=hall_week, by=None, at=NOW)
    monday, sunday = (local(2026, 3, 2), local(2026, 3, 3)), (local(2026, 3, 8), local(2026, 3, 9))

    hours = {
        unit.code: (calendar_for(unit).elapsed(*monday) / HOUR, calendar_for(unit).elapsed(*sunday) / HOUR)
        for unit in (world.team, hall, department_in(world.company, "D-ENG"), world.company, world.other, world.group)
    }

    assert hours == {
        "A-D-HALL-1": (12, 12), "A-D-HALL": (12, 12), "A-D-ENG": (9, 0), "A": (9, 0), "B": (7.5, 0), "G": (7.5, 0),
    }  # fmt: skip


def test_an_emergency_crew_works_through_the_holidays(world: World) -> None:
    around_the_clock = {str(day): [["00:00", "24:00"]] for day in range(7)}
    crew = department_in(world.company, "D-OPS")
    set_work_rule(crew, windows=around_the_clock, by=None, at=NOW, follows_holidays=False)

    assert calendar_for(crew).is_open(local(2026, 2, 17, 3))
    assert calendar_for(crew).is_open(local(2031, 1, 1, 3))


def test_windows_change_and_go_again(world: World) -> None:
    before = calendar_for(world.team)
    set_work_rule(world.company, windows={"0": [["09:00", "10:00"]]}, by=world.supervisor, at=NOW)
    set_work_rule(world.company, windows={"0": [["09:00", "11:00"]]}, by=world.supervisor, at=NOW)
    assert calendar_for(world.team).standard_day == 2 * HOUR

    clear_work_rule(world.company, by=world.supervisor, at=NOW)
    assert calendar_for(world.team) == before
    assert list(Entry.objects.filter(subject_id=world.company.pk).order_by("pk").values_list("verb", flat=True)) == [
        "unit.opened", "unit.windows_set", "unit.windows_set", "unit.windows_cleared",
    ]  # fmt: skip
    with pytest.raises(RuleNeeded):
        clear_work_rule(world.group, by=None, at=NOW)


@pytest.mark.parametrize(
    "windows",
    [
        {},
        {"0": []},
        {"7": [["09:00", "10:00"]]},
        {"0": [["10:00", "09:00"]]},
        {"0": [["09:00", "12:00"], ["11:00", "13:00"]]},
        {"0": [["09:00"]]},
        {"0": [["9", "x"]]},
    ],
)
def test_wrong_windows_are_refused(world: World, windows: dict[str, list[list[str]]]) -> None:
    with pytest.raises(BadWindows):
        set_work_rule(world.company, windows=windows, by=None, at=NOW)
    assert Unit.objects.get(pk=world.company.pk).work_rule is None


def test_an_unknown_zone_is_refused(world: World) -> None:
    with pytest.raises(BadWindows):
        set_work_rule(world.company, windows=OFFICE_WEEK, tz="Mars/Olympus", by=None, at=NOW)


def test_a_changed_day_is_seen_at_once(world: World) -> None:
    assert calendar_for(world.team).is_open(local(2026, 3, 2, 9))
    row = set_day(date(2026, 3, 2), is_off=True, name="停水放假", by=None, at=NOW)
    assert not calendar_for(world.team).is_open(local(2026, 3, 2, 9))

    set_day(date(2026, 3, 2), is_off=False, name="照常", by=None, at=NOW)
    assert calendar_for(world.team).is_open(local(2026, 3, 2, 9))

    drop_day(row, by=None, at=NOW)
    assert calendar_for(world.team).day_kind(date(2026, 3, 2)) is DayKind.WORKING


def test_a_calendar_costs_one_query(world: World) -> None:
    calendar_for(world.team)
    with CaptureQueriesContext(connection) as queries:
        assert calendar_for(world.team) is calendar_for(department_in(world.company, "D-HALL"))
    assert len(queries) == 3  # one for each calendar, one for the department


def test_the_calendars_of_a_page_cost_one_query(world: World) -> None:
    hall = department_in(world.company, "D-HALL")
    set_work_rule(hall, windows={"6": [["09:00", "10:00"]]}, by=None, at=NOW)
    units = [world.team, hall, world.company, world.other]
    alone = {unit.pk: calendar_for(unit) for unit in units}
    with CaptureQueriesContext(connection) as queries:
        together = calendars_for(units)

    assert together == alone
    assert len(queries) == 1


def test_a_tree_without_windows_says_so() -> None:
    group = a_group()
    Unit.objects.update(work_rule=None)
    with pytest.raises(WorkRule.DoesNotExist):
        calendar_for(group)
    with pytest.raises(WorkRule.DoesNotExist):
        calendars_for([group])
