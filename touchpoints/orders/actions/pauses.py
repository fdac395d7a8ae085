"""Stopping the clock of a stage, and starting it again (O6, O7; metrics.md 0.5)."""

from datetime import datetime, timedelta

from django.db import transaction

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.promise_clock import due_at
from cxorders.kit.states import move
from cxorders.kit.worktime import CalendarYearMissing
from cxorders.organisation.models import User
from touchpoints.orders import policy, promises
from touchpoints.orders.actions.flow import CalendarMissing, expect, hold, hold_running, require
from touchpoints.orders.actions.flow import note as journal
from touchpoints.orders.actions.stages import WithTheCallbacks
from touchpoints.orders.enums import (
    EMERGENCY_TYPES,
    MAX_PAUSES,
    ORDER_TRANSITIONS,
    PAUSE_DAYS,
    PAUSE_DAYS_UNAPPROVED,
    STAGE_TRANSITIONS,
    OrderState,
    PauseReason,
    StageState,
)
from touchpoints.orders.models import Order, Stage, StagePause
from touchpoints.orders.queries import Calendars, is_callback, promise_of, stages_of


class NeverPaused(BusinessError):
    """O6, X5: safety never waits."""

    code = "emergency_never_paused"
    zh = "抢险不得挂起，请继续处理。"
    en = "An emergency is never paused."


class PauseReasonUnknown(BusinessError):
    code = "pause_reason_unknown"
    zh = "挂起原因只能是：等待客户、等待许可或第三方、经批准的不可抗力。"
    en = "A pause needs a listed reason: waiting for the customer, for a permit or third party, or force majeure."


class TooManyPauses(BusinessError):
    code = "pause_limit"
    zh = "这个环节已经挂起过 {limit} 次，不能再挂起。"
    en = "This stage has been paused {limit} times already."


class PauseAfterDue(BusinessError):
    code = "pause_after_due"
    zh = "已过时限，不能再挂起。"
    en = "The due time has passed, so the clock can no longer be stopped."


class ApprovalNeeded(BusinessError):
    code = "pause_needs_approval"
    zh = "挂起超过 {days} 个工作日须部门负责人批准；未批准最长到 {until}。"
    en = "Longer than {days} working day needs the department manager's approval; without it, until {until}."


@transaction.atomic
def pause_stage(
    stage: Stage,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    note: str = "",
    approved_by: User | None = None,
    until: datetime | None = None,
) -> Stage:
    """O6 active → paused: the clock stops.

    `until`: when the pause should end, at the latest after 15 CD. Without approval by somebody who may manage the
    order (`approved_by`, or `by` itself) it ends after 1 WD. Effects: pause row; journal.
    Errors: NotAllowed, NeverPaused, PauseReasonUnknown, TooManyPauses, PauseAfterDue, ApprovalNeeded, WrongState,
    Stale.
    """
    hold_running(stage)
    if not policy.may_work(by, stage) and not policy.may_manage(by, stage.order, stage):
        raise NotAllowed()
    _pause(stage, by=by, at=at, reason=reason, text=note, approved_by=approved_by, until=until)
    order = stage.order
    expect(order, stages_of(order), at=at, calendars=Calendars())
    return stage


def _pause(
    stage: Stage,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    text: str,
    approved_by: User | None,
    until: datetime | None,
) -> None:
    _require_pausable(stage, at, reason)
    if approved_by is None and policy.may_manage(by, stage.order, stage):
        approved_by = by
    elif approved_by is not None and not policy.may_manage(approved_by, stage.order, stage):
        raise NotAllowed(field="approved_by")
    ends = _latest_end(stage, at, approved=approved_by is not None or by is None)
    if until is not None and at < until < ends:
        ends = until
    elif until is not None and until > ends and approved_by is None and by is not None:
        raise ApprovalNeeded(days=PAUSE_DAYS_UNAPPROVED, until=f"{ends:%m-%d %H:%M}", field="until")
    move(stage, StageState.PAUSED, table=STAGE_TRANSITIONS)
    StagePause.objects.create(
        stage=stage,
        reason=reason,
        note=text.strip()[:300],
        started_at=at,
        started_by=by,
        approved_by=approved_by,
        auto_end_at=ends,
    )
    journal(
        stage,
        "stage.paused",
        by=by,
        at=at,
        reason=reason,
        text=text.strip(),
        approved_by=approved_by.name if approved_by else "",
        auto_end_at=ends.isoformat(),
    )


def _require_pausable(stage: Stage, at: datetime, reason: str) -> None:
    if stage.order.order_type.code in EMERGENCY_TYPES:
        raise NeverPaused()
    if is_callback(stage.stage_type):
        raise WithTheCallbacks()
    if reason not in PauseReason.values:
        raise PauseReasonUnknown(field="reason")
    if StagePause.objects.filter(stage=stage).count() >= MAX_PAUSES:
        raise TooManyPauses(limit=MAX_PAUSES)
    if stage.due_at is not None and at > stage.due_at:
        raise PauseAfterDue()


def _latest_end(stage: Stage, at: datetime, *, approved: bool) -> datetime:
    """When a pause from `at` ends by itself: after 15 CD, or after 1 WD where nobody approved it."""
    if approved:
        return at + timedelta(days=PAUSE_DAYS)
    try:
        return due_at(at, PAUSE_DAYS_UNAPPROVED, "WD", Calendars().of(stage.unit))
    except CalendarYearMissing as missing:
        raise CalendarMissing(year=missing.year) from missing


