"""The national calendar (days off and make-up days) and the working windows of units."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from django.db import transaction
from django.db.models import F

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError
from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.models import CalendarDay, Unit, User, WorkRule

Windows = Mapping[str, Sequence[Sequence[str]]]
COLUMNS = ("date", "name", "is_off_day", "notice_year")


class BadCalendarFile(BusinessError):
    """A line of the holiday file cannot be read; nothing was changed."""

    code = "calendar_file"
    zh = "假日文件第 {line} 行不对：{problem}。没有改动任何内容。"
    en = "Line {line} of the holiday file is wrong: {problem}. Nothing was changed."


class BadWindows(BusinessError):
    """The working windows are not in order, overlap, or name an unknown time zone."""

    code = "work_windows"
    zh = "作息时间不对：{problem}。"
    en = "The working windows are wrong: {problem}."


class RuleNeeded(BusinessError):
    """The top of the tree must keep a rule: units below rely on it."""

    code = "work_rule_needed"
    zh = "“{unit}”没有上级可以沿用作息，不能清除。"
    en = "“{unit}” has no unit above it to follow, so its windows cannot be cleared."


@dataclass(frozen=True)
class CalendarLoad:
    """What loading a holiday file did, in days."""

    added: int
    changed: int
    removed: int
    unchanged: int


@transaction.atomic
def load_calendar(source: Path | str | TextIO, *, at: datetime, by: User | None = None) -> CalendarLoad:
    """Make the day table equal the CSV file (date, name, is_off_day, notice_year) for every year the file covers.

    Idempotent: other years stay, a day the file no longer lists goes. Raises BadCalendarFile and changes nothing.
    Effects: the days, new versions of all work rules, a journal row `calendar.loaded` when something changed.
    """
    if isinstance(source, Path | str):
        with Path(source).open(encoding="utf-8-sig", newline="") as stream:
            days = _read(stream)
    else:
        days = _read(source)
    wanted = {day.date: day for day in days}
    years = {day.year for day in wanted}
    present = {day.date: day for day in CalendarDay.objects.all() if day.date.year in years}
    added = [day for date_, day in wanted.items() if date_ not in present]
    changed = [day for date_, day in wanted.items() if date_ in present and _facts(day) != _facts(present[date_])]
    removed = [day.pk for date_, day in present.items() if date_ not in wanted]
    for day in changed:
        day.pk = present[day.date].pk
    CalendarDay.objects.bulk_create(added)
    CalendarDay.objects.bulk_update(changed, ["is_off", "name", "notice_year", "source"])
    CalendarDay.objects.filter(pk__in=removed).delete()
    if added or changed or removed:
        _bump_rules()
        first = CalendarDay.objects.get(date=min(wanted))
        counts = {"added": len(added), "changed": len(changed), "removed": len(removed)}
        record(first, "calendar.loaded", by=by, at=at, years=sorted(years), **counts)
    return CalendarLoad(len(added), len(changed), len(removed), len(wanted) - len(added) - len(changed))


@transaction.atomic
def set_day(day: date, *, is_off: bool, name: str, by: User | None, at: datetime) -> CalendarDay:
    """Make `day` a day off or a make-up working day.

    Effects: the day, new versions of all work rules, a journal row `calendar.day_set`. Due times
    already stored never move (X7).
    """
    row, _created = CalendarDay.objects.update_or_create(
        date=day, defaults={"is_off": is_off, "name": name, "notice_year": day.year, "source": "manual"}
    )
    _bump_rules()
    record(row, "calendar.day_set", by=by, at=at, date=day.isoformat(), is_off=is_off, name=name)
    return row


@transaction.atomic
def drop_day(row: CalendarDay, *, by: User | None, at: datetime) -> None:
    """Let a day follow the ordinary week again.

    Effects: the row goes, new versions of all work rules, a journal row `calendar.day_dropped`.
    """
    record(row, "calendar.day_dropped", by=by, at=at, date=row.date.isoformat(), name=row.name)
    row.delete()
    _bump_rules()


@transaction.atomic
def set_work_rule(
    unit: Unit,
    *,
    windows: Windows,
    by: User | None,
    at: datetime,
    tz: str = "Asia/Shanghai",
    follows_holidays: bool = True,
) -> WorkRule:
    """Give `unit`, and every unit below without an own rule, these working windows.

    `windows`: weekday "0" (Monday) … "6" → pairs of local times ("08:30", "12:00"). Effects: the rule of the unit
    (made on first use, a new version afterwards), a journal row `unit.windows_set`. Raises BadWindows.
    """
    kept = {str(day): [list(pair) for pair in pairs] for day, pairs in sorted(windows.items()) if pairs}
    _check_windows(tz, kept)
    code = f"WR-{unit.code}"
    rule, created = WorkRule.objects.get_or_create(
        code=code,
        defaults={
            "zh": unit.zh,
            "en": unit.en,
            "tz": tz,
            "windows": kept,
            "follows_holidays": follows_holidays,
        },
    )
    if not created:
        rule.tz, rule.windows, rule.follows_holidays, rule.version = tz, kept, follows_holidays, rule.version + 1
        rule.save(update_fields=["tz", "windows", "follows_holidays", "version"])
    unit.work_rule = rule
    unit.save(update_fields=["work_rule"])
    record(unit, "unit.windows_set", by=by, at=at, unit_id=unit.pk, windows=kept, follows_holidays=follows_holidays)
    return rule


@transaction.atomic
def clear_work_rule(unit: Unit, *, by: User | None, at: datetime) -> Unit:
    """Let `unit` follow the windows of the unit above again.

    Effects: the link, a journal row `unit.windows_cleared`. Raises RuleNeeded.
    """
    if unit.parent_id is None:
        raise RuleNeeded(unit=unit.name)
    unit.work_rule = None
    unit.save(update_fields=["work_rule"])
    record(unit, "unit.windows_cleared", by=by, at=at, unit_id=unit.pk)
    return unit


def _bump_rules() -> None:
    """Every calendar kept in memory was built from the former table."""
    WorkRule.objects.update(version=F("version") + 1)


def _check_windows(tz: str, windows: Windows) -> None:
    if not windows:
        raise BadWindows(field="windows", problem="-")
    try:
        WorkCalendar(tz, {int(day): [(pair[0], pair[1]) for pair in pairs] for day, pairs in windows.items()})
    except (ValueError, IndexError) as error:
        raise BadWindows(field="windows", problem=str(error)) from error


def _facts(day: CalendarDay) -> tuple[bool, str, int, str]:
    return (day.is_off, day.name, day.notice_year, day.source)


def _read(stream: TextIO) -> list[CalendarDay]:
    days: dict[date, CalendarDay] = {}
    reader = csv.DictReader(stream)
    try:
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            raise BadCalendarFile(field="file", line=1, problem=", ".join(missing))
        for row in reader:
            day = _parse(row, reader.line_num)
            if day.date in days:
                raise BadCalendarFile(field="file", line=reader.line_num, problem=f"date {day.date}")
            days[day.date] = day
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadCalendarFile(field="file", line=reader.line_num + 1, problem="UTF-8, CSV") from error
    if not days:
        raise BadCalendarFile(field="file", line=2, problem="0")
    return list(days.values())


def _parse(row: dict[str, str], line: int) -> CalendarDay:
    try:
        day, notice_year = date.fromisoformat(row["date"].strip()), int(row["notice_year"])
    except (ValueError, AttributeError, TypeError) as error:
        raise BadCalendarFile(field="file", line=line, problem=str(error)) from error
    off, name = (row["is_off_day"] or "").strip().lower(), (row["name"] or "").strip()
    if off not in ("true", "false"):
        raise BadCalendarFile(field="file", line=line, problem=f"is_off_day {off!r}")
    if not name or len(name) > 60:
        raise BadCalendarFile(field="file", line=line, problem=f"name {name!r}")
    return CalendarDay(date=day, name=name, is_off=off == "true", notice_year=notice_year, source="notice")
