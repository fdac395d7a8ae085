"""The journey of one order as its page shows it: each stage with promise, actual, slip, marks, and the bars."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.kit.formats import day_prose, duration
from cxorders.kit.worktime import CalendarYearMissing
from cxorders.organisation.models import User
from touchpoints.orders import promises, wording
from touchpoints.orders.enums import OrderState, StageState
from touchpoints.orders.models import Order, Stage, StagePause
from touchpoints.orders.panels import StageMark, marks_of
from touchpoints.orders.queries.reads import Calendars, is_callback, promise_of, stages_of

DAY = timedelta(days=1)
STEPS = (timedelta(hours=1), timedelta(hours=6), DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY)
MOST_TICKS = 9


@dataclass(frozen=True)
class Slip:
    """Promise against actual: kind ok, warn or bad, and its word."""

    kind: str
    label: str


@dataclass(frozen=True)
class Bar:
    """A stretch on the time axis: kind pr (promise), ac (actual), ps (paused), lt (late), fu (still to come)."""

    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Tick:
    at: datetime
    label: str


@dataclass
class StageView:
    """One stage in the shape of the component `journey`, plus what the page needs of it."""

    stage: Stage
    name: str
    touchpoint: str
    promise: str
    state: str
    late: bool
    slip: Slip | None
    note: str
    url: str = ""
    ratings: list[int] = field(default_factory=list)
    missing: int = 0
    words: str = ""
    issues: int = 0
    issues_url: str = ""
    text: str = ""
    bars: list[Bar] = field(default_factory=list)
    undecided: bool = False


@dataclass
class Journey:
    """Everything the order page shows about time."""

    stages: list[StageView]
    bars: list[StageView]
    ticks: list[Tick]
    first: datetime
    last: datetime
    now: datetime
    current: StageView | None
    """the open, failed or undecided stage in front"""
    done: int
    skipped: int
    late: StageView | None
    """the worst stage to name in the head: the current one if late"""

    @property
    def total(self) -> int:
        """How many stages the journey has."""
        return len(self.stages)

    @property
    def folded(self) -> bool:
        """Whether the end of the journey is folded away on a phone."""
        return self.total > 8


def journey_of(order: Order, user: User, now: datetime) -> Journey:
    """The journey of `order` at `now` as `user` may see it. A constant number of queries."""
    stages = stages_of(order)
    pauses = _pauses(stages)
    marks = marks_of(order, user)
    calendars = Calendars()
    views = [_view(stage, pauses.get(stage.pk, []), marks.get(stage.pk), calendars, now) for stage in stages]
    current = _in_front(order, views)
    bars = _draw(order, views, pauses, calendars, now)
    moments = [bar.start for view in bars for bar in view.bars] + [bar.end for view in bars for bar in view.bars]
    moments += [moment for moment in (order.accepted_at, order.promised_at) if moment]
    first, last = _axis(moments or [order.created_at], now, running=order.done_at is None)
    return Journey(
        stages=views,
        bars=bars,
        ticks=_ticks(first, last),
        first=first,
        last=last,
        now=now,
        current=current,
        done=sum(view.state == StageState.DONE for view in views),
        skipped=sum(view.state == StageState.SKIPPED for view in views),
        late=current if current is not None and current.late else None,
    )


def _pauses(stages: list[Stage]) -> dict[int, list[StagePause]]:
    found: dict[int, list[StagePause]] = {}
    for pause in StagePause.objects.filter(stage__in=stages).select_related("approved_by").order_by("started_at", "pk"):
        found.setdefault(pause.stage_id, []).append(pause)
    return found


def _in_front(order: Order, views: list[StageView]) -> StageView | None:
    """The stage somebody has to act on: open or failed, else the optional one that waits for its decision."""
    if order.state not in (OrderState.RUNNING, OrderState.SUSPENDED):
        return None
    service = [view for view in views if not is_callback(view.stage.stage_type)]
    for view in service:
        if view.state in (StageState.ACTIVE, StageState.PAUSED, StageState.FAILED):
            return view
    for view in service:
        if view.state == StageState.PENDING:
            view.undecided = view.stage.stage_type.optional and not view.stage.needed
            if view.undecided:
                view.note = _("待定：是否需要")
            return view if view.undecided else None
    return None


def _view(
    stage: Stage, pauses: list[StagePause], mark: StageMark | None, calendars: Calendars, now: datetime
) -> StageView:
    mark = mark or StageMark()
    view = StageView(
        stage=stage,
        name=stage.stage_type.name,
        touchpoint=stage.stage_type.touchpoint.code,
        promise=wording.promise_text(promise_of(stage)),
        state=stage.state,
        late=is_late(stage, now),
        slip=None,
        note="",
        ratings=mark.ratings,
        missing=mark.missing,
        words=mark.words,
        issues=mark.issues,
        issues_url=mark.issues_url,
    )
    view.slip, view.note, view.text = _result(stage, pauses, calendars, now)
    return view


def is_late(stage: Stage, now: datetime) -> bool:
    """Whether the stage ended, or still stands, after its due time (M53). A paused stage is never late."""
    if stage.due_at is None or stage.state in (StageState.PAUSED, StageState.PENDING, StageState.SKIPPED):
        return False
    return (stage.ended_at or now) > stage.due_at


def _result(
    stage: Stage, pauses: list[StagePause], calendars: Calendars, now: datetime
) -> tuple[Slip | None, str, str]:
    """Slip, grey note and the text at the end of the bar."""
    promise = promise_of(stage)
    if stage.state == StageState.PENDING:
        return None, "", _("未开始")
    if stage.state == StageState.SKIPPED:
        return None, _("%(reason)s，跳过") % {"reason": stage.reason}, _("跳过")
    if stage.state == StageState.PAUSED:
        return Slip("warn", _("已挂起")), "", _("挂起中")
    if stage.due_at is not None and is_late(stage, now):
        late = _("晚 %(time)s") % {"time": wording.late_by(promise, stage.due_at, stage.ended_at or now)}
        return Slip("bad", late), "", late
    if stage.state == StageState.FAILED:
        return Slip("bad", _("未成")), "", _("未成，待再约")
    if stage.state == StageState.DONE and stage.started_at and stage.ended_at:
        paused = sum(((p.ended_at or now) - p.started_at for p in pauses), timedelta(0))
        try:
            calendar = calendars.of(stage.unit)
            days = wording.days_taken(promise, stage.started_at, stage.ended_at, paused, calendar)
        except CalendarYearMissing:
            days = wording.days_between(stage.started_at, stage.ended_at)
        real = stage.ended_at - stage.started_at - paused
        return Slip("ok", wording.taken(promise, days, real)), "", wording.taken_of(promise, days, real)
    if stage.due_at is None:
        return None, _("进行中"), _("进行中")
    if wording.is_near(promise, stage.due_at, now):
        label = _("还剩 %(time)s") % {"time": wording.left_until(stage.due_at, now)}
        return Slip("warn", label), "", label
    label = _("还有 %(time)s") % {"time": wording.left_until(stage.due_at, now)}
    return None, label, label


# ---- bars --------------------------------------------------------------------------------------------------------


def _draw(
    order: Order, views: list[StageView], pauses: dict[int, list[StagePause]], calendars: Calendars, now: datetime
) -> list[StageView]:
    """The service stages with their bars; what is still to come is laid out behind what is open."""
    cursor = now
    drawn = []
    for view in views:
        stage = view.stage
        if is_callback(stage.stage_type) or stage.state == StageState.SKIPPED:
            continue
        if stage.started_at is not None:
            view.bars = _past(stage, pauses.get(stage.pk, []), now)
            if stage.ended_at is None:
                cursor = max(cursor, stage.due_at or now)
        elif order.state in (OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED):
            if stage.stage_type.optional and not stage.needed:
                continue
            try:
                end = promises.forecast(promise_of(stage), cursor, calendars.of(stage.unit))
            except CalendarYearMissing:
                end = cursor
            if end > cursor:
                view.bars = [Bar("fu", cursor, end)]
            cursor = end
        else:
            continue
        drawn.append(view)
    return drawn


def _past(stage: Stage, pauses: list[StagePause], now: datetime) -> list[Bar]:
    """Promise, work, pauses and overrun of a stage that has started."""
    start, end = stage.started_at or now, stage.ended_at or now
    bars = [Bar("pr", start, stage.due_at)] if stage.due_at and stage.due_at > start else []
    edges = [start]
    for pause in pauses:
        edges += [pause.started_at, pause.ended_at or now]
    edges.append(max(end, edges[-1]))
    for index, (begin, stop) in enumerate(pairwise(edges)):
        if stop <= begin:
            continue
        if index % 2:
            bars.append(Bar("ps", begin, stop))
        else:
            limit = stage.due_at
            if limit is None or stop <= limit:
                bars.append(Bar("ac", begin, stop))
                continue
            if begin < limit:
                bars.append(Bar("ac", begin, limit))
            bars.append(Bar("lt", max(begin, limit), stop))
    return bars


def _axis(moments: list[datetime], now: datetime, *, running: bool) -> tuple[datetime, datetime]:
    """First and last moment of the axis, on whole days where it is long enough."""
    ends = [*moments, now] if running else moments
    first, last = min(ends), max(ends)
    if last - first > 2 * DAY:
        first = timezone.localtime(first).replace(hour=0, minute=0, second=0, microsecond=0)
    room = max((last - first) * 0.03, timedelta(minutes=10))
    return first, last + room


def _ticks(first: datetime, last: datetime) -> list[Tick]:
    step = next((s for s in STEPS if (last - first) / s <= MOST_TICKS), STEPS[-1])
    count = int((last - first) / step)
    form = "%m-%d" if step >= DAY else "%H:%M"
    return [
        Tick(at, timezone.localtime(at).strftime(form)) for at in (first + step * index for index in range(count + 1))
    ]


# ---- the promise in the head -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clock:
    """The box at the right of the head, in the shape of the component `due_clock`."""

    label: str
    value: str
    state: str
    note: str
    share: float | None


def clock_of(order: Order, now: datetime) -> Clock | None:
    """The promise of the whole order; None before acceptance and after a cancelled or rejected one."""
    if order.accepted_at is None or order.state in (OrderState.CANCELLED, OrderState.REJECTED):
        return None
    promised = order.promised_at
    if promised is None:
        return Clock(_("承诺完工日"), _("待定"), "normal", _("节假日表载入后算出"), None)
    told: dict[str, Any] = {"day": day_prose(wording.due_day(promised))}
    end = order.done_at or now
    late = end > promised
    days = abs(wording.days_between(wording.due_day(promised), end))
    span = wording.amount(days, "CD") if days else duration(end - promised)
    label = _("承诺完工日 %(day)s") % told
    if order.done_at is not None:
        value = _("晚 %(span)s 完工") % {"span": span} if late else _("按时完工")
        note = _("%(day)s 完工") % {"day": day_prose(order.done_at)}
        return Clock(label, value, "over" if late else "normal", note, None if late else 100.0)
    if order.state == OrderState.SUSPENDED:
        return Clock(label, _("已挂起"), "paused", _expectation(order, now), None)
    if late:
        return Clock(label, _("已过 %(span)s") % {"span": span}, "over", _expectation(order, now), None)
    near = promised - now < 2 * DAY and (promised - order.accepted_at) > 4 * DAY
    value = _("还有 %(span)s") % {"span": wording.left_until(promised, now)}
    share = wording.share_used(order.accepted_at, promised, now)
    return Clock(label, value, "near" if near else "normal", _expectation(order, now), share)


def _expectation(order: Order, now: datetime) -> str:
    """Today's expectation where it is another day than the promise."""
    if order.expected_at is None or order.promised_at is None or order.expected_at < now:
        return ""
    if wording.days_between(wording.due_day(order.promised_at), wording.due_day(order.expected_at)) == 0:
        return ""
    return _("新预计 %(day)s") % {"day": day_prose(wording.due_day(order.expected_at))}
