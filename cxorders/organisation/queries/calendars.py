"""Working calendars of units."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from cxorders.kit.errors import BusinessError
from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.models import PATH_STEP, CalendarDay, Unit, WorkRule


class CalendarMissing(BusinessError):
    """A limit in working days reaches a year whose holiday table nobody has entered yet; it is never guessed."""

    code = "calendar_year_missing"
    zh = "{year} 年的放假安排还没有录入，工作日时限无法计算。请管理员在“工作日历”录入后再提交；您填写的内容还在。"
    en = (
        "The public holidays of {year} have not been entered, so limits in working days cannot be computed. "
        "Ask an administrator to enter them in the working calendar, then submit again; what you typed is kept."
    )
    status = 409


def calendar_for(unit: Unit) -> WorkCalendar:
    """The working calendar of `unit`: its own windows or the nearest ones above it, with the national table.

    One query; the calendar itself is kept per process and rebuilt when the version of the rule moves, which every
    change of the rule or of the day table does (stored due times stay, X7).
    Raises WorkRule.DoesNotExist when no unit up to the root names a rule.
    """
    nearest = Unit.objects.above(unit).filter(work_rule__isnull=False).order_by("-path")
    stamp = nearest.values_list("work_rule_id", "work_rule__version").first()
    if stamp is None:
        raise WorkRule.DoesNotExist(unit.code)
    return _calendar(*stamp)


def calendars_for(units: Iterable[Unit]) -> dict[int, WorkCalendar]:
    """Unit key → its working calendar, as `calendar_for`, for all units of a page in one query.

    Raises WorkRule.DoesNotExist when one of them has no rule up to the root.
    """
    wanted = {unit.pk: unit for unit in units}
    steps = {unit.path[:end] for unit in wanted.values() for end in range(PATH_STEP, len(unit.path) + 1, PATH_STEP)}
    holders = Unit.objects.filter(path__in=sorted(steps), work_rule__isnull=False).order_by("path")
    stamps = {path: stamp for path, *stamp in holders.values_list("path", "work_rule_id", "work_rule__version")}
    found = {}
    for unit in wanted.values():
        nearest = max((path for path in stamps if unit.path.startswith(path)), default=None)
        if nearest is None:
            raise WorkRule.DoesNotExist(unit.code)
        found[unit.pk] = _calendar(*stamps[nearest])
    return found


def forget_calendars() -> None:
    """Empty the memory of this process; for tests, where keys and versions come back after a rollback."""
    _calendar.cache_clear()


@lru_cache(maxsize=512)
def _calendar(rule_id: int, version: int) -> WorkCalendar:
    """Calendar of one version of one rule (the version is only part of the key)."""
    rule = WorkRule.objects.get(pk=rule_id)
    windows = tuple(
        (int(day), tuple((start, end) for start, end in pairs)) for day, pairs in sorted(rule.windows.items())
    )
    table = tuple(CalendarDay.objects.values_list("date", "is_off")) if rule.follows_holidays else None
    return _build(rule.tz, windows, table)


Week = tuple[tuple[int, tuple[tuple[str, str], ...]], ...]


@lru_cache(maxsize=64)
def _build(tz: str, week: Week, table: tuple[tuple[date, bool], ...] | None) -> WorkCalendar:
    """Calendar of these windows; units with equal windows share one. A `table` of None ignores public holidays.

    A make-up day is worked like an ordinary one: the windows of the first day from Monday that has any.
    """
    windows = dict(week)
    if table is None:
        return WorkCalendar(tz, windows)
    ordinary = next((windows[day] for day in range(7) if windows.get(day)), ())
    return WorkCalendar(
        tz,
        windows,
        holidays=frozenset(day for day, off in table if off),
        workdays={day: ordinary for day, off in table if not off},
        years=frozenset(day.year for day, _ in table),
    )


def work_rule_of(unit: Unit) -> tuple[WorkRule, Unit] | None:
    """The windows `unit` works by and the unit they belong to (itself or one above it); None when nobody set any."""
    holder = (
        Unit.objects.above(unit).filter(work_rule__isnull=False).select_related("work_rule").order_by("-path").first()
    )
    return (holder.work_rule, holder) if holder is not None and holder.work_rule is not None else None
