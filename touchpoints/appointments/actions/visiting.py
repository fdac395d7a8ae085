"""The visit itself: the crew arrives, or nobody opens, or nobody came (M12)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from cxorders.kit.errors import BusinessError, NotAllowed, Stale
from cxorders.kit.photos import NoImage, Photo, clean_photo
from cxorders.kit.states import move
from cxorders.organisation.models import User
from touchpoints.appointments import policy
from touchpoints.appointments.actions.booking import noted
from touchpoints.appointments.enums import (
    APPOINTMENT_TRANSITIONS,
    DEVICE_LAG,
    DEVICE_LEAD,
    OPEN_STATES,
    TOLERANCE,
    AppointmentState,
    Outcome,
    end_of_day,
)
from touchpoints.appointments.models import Appointment, NoAccess
from touchpoints.orders import policy as orders_policy
from touchpoints.orders.actions import fail_stage
from touchpoints.orders.actions.flow import hold
from touchpoints.orders.enums import OrderState, StageState

Place = tuple[Decimal, Decimal]
"""latitude and longitude"""


class TooEarly(BusinessError):
    code = "too_early_to_arrive"
    zh = "离约定时段还有 {minutes} 分钟，请按约定时间上门；客户要求提前的，请先改约。"
    en = "The window opens in {minutes} minutes. Come at the agreed time, or move the appointment if the customer asks."


class DayOver(BusinessError):
    code = "appointment_day_over"
    zh = "约定的那一天已过，这次预约算未到场，请重新预约。"
    en = "The agreed day is over, so this appointment was missed. Make a new one."


class CallInFuture(BusinessError):
    code = "call_in_future"
    zh = "通话时间不能晚于现在。"
    en = "The call cannot be later than now."


class NotADoorPhoto(BusinessError):
    code = "door_photo_unreadable"
    zh = "“{file}”不是能打开的照片，请重拍一张。"
    en = "“{file}” is not a photo that can be opened. Take another one."


class DoorPhotoTooLarge(BusinessError):
    code = "door_photo_too_large"
    zh = "“{file}”太大，一张照片最多 {limit} MB。"
    en = "“{file}” is too large: a photo may have {limit} MB."


@dataclass(frozen=True)
class Door:
    """What the crew leaves behind at a closed door: the call, the photo, the place."""

    called_at: datetime | None = None
    call_note: str = ""
    photo: UploadedFile | None = None
    place: str = ""
    position: Place | None = None


def _by_device(at: datetime, device_at: datetime | None) -> datetime:
    """The time of the device where it can be true, else the time of receipt."""
    plausible = device_at is not None and at - DEVICE_LAG <= device_at <= at + DEVICE_LEAD
    return device_at if device_at is not None and plausible else at


def _check_moment(appointment: Appointment, moment: datetime) -> bool:
    """Whether `moment` keeps the appointment. Raises TooEarly, DayOver."""
    opens = appointment.starts_at - TOLERANCE
    if moment < opens:
        left = appointment.starts_at - moment
        raise TooEarly(minutes=int(left.total_seconds() // 60))
    if moment >= end_of_day(appointment.ends_at):
        raise DayOver()
    return moment <= appointment.ends_at + TOLERANCE


@transaction.atomic
def arrive(
    appointment: Appointment,
    *,
    by: User | None,
    at: datetime,
    device_at: datetime | None = None,
    position: Place | None = None,
    key: uuid.UUID | None = None,
) -> Appointment:
    """booked, confirmed → kept or late: the crew is at the door, at the time of its device, the place if it tells.

    A phone that repeats itself with the same `key` changes nothing. Effects: arrival; how it counts; journal with
    both times. Errors: NotAllowed, TooEarly, DayOver, WrongState, Stale.
    """
    if not policy.may_visit(by, appointment):
        raise NotAllowed()
    if key is not None and Appointment.objects.filter(pk=appointment.pk, arrival_key=key).exists():
        appointment.refresh_from_db(fields=["state", "outcome", "arrived_at", "received_at", "arrival_key"])
        return appointment
    moment = _by_device(at, device_at)
    kept = _check_moment(appointment, moment) if policy.possible(appointment, AppointmentState.KEPT) else True
    latitude, longitude = position or (None, None)
    move(
        appointment,
        AppointmentState.KEPT if kept else AppointmentState.LATE,
        table=APPOINTMENT_TRANSITIONS,
        arrived_at=moment,
        received_at=at,
        ended_at=moment,
        outcome=Outcome.KEPT if kept else Outcome.LATE,
        latitude=latitude,
        longitude=longitude,
        arrival_key=key,
    )
    noted(
        appointment, "appointment.arrived", by=by, at=at,
        arrived_at=moment.isoformat(), device_at=device_at.isoformat() if device_at else None, late=not kept,
    )  # fmt: skip
    return appointment


@transaction.atomic
def record_no_access(
    appointment: Appointment,
    *,
    by: User | None,
    at: datetime,
    door: Door,
    device_at: datetime | None = None,
    key: uuid.UUID | None = None,
) -> Appointment:
    """booked, confirmed, kept, late → no_access: the crew came in person and nobody opened.

    Counts as kept only in time and with the call, the photo of the door and the place; late stays late, without
    proof it counts as missed. The same `key` changes nothing. Effects, in order: state; sealed proof; journal; the
    stage fails, so that a new appointment follows within three days (O9).
    Errors: NotAllowed, TooEarly, DayOver, CallInFuture, NotADoorPhoto, DoorPhotoTooLarge, WrongState, Stale.
    """
    if not policy.may_visit(by, appointment):
        raise NotAllowed()
    if key is not None and NoAccess.objects.filter(client_key=key, appointment=appointment).exists():
        appointment.refresh_from_db(fields=["state", "outcome"])
        return appointment
    order = hold(appointment.order_id)
    moment = appointment.arrived_at or _by_device(at, device_at)
    in_time = _check_moment(appointment, moment) if policy.possible(appointment, AppointmentState.NO_ACCESS) else True
    if door.called_at is not None and door.called_at > at:
        raise CallInFuture(field="called_at")
    proof = _proof(appointment, door, _photo(door.photo), by=by, at=at, key=key)
    outcome = Outcome.NO_ACCESS if in_time else Outcome.LATE
    move(
        appointment,
        AppointmentState.NO_ACCESS,
        table=APPOINTMENT_TRANSITIONS,
        arrived_at=moment,
        received_at=appointment.received_at or at,
        ended_at=at,
        outcome=outcome if proof.is_complete or not in_time else Outcome.MISSED,
    )
    proof.save(force_insert=True)
    noted(appointment, "appointment.no_access", by=by, at=at, result=appointment.outcome, late=not in_time)
    stage = appointment.stage
    stage.refresh_from_db(fields=["state"])
    stage.order = order
    if stage.state == StageState.ACTIVE and order.state == OrderState.RUNNING:
        actor = by if orders_policy.may_work(by, stage) else None
        fail_stage(stage, by=actor, at=at, reason="上门不遇")
    return appointment


def _photo(file: UploadedFile | None) -> Photo | None:
    if file is None:
        return None
    if (file.size or 0) > settings.CX_MAX_UPLOAD_BYTES:
        limit = settings.CX_MAX_UPLOAD_BYTES // 1024 // 1024
        raise DoorPhotoTooLarge(file=file.name, limit=limit, field="photo")
    try:
        return clean_photo(file)
    except NoImage as error:
        raise NotADoorPhoto(file=file.name, field="photo") from error


def _proof(
    appointment: Appointment, door: Door, photo: Photo | None, *, by: User | None, at: datetime, key: uuid.UUID | None
) -> NoAccess:
    """The row of evidence, its picture stored, not yet written."""
    latitude, longitude = door.position or (None, None)
    row = NoAccess(
        appointment=appointment,
        called_at=door.called_at,
        call_note=" ".join(door.call_note.split())[:200],
        place=" ".join(door.place.split())[:200],
        latitude=latitude,
        longitude=longitude,
        by=by,
        at=at,
        client_key=key,
    )
    if photo is not None:
        row.sha256 = photo.sha256
        row.photo.save(f"{photo.sha256[:24]}.{photo.ending}", ContentFile(photo.content), save=False)
    return row


def mark_missed(at: datetime) -> int:
    """Sweep: appointments whose day is over and whose crew never came are missed, dated at the end of that day.

    Returns how many. A second run finds none of them.
    """
    rows = Appointment.objects.filter(state__in=OPEN_STATES, starts_at__lt=at).select_related("unit", "order")
    missed = 0
    for appointment in rows.order_by("starts_at", "pk").iterator(chunk_size=500):
        over = end_of_day(appointment.ends_at)
        if over > at:
            continue
        try:
            _missed(appointment, at=over)
        except Stale:
            continue  # somebody ended it while the sweep ran
        missed += 1
    return missed


@transaction.atomic
def _missed(appointment: Appointment, *, at: datetime) -> None:
    move(appointment, AppointmentState.MISSED, table=APPOINTMENT_TRANSITIONS, ended_at=at, outcome=Outcome.MISSED)
    noted(appointment, "appointment.missed", by=None, at=at)
