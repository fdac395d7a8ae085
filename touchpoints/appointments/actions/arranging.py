"""What changes an appointment before the visit: confirm, move, cancel; and the end of its stage or order."""

import uuid
from datetime import datetime

from django.db import transaction

from cxorders.journal.models import Entry
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.states import move
from cxorders.kit.worktime import CalendarYearMissing
from cxorders.organisation.models import User
from cxorders.organisation.queries import calendar_for
from touchpoints.appointments import policy
from touchpoints.appointments.actions.booking import Agreed, noted, placed
from touchpoints.appointments.enums import (
    APPOINTMENT_TRANSITIONS,
    CONFIRM_AHEAD,
    CUSTOMER_NOTICE,
    OPEN_STATES,
    TOLERANCE,
    AppointmentState,
    Outcome,
)
from touchpoints.appointments.models import Appointment
from touchpoints.orders.actions.accept import ReasonMissing
from touchpoints.orders.actions.flow import CalendarMissing, hold
from touchpoints.orders.enums import AskedBy, OrderState
from touchpoints.orders.models import Order


class TooEarlyToConfirm(BusinessError):
    code = "too_early_to_confirm"
    zh = "离上门还早，请在前一天与客户确认。"
    en = "It is too early: confirm with the customer the day before."


class TooLateToConfirm(BusinessError):
    code = "too_late_to_confirm"
    zh = "约定时段已开始，不用再确认。"
    en = "The window has begun; there is nothing left to confirm."


class MoveTheVisit(BusinessError):
    code = "move_the_visit"
    zh = "这个环节已约上门 {number}，请在上门预约里改约，名额才会跟着换。"
    en = (
        "A visit is booked for this stage: {number}. Move it under Home visits, so that the crew's place moves with it."
    )


def in_time(appointment: Appointment, at: datetime) -> bool:
    """Whether at least one working day (M12) lies between `at` and the window: its open hours, not the night.

    Raises CalendarMissing.
    """
    calendar = calendar_for(appointment.unit)
    try:
        return at < appointment.starts_at and calendar.elapsed(at, appointment.starts_at) >= calendar.standard_day
    except CalendarYearMissing as missing:
        raise CalendarMissing(year=missing.year) from missing


def _outcome(appointment: Appointment, asked_by: str, at: datetime, *, moved: bool) -> str:
    """How an appointment counts that ends before the visit (M12)."""
    if at > appointment.ends_at + TOLERANCE:
        return Outcome.MISSED  # nobody had come by then, whoever asks now
    if asked_by == AskedBy.CUSTOMER and not moved:
        return Outcome.CUSTOMER_CANCELLED
    if asked_by == AskedBy.CUSTOMER:
        early = at < appointment.starts_at - CUSTOMER_NOTICE
        return Outcome.CUSTOMER_MOVED if early else Outcome.MISSED
    return Outcome.REPLACED if in_time(appointment, at) else Outcome.MISSED


def _check(appointment: Appointment, by: User | None, reason: str, asked_by: str) -> None:
    if not policy.may_arrange(by, appointment):
        raise NotAllowed()
    if asked_by not in AskedBy.values:
        raise ReasonMissing(field="asked_by")
    if not reason.strip():
        raise ReasonMissing(field="reason")


@transaction.atomic
def confirm(appointment: Appointment, *, by: User | None, at: datetime) -> Appointment:
    """booked → confirmed: the customer says yes, the day before. Effects: journal.

    Errors: NotAllowed, TooEarlyToConfirm, TooLateToConfirm, WrongState, Stale.
    """
    if not policy.may_arrange(by, appointment):
        raise NotAllowed()
    if at >= appointment.starts_at:
        raise TooLateToConfirm()
    if at < appointment.starts_at - CONFIRM_AHEAD:
        raise TooEarlyToConfirm()
    move(appointment, AppointmentState.CONFIRMED, table=APPOINTMENT_TRANSITIONS, confirmed_at=at)
    noted(appointment, "appointment.confirmed", by=by, at=at)
    return appointment


