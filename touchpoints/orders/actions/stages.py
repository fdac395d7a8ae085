"""What people do with one stage: complete, fail, retry, decide, skip, assign, agree a time (O5, O8–O10)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.events import publish
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.kit.states import move
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from touchpoints.orders import policy
from touchpoints.orders.actions.accept import ReasonMissing
from touchpoints.orders.actions.evidence import EvidenceInput, check, seal
from touchpoints.orders.actions.flow import advance, expect, hold, hold_running, note, require
from touchpoints.orders.enums import (
    BUSINESS_SEGMENTS,
    NIGHT_BEGINS,
    NIGHT_ENDS,
    OPEN_STAGE_STATES,
    RETRY_DAYS,
    STAGE_TRANSITIONS,
    OrderState,
    StageState,
)
from touchpoints.orders.events import StageEnded
from touchpoints.orders.guards import guards_of
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import Calendars, is_callback, is_per_household, stages_of


class HouseholdsOpen(BusinessError):
    """A contract's stage ends when every household has done it."""

    code = "households_open"
    zh = "还有 {count} 户没有完成“{name}”。"
    en = "{count} households have not finished “{name}” yet."


class SamePerson(BusinessError):
    """X4: order enterer ≠ approver."""

    code = "same_person"
    zh = "上一环节是您完成的，这一步要由别人来做。"
    en = "You completed the stage before, so somebody else has to do this one."


class NotOptional(BusinessError):
    code = "stage_not_optional"
    zh = "“{name}”是必经环节，不能跳过。"
    en = "{name} is mandatory and cannot be skipped."


class OutsideCompany(BusinessError):
    code = "assignee_outside"
    zh = "只能交给本公司有相应职责的在岗人员。"
    en = "The stage can only go to a person of this company who works on stages."


class NightBan(BusinessError):
    """STD-EC-17: supply is not restored in the night."""

    code = "night_ban"
    zh = "22:00–6:00 不得恢复供气：“{name}”请在 6:00 以后完成。"
    en = "No supply is restored between 22:00 and 06:00: complete “{name}” after 6:00."


class WithTheCallbacks(BusinessError):
    """Call-back stages are ended by the call-back room: service person ≠ caller (X4)."""

    code = "stage_is_callback"
    zh = "这是回访环节，由回访专员在回访页面完成。"
    en = "This stage is a call-back; a call-back specialist finishes it on the call-back page."


def _ended(stage: Stage, *, by: User | None, at: datetime) -> None:
    publish(StageEnded(stage_id=stage.pk, state=stage.state, at=at, by_id=by.pk if by else None))


def _not_before_start(stage: Stage, at: datetime) -> datetime:
    """`at`, or the start of the stage where the clocks of two machines differ a little."""
    return max(at, stage.started_at) if stage.started_at is not None else at


def require_work(stage: Stage, by: User | None) -> None:
    if not policy.may_work(by, stage):
        raise NotAllowed()
    if by is not None and is_callback(stage.stage_type):
        raise WithTheCallbacks()


def _require_other_person(stage: Stage, by: User | None) -> None:
    if by is None or not any(guard.other_person for guard in guards_of(stage.stage_type.guards)):
        return
    before = Stage.objects.filter(order=stage.order_id, round=stage.round, seq__lt=stage.seq).order_by("-seq").first()
    if before is not None and before.assignee_id == by.pk:
        raise SamePerson()


def _require_day(stage: Stage, at: datetime) -> None:
    """STD-EC-17: nobody is woken by gas that comes back; what was asked for before the night waits for the morning."""
    banned = {guard.not_at_night for guard in guards_of(stage.stage_type.guards)} - {""}
    if not banned or NIGHT_ENDS <= timezone.localtime(at, BUSINESS_ZONE).hour < NIGHT_BEGINS:
        return
    customer = stage.order.customer
    if "all" in banned or customer is None or customer.segment_code not in BUSINESS_SEGMENTS:
        raise NightBan(name=stage.stage_type.name)