@transaction.atomic
def approve_pause(stage: Stage, *, by: User | None, at: datetime, until: datetime | None = None) -> Stage:
    """The department manager lets a running pause last longer than 1 WD, at most 15 CD from its start.

    Effects: approval on the pause; journal. Errors: NotAllowed, WrongState.
    """
    hold_running(stage)
    if not policy.may_manage(by, stage.order, stage):
        raise NotAllowed()
    pause = StagePause.objects.filter(stage=stage, ended_at=None).first()
    if pause is None:
        raise WrongState()
    latest = pause.started_at + timedelta(days=PAUSE_DAYS)
    pause.approved_by = by
    pause.auto_end_at = min(until, latest) if until is not None and until > at else latest
    pause.save(update_fields=["approved_by", "auto_end_at"])
    journal(stage, "stage.pause_approved", by=by, at=at, auto_end_at=pause.auto_end_at.isoformat())
    return stage


@transaction.atomic
def resume_stage(stage: Stage, *, by: User | None, at: datetime) -> Stage:
    """O7 paused → active: the due time moves by what the pause took from its clock.

    Effects: end of the pause; due time; journal with the length; today's expectation.
    Errors: NotAllowed, WrongState, Stale, CalendarMissing.
    """
    order = hold_running(stage)
    if not policy.may_work(by, stage) and not policy.may_manage(by, order, stage):
        raise NotAllowed()
    calendars = Calendars()
    _resume(stage, by=by, at=at, calendars=calendars)
    expect(order, stages_of(order), at=at, calendars=calendars)
    return stage


def _resume(stage: Stage, *, by: User | None, at: datetime, calendars: Calendars) -> None:
    require(stage, StageState.PAUSED)
    pause = StagePause.objects.filter(stage=stage, ended_at=None).first()
    due = stage.due_at
    if pause is not None:
        at = max(at, pause.started_at)
        if due is not None:
            try:
                due = promises.moved(due, promise_of(stage), (pause.started_at, at), calendars.of(stage.unit))
            except CalendarYearMissing as missing:
                raise CalendarMissing(year=missing.year) from missing
    move(stage, StageState.ACTIVE, table=STAGE_TRANSITIONS, due_at=due)
    if pause is not None:
        StagePause.objects.filter(pk=pause.pk).update(ended_at=at)
        minutes = round((at - pause.started_at).total_seconds() / 60)
        journal(stage, "stage.resumed", by=by, at=at, minutes=minutes, due_at=due.isoformat() if due else None)


def resume_expired(at: datetime) -> int:
    """Sweep: every pause whose end has come resumes, dated at that end, so a late sweep gives the same due times.

    Returns how many. Running it twice changes nothing.
    """
    expired = StagePause.objects.filter(ended_at=None, auto_end_at__lte=at).select_related("stage__stage_type")
    resumed = 0
    for pause in expired.order_by("auto_end_at", "pk"):
        with transaction.atomic():
            order = hold(pause.stage.order_id)
            if order.state == OrderState.SUSPENDED:
                resume_order(order, by=None, at=pause.auto_end_at)
            elif order.state == OrderState.RUNNING and pause.stage.state == StageState.PAUSED:
                resume_stage(pause.stage, by=None, at=pause.auto_end_at)
            else:
                continue
        resumed += 1
    return resumed


@transaction.atomic
def suspend_order(order: Order, *, by: User | None, at: datetime, reason: str, text: str = "") -> Order:
    """O11 running → suspended: the clock of the open stage stops, under the rules of any pause.

    Effects: active stages paused; order state; journal.
    Errors: NotAllowed, those of `pause_stage`, WrongState, Stale.
    """
    held = hold(order.pk)
    if not policy.may_manage(by, held):
        raise NotAllowed()
    if reason not in PauseReason.values:
        raise PauseReasonUnknown(field="reason")
    if held.order_type.code in EMERGENCY_TYPES:
        raise NeverPaused()
    for stage in _stages_in(held, StageState.ACTIVE):
        _pause(stage, by=by, at=at, reason=reason, text=text, approved_by=by, until=None)
    move(order, OrderState.SUSPENDED, table=ORDER_TRANSITIONS, clock_at=order.promised_at)
    record(order, "order.suspended", by=by, at=at, reason=reason, text=text.strip())
    return order


@transaction.atomic
def resume_order(order: Order, *, by: User | None, at: datetime) -> Order:
    """O11 suspended → running: paused stages run again and their due times move.

    Effects: order state; stages resumed; journal; today's expectation. Errors: NotAllowed, WrongState, Stale.
    """
    held = hold(order.pk)
    if not policy.may_manage(by, held):
        raise NotAllowed()
    require(held, OrderState.SUSPENDED)
    move(order, OrderState.RUNNING, table=ORDER_TRANSITIONS)
    calendars = Calendars()
    for stage in _stages_in(held, StageState.PAUSED):
        _resume(stage, by=by, at=at, calendars=calendars)
    record(order, "order.resumed", by=by, at=at)
    return expect(order, stages_of(order), at=at, calendars=calendars)


def _stages_in(order: Order, state: str) -> list[Stage]:
    return [stage for stage in stages_of(order) if stage.state == state and not is_callback(stage.stage_type)]