@transaction.atomic
def reschedule(
    appointment: Appointment,
    *,
    by: User | None,
    at: datetime,
    agreed: Agreed,
    asked_by: str,
    reason: str,
    client_key: uuid.UUID | None = None,
) -> Appointment:
    """booked, confirmed → moved, and a new appointment, which is returned; the same `client_key` returns it again.

    Effects, in order: old place free; how the old one counts; new appointment in a free place, agreed time of the
    stage; one journal row, on the new one. Errors: NotAllowed, ReasonMissing, those of `book_appointment`, Stale.
    """
    known = Appointment.objects.filter(client_key=client_key, follows=appointment).first() if client_key else None
    if known is not None:
        return known
    _check(appointment, by, reason, asked_by)
    order = hold(appointment.order_id)
    stage = appointment.stage
    stage.refresh_from_db(fields=["state"])
    stage.order = order
    move(
        appointment,
        AppointmentState.MOVED,
        table=APPOINTMENT_TRANSITIONS,
        ended_at=at,
        asked_by=asked_by,
        reason=reason.strip()[:300],
        outcome=_outcome(appointment, asked_by, at, moved=True),
    )
    new = placed(stage, agreed, by=by, at=at, follows=appointment, visit=appointment.visit, client_key=client_key)
    noted(
        new, "appointment.moved", by=by, at=at,
        before=appointment.starts_at.isoformat(), asked_by=asked_by, reason=reason.strip(), result=appointment.outcome,
    )  # fmt: skip
    return new


@transaction.atomic
def cancel(appointment: Appointment, *, by: User | None, at: datetime, asked_by: str, reason: str) -> Appointment:
    """booked, confirmed → cancelled, with who asked and why; the stage keeps waiting for a new appointment.

    Effects: place free; how it counts; journal. Errors: NotAllowed, ReasonMissing, WrongState, Stale.
    """
    _check(appointment, by, reason, asked_by)
    return _called_off(appointment, _outcome(appointment, asked_by, at, moved=False), asked_by, reason, by=by, at=at)


def _called_off(
    appointment: Appointment, outcome: str, asked_by: str, reason: str, *, by: User | None, at: datetime
) -> Appointment:
    move(
        appointment,
        AppointmentState.CANCELLED,
        table=APPOINTMENT_TRANSITIONS,
        ended_at=at,
        asked_by=asked_by,
        reason=reason.strip()[:300],
        outcome=outcome,
    )
    noted(appointment, "appointment.cancelled", by=by, at=at, asked_by=asked_by, reason=reason.strip(), result=outcome)
    return appointment


# ---- the end of the stage or of the order ------------------------------------------------------------------------


def _open_of(**condition: int) -> list[Appointment]:
    rows = Appointment.objects.filter(state__in=OPEN_STATES, **condition).select_related("unit", "order", "stage")
    return list(rows.order_by("pk"))


def _person(key: int | None) -> User | None:
    return User.objects.filter(pk=key).first() if key is not None else None


def require_same_time(stage_id: int, appointed_at: datetime) -> None:
    """The agreed time of a stage is that of its open appointment. Raises MoveTheVisit."""
    for appointment in _open_of(stage_id=stage_id):
        if appointment.starts_at != appointed_at:
            raise MoveTheVisit(number=appointment.number, field="appointed_at")


def close_with_stage(stage_id: int, *, by_id: int | None, at: datetime) -> None:
    """The stage ended without a check-in: work inside or after the window was done there, so the crew had come.

    Before the window there is nothing left to visit. A cancelled order is `close_with_order`'s business.
    """
    for appointment in _open_of(stage_id=stage_id):
        by = _person(by_id)
        if Order.objects.filter(pk=appointment.order_id, state=OrderState.CANCELLED).exists():
            continue
        if at < appointment.starts_at - TOLERANCE:
            _called_off(appointment, Outcome.REPLACED, AskedBy.COMPANY, "环节已提前结束", by=by, at=at)
            continue
        kept = at <= appointment.ends_at + TOLERANCE
        target, outcome = (AppointmentState.KEPT, Outcome.KEPT) if kept else (AppointmentState.LATE, Outcome.LATE)
        move(
            appointment, target, table=APPOINTMENT_TRANSITIONS,
            arrived_at=at, received_at=at, ended_at=at, outcome=outcome,
        )  # fmt: skip
        noted(appointment, "appointment.arrived", by=by, at=at, late=not kept, how="stage")


def close_with_order(order_id: int, *, by_id: int | None, at: datetime) -> None:
    """The order was cancelled: its appointments are cancelled by whoever wanted the order cancelled (O13)."""
    for appointment in _open_of(order_id=order_id):
        by = _person(by_id)
        entries = Entry.objects.filter(subject_label="touchpoints.order", subject_id=order_id, verb="order.cancelled")
        data = entries.order_by("-pk").values_list("data", flat=True).first() or {}
        asked_by = str(data.get("asked_by") or AskedBy.COMPANY)
        outcome = _outcome(appointment, asked_by, at, moved=False)
        _called_off(appointment, outcome, asked_by, str(data.get("reason") or "订单已取消"), by=by, at=at)