def open_households(stage: Stage) -> int:
    """How many households of the contract still have this stage to do."""
    if not is_per_household(stage.stage_type):
        return 0
    alive = Order.objects.filter(parent_id=stage.order_id).exclude(
        state__in=(OrderState.CANCELLED, OrderState.REJECTED)
    )
    ended = alive.filter(stages__stage_type=stage.stage_type, stages__state__in=policy.ENDED)
    return alive.exclude(pk__in=ended.order_by().values("pk")).count()


@transaction.atomic
def complete_stage(stage: Stage, *, by: User | None, at: datetime, evidence: Sequence[EvidenceInput] = ()) -> Stage:
    """O8 active → done.

    A stage nobody held counts for the person who completes it, and for that person's team.
    Effects, in order: evidence sealed; end time; journal; StageEnded; the next stage starts or the order is done.
    Errors: NotAllowed, WrongState, Stale, EvidenceMissing, NotANumber, NotAPhoto, PhotoTooLarge, TooLong,
    HouseholdsOpen, NightBan, SamePerson, WithTheCallbacks, CalendarMissing (from the next stage).
    """
    order = hold_running(stage)
    require_work(stage, by)
    _require_other_person(stage, by)
    left = open_households(stage)
    if left:
        raise HouseholdsOpen(count=left, name=stage.stage_type.name)
    _require_day(stage, at)
    proofs = check(stage, evidence)
    values: dict[str, Any] = {"ended_at": _not_before_start(stage, at)}
    if by is not None and stage.assignee_id is None:
        values |= {"assignee": by, "unit": _unit_of(by, stage)}
    move(stage, StageState.DONE, table=STAGE_TRANSITIONS, **values)
    seal(stage, proofs, by=by, at=at)
    note(stage, "stage.completed", by=by, at=at, late=bool(stage.due_at and at > stage.due_at))
    _ended(stage, by=by, at=at)
    advance(order, by=by, at=at)
    return stage


def _unit_of(user: User, stage: Stage) -> Unit:
    """The unit a stage counts for when `user` does it: the person's team inside the responsible department."""
    grant = user.active_grant
    if grant is not None and grant.unit.kind == UnitKind.TEAM and grant.unit.path.startswith(stage.unit.path):
        return grant.unit
    return stage.unit


@transaction.atomic
def fail_stage(stage: Stage, *, by: User | None, at: datetime, reason: str) -> Stage:
    """O9 active → failed: no access, not feasible, the customer refuses …; a new appointment follows within 3 CD.

    Effects: reason and end; journal with `retry_by`; StageEnded. Errors: NotAllowed, ReasonMissing, WrongState, Stale.
    """
    order = hold_running(stage)
    require_work(stage, by)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    ended_at = _not_before_start(stage, at)
    move(stage, StageState.FAILED, table=STAGE_TRANSITIONS, ended_at=ended_at, reason=reason.strip()[:300])
    retry_by = at + timedelta(days=RETRY_DAYS)
    note(stage, "stage.failed", by=by, at=at, reason=reason.strip(), retry_by=retry_by.isoformat())
    _ended(stage, by=by, at=at)
    expect(order, stages_of(order), at=at, calendars=Calendars())
    return stage


@transaction.atomic
def retry_stage(
    stage: Stage, *, by: User | None, at: datetime, appointed_at: datetime | None = None, note_text: str = ""
) -> Stage:
    """O9 failed → active: a new appointment starts the stage again; the promise of the first start still counts.

    Effects: agreed time; journal. Errors: NotAllowed, WrongState, Stale.
    """
    order = hold_running(stage)
    require_work(stage, by)
    require(stage, StageState.FAILED)
    values: dict[str, Any] = {"ended_at": None, "reason": ""}
    if appointed_at is not None:
        values["appointed_at"] = appointed_at
    move(stage, StageState.ACTIVE, table=STAGE_TRANSITIONS, **values)
    agreed = appointed_at.isoformat() if appointed_at else None
    note(stage, "stage.retried", by=by, at=at, appointed_at=agreed, text=note_text)
    expect(order, stages_of(order), at=at, calendars=Calendars())
    return stage


