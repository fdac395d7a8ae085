"""Promises, lateness and durations of stages as people read them: ≤3 天, 第 7–15 工作日, 晚 12 天, 当日."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxorders.kit.formats import date_prose, duration, half_up
from cxorders.kit.worktime import WorkCalendar
from touchpoints.orders.promises import Promise

DAYS = ("CD", "WD", "MONTH")
"""clocks whose lateness is told in days"""
INSTANT = timedelta(microseconds=1)
NEAR = timedelta(days=1)
"""less than this before the due time is near, for promises in days"""


def figure(value: object) -> str:
    """A number without needless decimals: 3, 0.5."""
    return f"{float(str(value)):g}"


def amount(value: object, unit: str) -> str:
    """A value with its unit: 3 天, 1 工作日, 20 分钟."""
    text = {"n": figure(value)}
    count = 1 if figure(value) == "1" else 2
    match unit:
        case "MIN":
            return ngettext("%(n)s 分钟", "%(n)s 分钟", count) % text
        case "CH":
            return ngettext("%(n)s 小时", "%(n)s 小时", count) % text
        case "CD":
            return ngettext("%(n)s 天", "%(n)s 天", count) % text
        case "WD":
            return ngettext("%(n)s 工作日", "%(n)s 工作日", count) % text
        case "WH":
            return ngettext("%(n)s 工作时", "%(n)s 工作时", count) % text
        case "MONTH":
            return ngettext("%(n)s 个月", "%(n)s 个月", count) % text
        case "SEC":
            return ngettext("%(n)s 秒", "%(n)s 秒", count) % text
        case "RINGS":
            return ngettext("%(n)s 声铃响", "%(n)s 声铃响", count) % text
        case _other:
            return figure(value)


def promise_text(promise: Promise) -> str:
    """What was promised: ≤3 天, 第 7–15 工作日, 约定时间 ±15 分钟, 提前 72 小时, 每 12 个月一次, 按合同."""
    if promise.kind == "manual" or promise.value is None:
        return _("按合同约定")
    if promise.kind == "window":
        first, last = promise.value
        span = f"{figure(first)}–{figure(last)}"
        if promise.unit == "WD":
            return _("第 %(span)s 工作日") % {"span": span}
        return _("第 %(first)s 至 %(last)s") % {"first": figure(first), "last": amount(last, promise.unit)}
    said = {"amount": amount(promise.value, promise.unit)}
    if promise.kind == "tolerance":
        return _("约定时间 ±%(amount)s") % said
    if promise.kind == "ahead":
        return _("提前 %(amount)s") % said
    if promise.kind == "cycle":
        return _("每 %(amount)s 一次") % said
    return _("≤%(amount)s") % said


def days_between(first: datetime, last: datetime) -> int:
    """How many local days `last` is after `first`."""
    return (timezone.localdate(last) - timezone.localdate(first)).days


def due_day(due: datetime) -> datetime:
    """A moment on the last day a due time allows: 24:00 belongs to the day that ends."""
    return due - INSTANT


def due_text(due: datetime) -> str:
    """A due time in a sentence: 11 月 25 日（三）17:30; the end of a day is its 24:00, not the 0:00 of the next."""
    local = timezone.localtime(due)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return date_prose(due)
    return _("%(day)s24:00") % {"day": date_prose(due_day(local).date())}


def late_by(promise: Promise, due: datetime, end: datetime) -> str:
    """How far `end` is past `due`, without a verb: 12 天, 3 时 05 分."""
    days = days_between(due_day(due), end) if promise.unit in DAYS else 0
    if days >= 1:
        return ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days}
    return duration(max(end - due, timedelta(minutes=1)))


def left_until(due: datetime, now: datetime) -> str:
    """How long until `due`: 还有 5 天, 还有 1 时 40 分."""
    days = days_between(now, due_day(due))
    if days >= 2:
        return ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days}
    return duration(due - now)


def days_taken(
    promise: Promise, start: datetime, end: datetime, paused: timedelta, calendar: WorkCalendar
) -> int | None:
    """Days a stage took on its own clock, pauses out; 0 for the same day, None for clocks of minutes and hours."""
    last = max(end - paused, start)
    if promise.unit == "WD":
        first_day, last_day = calendar.local_date(start), calendar.local_date(last)
        return calendar.working_days(first_day + timedelta(days=1), last_day) if last_day > first_day else 0
    return days_between(start, last) if promise.unit in DAYS else None


def taken(promise: Promise, days: int | None, real: timedelta) -> str:
    """How long a stage took: 当日, 2 天, 1 工作日, 22 分."""
    if days is None:
        return duration(max(real, timedelta(0)))
    return amount(days, "WD" if promise.unit == "WD" else "CD") if days else _("当日")


def taken_of(promise: Promise, days: int | None, real: timedelta) -> str:
    """How much of its promise a stage took: 2 / 3 天, 当日, 22 分 / 1 小时."""
    if promise.kind != "within" or promise.value is None or days == 0:
        return taken(promise, days, real)
    took = taken(promise, days, real) if days is None or promise.unit == "MONTH" else figure(days)
    return f"{took} / {amount(promise.value, promise.unit)}"


def is_near(promise: Promise, due: datetime, now: datetime) -> bool:
    """Whether little time is left: a day for promises in days, a fifth of the promise in minutes or hours."""
    left = due - now
    if promise.unit in DAYS:
        return left < NEAR
    lengths = {"MIN": timedelta(minutes=1), "CH": timedelta(hours=1), "WH": timedelta(hours=1)}
    one = lengths.get(promise.unit)
    if one is None or not isinstance(promise.value, int | float):
        return left < timedelta(hours=1)
    return left < promise.value * one / 5


def share_used(start: datetime, due: datetime, now: datetime) -> float:
    """Percent of the time from start to due that is gone, 0–100."""
    whole = (due - start).total_seconds()
    if whole <= 0:
        return 100.0
    return float(half_up(min(100.0, max(0.0, (now - start).total_seconds() / whole * 100)), 1))
