"""The end of an order, and a new beginning: cancel, close, reopen (O13, O15, O16)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.events import publish
from cxorders.kit.promise_clock import due_at
from cxorders.kit.states import move
from cxorders.kit.worktime import CalendarYearMissing
from cxorders.organisation.models import User
from touchpoints.orders import policy
from touchpoints.orders.actions.accept import ReasonMissing
from touchpoints.orders.actions.flow import HOLDING, advance, hold, note
from touchpoints.orders.actions.stages import end_callback_stage
from touchpoints.orders.enums import (
    GRACE_DAYS,
    ORDER_TRANSITIONS,
    REOPEN_DAYS,
    STAGE_TRANSITIONS,
    WINDOW_DAYS,
    AskedBy,
    OrderState,
    StageState,
)
from touchpoints.orders.events import OrderEnded, StageEnded
from touchpoints.orders.models import Order, Stage, StagePause, StageType
from touchpoints.orders.queries import IS_CALLBACK, Calendars, is_callback, stages_of


class NotSettled(BusinessError):
    code = "order_not_settled"
    zh = "请先结清款项，再取消订单。"
    en = "Settle the money first, then cancel the order."


class TooLateToReopen(BusinessError):
    code = "reopen_too_late"
    zh = "结束已超过 {days} 天，不能返工；请登记新订单。"
    en = "Closed more than {days} days ago: register a new order instead."


class NothingToRework(BusinessError):
    code = "reopen_without_stage"
    zh = "请选择要返工的环节。"
    en = "Choose the stage to be done again."


@transaction.atomic
def cancel_order(
    order: Order, *, by: User | None, at: datetime, reason: str, asked_by: str, settled: bool = True
) -> Order:
    """O13: any state before the end → cancelled, with reason and who asked. Households of a contract go with it.

    Effects, in order: open stages failed with the reason; order state; journal; OrderEnded.
    Errors: NotAllowed, ReasonMissing, NotSettled, WrongState, Stale.
    """
    held = hold(order.pk)
    if not policy.may_cancel(by, held):
        raise NotAllowed()
    if not reason.strip() or asked_by not in AskedBy.values:
        raise ReasonMissing(field="reason" if not reason.strip() else "asked_by")
    if not settled:
        raise NotSettled(field="settled")
    why = reason.strip()[:300]
    move(order, OrderState.CANCELLED, table=ORDER_TRANSITIONS, end_reason=why, closed_at=at, clock_at=None)
    for stage in stages_of(order):
        if stage.state in HOLDING:
            _break_off(stage, by=by, at=at, reason=reason)
    record(order, "order.cancelled", by=by, at=at, reason=reason.strip(), asked_by=asked_by)
    publish(OrderEnded(order_id=order.pk, state=OrderState.CANCELLED, at=at, by_id=by.pk if by else None))
    open_households = Order.objects.filter(
        parent=order, state__in=(OrderState.DRAFT, OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED)
    )
    for household in open_households.order_by("pk"):
        cancel_order(household, by=None, at=at, reason=reason, asked_by=asked_by)
    return order


def _break_off(stage: Stage, *, by: User | None, at: datetime, reason: str) -> None:
    """A stage of a cancelled order fails, so that nothing of it stays open."""
    if stage.state == StageState.PAUSED:
        StagePause.objects.filter(stage=stage, ended_at=None).update(ended_at=at)
        move(stage, StageState.ACTIVE, table=STAGE_TRANSITIONS)
    if stage.state == StageState.ACTIVE:
        ended_at = max(at, stage.started_at or at)
        move(stage, StageState.FAILED, table=STAGE_TRANSITIONS, ended_at=ended_at, reason=reason.strip()[:300])
        publish(StageEnded(stage_id=stage.pk, state=stage.state, at=at, by_id=by.pk if by else None))


@transaction.atomic
def close_order(order: Order, *, by: User | None, at: datetime, reached: bool = True) -> Order:
    """O15 observing → closed. The caller knows that the call-backs are final and no issue of the order is open.

    `reached`: whether the customer was spoken to; call-back stages still open end accordingly.
    Effects: call-back stages ended; order state; journal; OrderEnded. Errors: WrongState, Stale.
    """
    hold(order.pk)
    move(order, OrderState.CLOSED, table=ORDER_TRANSITIONS, closed_at=at)
    for stage in stages_of(order):
        if stage.state == StageState.ACTIVE and is_callback(stage.stage_type):
            end_callback_stage(stage, by=by, at=at, reached=reached)
    record(order, "order.closed", by=by, at=at, reached=reached)
    publish(OrderEnded(order_id=order.pk, state=OrderState.CLOSED, at=at, by_id=by.pk if by else None))
    return order


def close_finished(at: datetime) -> int:
    """Sweep: orders under observation close 5 WD after the end of their call-back window, dated at that moment.

    The window is that of the order's own call-back stages, or 15 WD where it has none. Returns how many closed.
    """
    soon = at - timedelta(days=GRACE_DAYS)
    watched = Order.objects.filter(state=OrderState.OBSERVING, done_at__lte=soon).select_related("unit")
    closed = 0
    for order in watched.order_by("done_at", "pk").iterator(chunk_size=500):
        moment = _closes_at(order)
        if moment is None or moment > at:
            continue
        close_order(order, by=None, at=moment, reached=False)
        closed += 1
    return closed


def _closes_at(order: Order) -> datetime | None:
    """When the order closes by itself; None while a holiday table is missing."""
    calendar = Calendars().of(order.unit)
    window = Stage.objects.filter(IS_CALLBACK, order=order).aggregate(last=Max("due_at"))["last"]
    try:
        if window is None and order.done_at is not None:
            window = due_at(order.done_at, WINDOW_DAYS, "WD", calendar)
        return due_at(window, GRACE_DAYS, "WD", calendar) if window else None
    except CalendarYearMissing:
        return None


@transaction.atomic
def reopen_order(
    order: Order, *, by: User | None, at: datetime, reason: str, stage_type: StageType | None = None
) -> Order:
    """O16 closed → running: verified rework within 30 CD of the end, as a stage of the next round.

    `stage_type`: the stage to do again; the last service stage by default. The call-back stages are added again.
    Effects, in order: rework stage (round + 1) with the promise frozen at acceptance, started; journal.
    Errors: NotAllowed, ReasonMissing, TooLateToReopen, NothingToRework, WrongState, Stale.
    """
    held = hold(order.pk)
    if not policy.may_manage(by, held):
        raise NotAllowed()
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if held.state != OrderState.CLOSED:
        raise WrongState()
    if held.closed_at is not None and at > held.closed_at + timedelta(days=REOPEN_DAYS):
        raise TooLateToReopen(days=REOPEN_DAYS)
    stages = stages_of(held)
    done = [stage for stage in stages if not is_callback(stage.stage_type) and stage.state == StageState.DONE]
    again = [stage for stage in done if stage_type is None or stage.stage_type_id == stage_type.pk]
    if not again:
        raise NothingToRework(field="stage")
    source = again[-1]
    number = max(stage.round for stage in stages) + 1
    calls = {stage.stage_type_id: stage for stage in stages if is_callback(stage.stage_type)}
    move(order, OrderState.RUNNING, table=ORDER_TRANSITIONS, closed_at=None, done_at=None)
    Stage.objects.bulk_create([_again(stage, number) for stage in (source, *calls.values())])
    rework = Stage.objects.select_related("stage_type").get(order=order, round=number, stage_type=source.stage_type)
    rework.order = order
    note(rework, "order.reopened", by=by, at=at, reason=reason.strip())
    return advance(order, by=by, at=at)


def _again(stage: Stage, number: int) -> Stage:
    """The same stage in round `number`, with the promise frozen at acceptance."""
    return Stage(
        company_id=stage.company_id,
        order_id=stage.order_id,
        stage_type=stage.stage_type,
        seq=stage.seq,
        round=number,
        unit=stage.unit,
        promise_kind=stage.promise_kind,
        promise_value=stage.promise_value,
        promise_unit=stage.promise_unit,
        needed=True if stage.stage_type.optional else None,
    )