@transaction.atomic
def skip_stage(stage: Stage, *, by: User | None, at: datetime, reason: str) -> Stage:
    """O10 pending → skipped: only optional stages, by a manager, with the reason.

    Effects: journal; StageEnded; the next stage starts when it was this one's turn.
    Errors: NotAllowed, NotOptional, ReasonMissing, WrongState, Stale.
    """
    order = hold_running(stage)
    if not policy.may_manage(by, order, stage):
        raise NotAllowed()
    if not stage.stage_type.optional:
        raise NotOptional(name=stage.stage_type.name)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    move(stage, StageState.SKIPPED, table=STAGE_TRANSITIONS, ended_at=at, needed=False, reason=reason.strip()[:300])
    note(stage, "stage.skipped", by=by, at=at, reason=reason.strip())
    _ended(stage, by=by, at=at)
    advance(order, by=by, at=at)
    return stage


@transaction.atomic
def decide_stage(stage: Stage, *, by: User | None, at: datetime, reason: str) -> Stage:
    """O5: an optional stage is needed, with the reason (the other answer is `skip_stage`).

    Effects: decision and reason; journal; the stage starts when it is its turn, else it will.
    Errors: NotAllowed, NotOptional, ReasonMissing, WrongState.
    """
    order = hold_running(stage)
    if not (policy.may_manage(by, order, stage) or policy.may_work(by, stage)):
        raise NotAllowed()
    if not stage.stage_type.optional:
        raise NotOptional(name=stage.stage_type.name)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    changed = Stage.objects.filter(pk=stage.pk, state=StageState.PENDING)
    if not changed.update(needed=True, reason=reason.strip()[:300]):
        raise WrongState()
    note(stage, "stage.decided", by=by, at=at, reason=reason.strip())
    advance(order, by=by, at=at)
    stage.refresh_from_db()
    stage.order = order
    return stage


@transaction.atomic
def assign_stage(stage: Stage, *, by: User | None, at: datetime, assignee: User) -> Stage:
    """Hand the stage to a person: a manager to anybody of the company, a colleague by taking it.

    The stage then counts for the team of the person where that belongs to the responsible department.
    Effects: person and unit; journal. Errors: NotAllowed, OutsideCompany, WrongState.
    """
    hold_running(stage)
    if not policy.may_assign_to(by, stage, assignee):
        raise NotAllowed()
    grant = policy.working_grant(assignee, stage, at=at)
    if grant is None:
        raise OutsideCompany(field="assignee")
    unit = grant.unit if grant.unit.path.startswith(stage.unit.path) else stage.unit
    changed = Stage.objects.filter(pk=stage.pk, state__in=(StageState.PENDING, *OPEN_STAGE_STATES, StageState.FAILED))
    if not changed.update(assignee=assignee, unit=unit):
        raise WrongState()
    stage.assignee, stage.unit = assignee, unit
    note(stage, "stage.assigned", by=by, at=at, assignee=assignee.pk, assignee_name=assignee.name)
    return stage


@transaction.atomic
def end_callback_stage(stage: Stage, *, by: User | None, at: datetime, reached: bool, reason: str = "") -> Stage:
    """A call-back stage ends with its call: done when the customer was reached, else failed with the reason.

    Called by the call-back room and by the end of an order. Effects: journal; StageEnded. Errors: WrongState, Stale.
    """
    stage.order = hold(stage.order_id)
    target = StageState.DONE if reached else StageState.FAILED
    ended_at = _not_before_start(stage, at)
    move(stage, target, table=STAGE_TRANSITIONS, ended_at=ended_at, reason=reason.strip()[:300])
    note(stage, "stage.called_back" if reached else "stage.not_called_back", by=by, at=at, reason=reason.strip())
    _ended(stage, by=by, at=at)
    return stage
