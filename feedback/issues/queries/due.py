"""Why an issue is due when it is: the days that count, the pauses, the calendar (STYLE §6 "Why panel")."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from cxorders.kit import formats
from cxorders.kit.promise_clock import Unit as Clock
from cxorders.kit.worktime import DayKind, Pause, WorkCalendar
from cxorders.organisation.models import Unit
from cxorders.organisation.queries import calendar_for, work_rule_of
from feedback.issues.clocks import Limit
from feedback.issues.enums import RUNNING_STATES, IssueState
from feedback.issues.models import Issue, IssuePause, Round
from feedback.issues.queries.matching import current_round, resolve_limit

LONGEST_STRIP = 24
"""days a strip can show; a longer wait is told in words"""
NUMBERS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
WORKING = (Clock.WORKING_DAYS, Clock.WORKING_HOURS)


@dataclass(frozen=True)
class Day:
    """One cell of the day strip: kind on (counted), hold (paused), off (free or receipt), due."""

    day: int
    mark: str
    kind: str


@dataclass(frozen=True)
class DueClock:
    """The time of the present round: until when, how much is left and used, and why."""

    due_at: datetime
    start: datetime
    limit: Limit
    left: timedelta
    """negative when late"""
    share: float
    """percent of the time that is used, 0 to 100"""
    state: str
    """normal, near (80 % used), over, paused, done"""
    working: bool
    """whether the clock counts working time"""
    calendar: WorkCalendar
    rule_unit: Unit | None
    windows: str
    pauses: list[IssuePause] = field(default_factory=list)
    paused_for: timedelta = timedelta()
    days: list[Day] = field(default_factory=list)
    moved: bool = False
    """the stored due time is another one than the limit gives: the severity was raised while it ran"""


def due_clock(issue: Issue, *, at: datetime, round_: Round | None = None) -> DueClock | None:
    """The clock of the present round as of `at`; None for an issue without a due time."""
    last = round_ or current_round(issue)
    if issue.due_at is None or issue.severity is None or last is None:
        return None
    calendar, limit = calendar_for(issue.unit), resolve_limit(issue.severity)
    limit = limit.halved() if last.rework else limit
    start = last.started_at if last.rework else issue.opened_at
    pauses = [pause for pause in issue.pauses.all() if pause.started_at >= last.started_at]
    ended = [(pause.started_at, pause.ended_at) for pause in pauses if pause.ended_at is not None]
    stands_since = next((pause.started_at for pause in pauses if pause.ended_at is None), None)
    stretches = [*ended, (stands_since, max(at, stands_since))] if stands_since else ended
    working = limit.unit in WORKING
    until = issue.replied_at or stands_since or at
    used = _spent(calendar, start, until, ended, working)
    left = _spent(calendar, until, issue.due_at, ended, working)
    total = used + left
    share = 100.0 if not total else max(0.0, min(100.0, used / total * 100))
    holder = work_rule_of(issue.unit)
    return DueClock(
        due_at=issue.due_at,
        start=start,
        limit=limit,
        left=left,
        share=share,
        state=_state(issue, left, share),
        working=working,
        calendar=calendar,
        rule_unit=holder[1] if holder else None,
        windows=_windows(calendar),
        pauses=pauses,
        paused_for=sum((_spent(calendar, *stretch, [], working) for stretch in stretches), timedelta()),
        days=_days(calendar, start, issue.due_at, stretches) if limit.unit == Clock.WORKING_DAYS else [],
        moved=_is_moved(issue.due_at, limit, start, calendar, ended),
    )


def _spent(calendar: WorkCalendar, begin: datetime, end: datetime, pauses: list[Pause], working: bool) -> timedelta:
    """Time of the clock from `begin` to `end` outside the pauses; negative when `end` is the earlier one."""
    if working:
        return calendar.elapsed(begin, end, pauses)
    if end < begin:
        return end - begin
    paused = sum((max(min(b, end) - max(a, begin), timedelta()) for a, b in pauses), timedelta())
    return end - begin - paused


def _state(issue: Issue, left: timedelta, share: float) -> str:
    if issue.state == IssueState.PENDING_CUSTOMER:
        return "paused"
    if issue.state not in RUNNING_STATES:
        return "done"
    if left < timedelta():
        return "over"
    return "near" if share >= 80 else "normal"


def _is_moved(due: datetime, limit: Limit, start: datetime, calendar: WorkCalendar, pauses: list[Pause]) -> bool:
    """Whether the limit with its pauses explains the stored due time (to the minute)."""
    plain = limit.due(start, calendar)
    for begin, end in pauses:
        plain = calendar.add(plain, calendar.elapsed(begin, end)) if limit.unit in WORKING else plain + (end - begin)
    return abs(plain - due) > timedelta(minutes=1)


def _days(calendar: WorkCalendar, start: datetime, due: datetime, pauses: list[Pause]) -> list[Day]:
    """The strip from receipt to due day; empty when it would be too long to read."""
    first, last = calendar.local_date(start), calendar.local_date(due)
    if (last - first).days >= LONGEST_STRIP:
        return []
    cells, number = [Day(first.day, _("收到"), "off")], 0
    for offset in range(1, (last - first).days + 1):
        day = first + timedelta(days=offset)
        kind = calendar.day_kind(day)
        if kind in (DayKind.HOLIDAY, DayKind.REST):
            mark = _("假") if kind == DayKind.HOLIDAY else formats.weekday_mark(day)
            cells.append(Day(day.day, mark, "off"))
            continue
        close = calendar.close_of_business(day)
        begin = close - timedelta(hours=24)
        begin = max(begin, start)
        whole, open_ = calendar.elapsed(begin, close), calendar.elapsed(begin, close, pauses)
        if whole and open_ < whole / 2:
            cells.append(Day(day.day, _("挂起"), "hold"))
            continue
        number += 1
        mark = NUMBERS[number - 1] if number <= len(NUMBERS) else str(number)
        cells.append(Day(day.day, mark, "due" if day == last else "on"))
    return cells


def _windows(calendar: WorkCalendar) -> str:
    """The ordinary windows of the office: 08:30–12:00 · 13:30–17:30."""
    day = next((windows for windows in calendar.week if windows), ())
    return " · ".join(f"{begin // 60:02d}:{begin % 60:02d}–{end // 60:02d}:{end % 60:02d}" for begin, end in day)
