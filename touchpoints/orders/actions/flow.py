"""How a journey moves on by itself: the next stage starts, the order is done and observed (O4, O5, O12, O14)."""

from datetime import datetime
from typing import Any

from cxorders.journal.actions import entry_of, record
from cxorders.journal.models import Entry
from cxorders.kit.errors import BusinessError, WrongState
from cxorders.kit.events import publish
from cxorders.kit.inserting import insert
from cxorders.kit.states import move
from cxorders.kit.worktime import CalendarYearMissing
from cxorders.organisation.models import User
from touchpoints.orders import planning
from touchpoints.orders.enums import (
    ORDER_TRANSITIONS,
    STAGE_TRANSITIONS,
    OrderState,
    StageState,
)
from touchpoints.orders.events import OrderDone, StageStarted
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.planning import foresee, starters, undecided
from touchpoints.orders.queries import Calendars, is_callback, stages_of

HOLDING = (StageState.ACTIVE, StageState.PAUSED, StageState.FAILED)
"""a stage in one of these states keeps the next one from starting"""


class CalendarMissing(BusinessError):
    """WD and WH are never guessed (metrics.md 0.4)."""

    code = "calendar_missing"
    zh = "{year} 年的节假日表还没有载入，算不出工作日时限。请系统管理员先载入日历。"
    en = "The table of public holidays for {year} is not loaded, so the due time is unknown. Ask the administrator."


def hold(order_id: int) -> Order:
    """The order as it stands now, locked until the verb is over, so that two verbs on one order run one by one."""
    rows = Order.objects.select_for_update(of=("self",))
    return rows.select_related("order_type", "company", "unit", "customer").get(pk=order_id)


def hold_running(stage: Stage) -> Order:
    """The locked order of `stage`. Raises WrongState unless it is running."""
    order = hold(stage.order_id)
    stage.order = order
    if order.state != OrderState.RUNNING:
        raise WrongState()
    return order


def require(obj: Order | Stage, state: str) -> None:
    """The one state an act starts from, where the table knows several ways to its target. Raises WrongState."""
    if obj.state != state:
        raise WrongState()


def noting(stage: Stage, verb: str, *, by: User | None, at: datetime, **data: Any) -> Entry:
    """The journal row `note` writes, not written."""
    return entry_of(
        stage.order,
        verb,
        by=by,
        at=at,
        unit_id=stage.unit_id,
        company_id=stage.company_id,
        stage=stage.pk,
        seq=stage.seq,
        zh=stage.stage_type.zh,
        en=stage.stage_type.en,
        **data,
    )


def note(stage: Stage, verb: str, *, by: User | None, at: datetime, **data: Any) -> None:
    """One journal row on the order of `stage`, naming the stage, for the unit that is responsible now."""
    insert(noting(stage, verb, by=by, at=at, **data))


def due_of(stage: Stage, start: datetime, calendars: Calendars) -> datetime | None:
    """The due time of `stage` from its frozen promise. Raises CalendarMissing."""
    try:
        return planning.due(stage, start, calendars)
    except CalendarYearMissing as missing:
        raise CalendarMissing(year=missing.year) from missing


def start_stage(stage: Stage, *, by: User | None, at: datetime, calendars: Calendars | None = None) -> Stage:
    """O5 pending → active: the clock of the stage starts and its due time is set once.

    Effects: stage row; journal; StageStarted; households of a contract that waited for this stage start theirs.
    """
    require(stage, StageState.PENDING)
    due = due_of(stage, at, calendars or Calendars())
    move(stage, StageState.ACTIVE, table=STAGE_TRANSITIONS, started_at=at, due_at=due, first_due_at=due)
    note(stage, "stage.started", by=by, at=at, due_at=due.isoformat() if due else None)
    publish(StageStarted(stage_id=stage.pk, at=at))
    if stage.order.parent_id is None:
        _start_households(stage, at=at, calendars=calendars)
    return stage


def _start_households(stage: Stage, *, at: datetime, calendars: Calendars | None) -> None:
    """Households whose next stage waited for the same stage of their contract."""
    waiting = Order.objects.filter(
        parent_id=stage.order_id,
        state__in=(OrderState.ACCEPTED, OrderState.RUNNING),
        stages__stage_type=stage.stage_type,
    )
    for household in waiting.select_related("order_type", "company", "unit", "customer").order_by("pk"):
        advance(household, by=None, at=at, calendars=calendars)


def _contract_is_there(stage: Stage) -> bool:
    """A household's stage starts when the contract has reached the same stage; other orders never wait."""
    parent = stage.order.parent_id
    if parent is None or is_callback(stage.stage_type):
        return True
    mirror = Stage.objects.filter(order_id=parent, stage_type=stage.stage_type)
    return not mirror.exists() or mirror.exclude(state=StageState.PENDING).exists()


def advance(order: Order, *, by: User | None, at: datetime, calendars: Calendars | None = None) -> Order:
    """Start what comes next: the next stage (and those beside it), or the end of the order.

    Stops where a stage is open or failed, where an optional stage waits for its decision, and where a household
    waits for its contract. Effects, in order: order running (O4), stages started (O5), order done (O12, O14);
    today's expectation stored.
    """
    calendars = calendars or Calendars()
    stages = stages_of(order)
    service = [stage for stage in stages if not is_callback(stage.stage_type)]
    if not any(stage.state in HOLDING for stage in service):
        pending = [stage for stage in service if stage.state == StageState.PENDING]
        if not pending:
            return finish(order, stages, by=by, at=at, calendars=calendars)
        _start_next(order, pending, by=by, at=at, calendars=calendars)
    return expect(order, stages, at=at, calendars=calendars)


def _start_next(order: Order, pending: list[Stage], *, by: User | None, at: datetime, calendars: Calendars) -> None:
    """Start the first pending stage and the parallel ones right behind it."""
    first = pending[0]
    if not _contract_is_there(first):
        return
    if order.state == OrderState.ACCEPTED:
        move(order, OrderState.RUNNING, table=ORDER_TRANSITIONS)
        record(order, "order.running", by=None, at=at)
    if undecided(first):
        note(first, "stage.decision_due", by=None, at=at)
    for stage in starters(pending):
        start_stage(stage, by=by, at=at, calendars=calendars)


def expect(order: Order, stages: list[Stage], *, at: datetime, calendars: Calendars) -> Order:
    """Store today's expectation of the finish and the nearest clock; what was promised stays as it was."""
    foresee(order, stages, at, calendars)
    order.save(update_fields=["expected_at", "clock_at"])
    return order


def finish(order: Order, stages: list[Stage], *, by: User | None, at: datetime, calendars: Calendars) -> Order:
    """O12 running → done and O14 done → observing, in one transaction.

    Effects: completion time (base of the call-back windows); call-back stages start their windows; journal; OrderDone.
    """
    move(order, OrderState.DONE, table=ORDER_TRANSITIONS, done_at=at, expected_at=at, clock_at=None)
    record(order, "order.done", by=by, at=at)
    move(order, OrderState.OBSERVING, table=ORDER_TRANSITIONS)
    for stage in stages:
        if stage.state == StageState.PENDING and is_callback(stage.stage_type):
            start_stage(stage, by=None, at=at, calendars=calendars)
    publish(OrderDone(order_id=order.pk, at=at, by_id=by.pk if by else None))
    return order
