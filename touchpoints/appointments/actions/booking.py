"""Agreeing a visit: a crew, a day, a window (O9: after a failed visit a new one within three days)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cxorders.journal.actions import entry_of
from cxorders.journal.models import Entry
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.inserting import insert
from cxorders.organisation.models import Unit, User
from touchpoints.appointments import policy
from touchpoints.appointments.actions.places import take_place
from touchpoints.appointments.enums import DAYS_AHEAD, OPEN_STATES, WINDOWS, AppointmentState, Half, Window
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.reads import crews_of, moments_of
from touchpoints.orders import policy as orders_policy
from touchpoints.orders.actions import appoint_stage, retry_stage
from touchpoints.orders.actions.flow import hold
from touchpoints.orders.enums import RETRY_DAYS, OrderState, StageState
from touchpoints.orders.models import Stage
from touchpoints.orders.queries import is_callback

BOOKABLE = (StageState.ACTIVE, StageState.PAUSED, StageState.FAILED)


class AlreadyBooked(BusinessError):
    code = "already_booked"
    zh = "这个环节已有预约 {number}，要换时间请改约。"
    en = "This stage already has the appointment {number}. Move that one instead."
    status = 409


class WindowPast(BusinessError):
    code = "window_past"
    zh = "这个时段已经开始或过去了，请选以后的时段。"
    en = "This window has begun or is over. Choose a later one."


class TooFarAhead(BusinessError):
    code = "too_far_ahead"
    zh = "最多只能约到 {days} 天以后。"
    en = "Appointments are made for the next {days} days at most."


class WindowUnknown(BusinessError):
    code = "window_unknown"
    zh = "请选择一个时段。"
    en = "Choose a window."


class WrongCrew(BusinessError):
    code = "wrong_crew"
    zh = "这个班组不做这个环节，请选负责部门的班组。"
    en = "This crew does not work on the stage. Choose a crew of the department that does."


@dataclass(frozen=True)
class Agreed:
    """What was agreed: who comes, on which day, in which window (a code of `WINDOWS`), what the crew should know."""

    crew: Unit
    day: date
    window: str
    note: str = ""


@transaction.atomic
def book_appointment(
    stage: Stage, *, by: User | None, at: datetime, agreed: Agreed, client_key: uuid.UUID | None = None
) -> Appointment:
    """– → booked. The same `client_key` returns the appointment that exists.

    Effects, in order: a place of the half-day; appointment, a repeat visit where one was made before; agreed time of
    the stage (a failed stage starts again, O9); journal.
    Errors: NotAllowed, WrongState, AlreadyBooked, WrongCrew, WindowUnknown, WindowPast, TooFarAhead, HalfDayFull.
    """
    known = _known(client_key)
    if known is not None:
        return known
    order = hold(stage.order_id)
    stage.refresh_from_db(fields=["state"])
    stage.order = order
    if not policy.may_book(by, stage):
        raise NotAllowed()
    known = _known(client_key)
    if known is not None:
        return known
    last, visit = following(stage, list(Appointment.objects.filter(stage=stage).order_by("pk")))
    appointment = placed(stage, agreed, by=by, at=at, follows=last, visit=visit, client_key=client_key)
    noted(appointment, "appointment.booked", by=by, at=at, visit=visit, late=after_deadline(last, appointment))
    return appointment


def following(stage: Stage, earlier: Sequence[Appointment]) -> tuple[Appointment | None, int]:
    """The appointment a new one of `stage` repeats and the number of the visit; `earlier`: those there were, in order.

    Raises WrongState, AlreadyBooked.
    """
    order = stage.order
    if order.state != OrderState.RUNNING or stage.state not in BOOKABLE or is_callback(stage.stage_type):
        raise WrongState()
    for row in earlier:
        if row.state in OPEN_STATES:
            raise AlreadyBooked(number=row.number)
    visit = 1 + sum(1 for row in earlier if row.state not in (AppointmentState.CANCELLED, AppointmentState.MOVED))
    return (earlier[-1] if earlier else None), visit


def _known(client_key: uuid.UUID | None) -> Appointment | None:
    if client_key is None:
        return None
    return Appointment.objects.filter(client_key=client_key).select_related("unit", "order", "stage__unit").first()


def after_deadline(last: Appointment | None, appointment: Appointment) -> bool:
    """Whether a repeat visit comes later than the three days of O9."""
    if last is None or last.ended_at is None or last.state not in (AppointmentState.NO_ACCESS, AppointmentState.MISSED):
        return False
    return appointment.starts_at > last.ended_at + timedelta(days=RETRY_DAYS)


def require_window(agreed: Agreed, at: datetime) -> Window:
    """The window that was agreed. Raises WindowUnknown, WindowPast, TooFarAhead."""
    window = WINDOWS.get(agreed.window)
    if window is None:
        raise WindowUnknown(field="window")
    if moments_of(agreed.day, window)[0] <= at:
        raise WindowPast(field="window")
    if agreed.day > timezone.localdate(at) + timedelta(days=DAYS_AHEAD):
        raise TooFarAhead(field="day", days=DAYS_AHEAD)
    return window


def drafted(
    stage: Stage,
    agreed: Agreed,
    window: Window,
    *,
    by: User | None,
    at: datetime,
    follows: Appointment | None,
    visit: int,
    client_key: uuid.UUID | None = None,
) -> Appointment:
    """The appointment that was agreed, not saved."""
    starts_at, ends_at = moments_of(agreed.day, window)
    return Appointment(
        company_id=stage.company_id,
        unit=agreed.crew,
        order=stage.order,
        stage=stage,
        follows=follows,
        visit=visit,
        day=agreed.day,
        half=window.half,
        starts_at=starts_at,
        ends_at=ends_at,
        note=" ".join(agreed.note.split())[:200],
        booked_at=at,
        booked_by=by,
        client_key=client_key,
    )


def placed(
    stage: Stage,
    agreed: Agreed,
    *,
    by: User | None,
    at: datetime,
    follows: Appointment | None,
    visit: int,
    client_key: uuid.UUID | None,
) -> Appointment:
    """A new appointment in a free place, and the agreed time of its stage. The order of the stage is held."""
    window = require_window(agreed, at)
    if agreed.crew.pk not in {crew.pk for crew in crews_of(stage)}:
        raise WrongCrew(field="crew")
    take_place(agreed.crew, agreed.day, window.half)
    appointment = drafted(stage, agreed, window, by=by, at=at, follows=follows, visit=visit, client_key=client_key)
    appointment.save()
    # who took the order in may agree a time with the customer, although the stage is another unit's work
    actor = by if orders_policy.may_work(by, stage) else None
    if stage.state == StageState.FAILED:
        retry_stage(stage, by=actor, at=at, appointed_at=appointment.starts_at)
    else:
        appoint_stage(stage, by=actor, at=at, appointed_at=appointment.starts_at, until=appointment.ends_at)
    return appointment


def noting(appointment: Appointment, verb: str, *, by: User | None, at: datetime, **data: Any) -> Entry:
    """The journal row `noted` writes, not written."""
    return entry_of(
        appointment,
        verb,
        by=by,
        at=at,
        order=appointment.order.number,
        stage=appointment.stage_id,
        day=appointment.day.isoformat(),
        half=str(Half(appointment.half)),
        appointed_at=appointment.starts_at.isoformat(),
        unit_name=appointment.unit.zh,
        **data,
    )


def noted(appointment: Appointment, verb: str, *, by: User | None, at: datetime, **data: Any) -> None:
    """One journal row on the appointment, with what a reader needs to know which one it is."""
    insert(noting(appointment, verb, by=by, at=at, **data))
