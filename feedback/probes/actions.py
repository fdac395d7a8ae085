"""Probes come into being with the end of a stage, are settled by the clock, and may be excused."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Subquery
from django.utils.translation import override

from cxorders.journal import actions as journal
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.states import move
from cxorders.kit.worktime import CalendarYearMissing, WorkCalendar
from cxorders.organisation.models import User
from cxorders.organisation.queries import calendar_for, calendars_for, department_of
from feedback.intake.queries import Reference, reference
from feedback.probes import policy
from feedback.probes.enums import (
    AT_THE_FRONT,
    CALLBACK,
    CALLBACK_DEPARTMENT,
    MISSING_AFTER,
    PROBE_TRANSITIONS,
    SYSTEM,
    USUAL_HOURS,
    ExcuseCode,
    ProbeState,
)
from feedback.probes.models import Probe
from feedback.probes.queries import answers, unheard
from touchpoints.catalogue.models import FeedbackMethod, KeyPoint
from touchpoints.orders.models import Stage
from touchpoints.orders.queries import is_callback

MOST_EXCUSE = 300


class ExcuseMissing(BusinessError):
    code = "probe_excuse_missing"
    zh = "请选原因；选“其他”时请写明。"
    en = "Please choose a reason, and write it down where you choose “other”."


class AlreadyHeard(BusinessError):
    """An excuse never hides that the customer was heard."""

    code = "probe_already_heard"
    zh = "这个环节已经有反馈记录，不需要说明原因。"
    en = "This stage has a feedback record already; no reason is needed."
    status = 409


# ---- with the end of a stage ---------------------------------------------------------------------------------------


def launch(stage_id: int) -> list[Probe]:
    """O8: create what the type of a stage that is done requires; the rows, none for a call-back stage.

    One INSERT; a second call changes nothing. Call-back stages are asked by their call itself.
    """
    rows = Stage.objects.select_related("stage_type__process", "unit", "company")
    stage = rows.get(pk=stage_id)
    known = reference()
    place = known.places.get(stage.stage_type_id)
    if stage.ended_at is None or place is None or not place.probes or is_callback(stage.stage_type):
        return []
    wanted = list(required(known, stage.stage_type_id))
    desk = None
    if any(method.collector == CALLBACK for method, _point in wanted):
        desk = department_of(stage.company, CALLBACK_DEPARTMENT)
    missing_at = missing_from(calendar_for(stage.unit), stage.ended_at)
    probes = [
        Probe(
            **row_of(
                method, point, company_id=stage.company_id, unit_id=stage.unit_id, order_id=stage.order_id,
                stage_id=stage.pk, person_id=stage.assignee_id, desk_id=desk.pk if desk is not None else None,
                ended_at=stage.ended_at, missing_at=missing_at,
            )
        )
        for method, point in wanted
    ]  # fmt: skip
    return Probe.objects.bulk_create(probes, ignore_conflicts=True)


def required(known: Reference, stage_type_id: int) -> Iterator[tuple[FeedbackMethod, KeyPoint]]:
    """The probes of a stage type: each method with the first key point of the stage that allows it, else the first.

    A stage without key points is asked where its form asks: at the first key point of its touchpoint.
    """
    place = known.places[stage_type_id]
    by_key = {point.pk: point for point in known.key_points.values()}
    points = [by_key[key] for key in place.key_point_ids] or ([place.first] if place.first is not None else [])
    for code in dict.fromkeys(place.probes):
        method = known.methods.get(code)
        if method is not None and points:
            yield method, next((point for point in points if code in point.methods), points[0])


def row_of(
    method: FeedbackMethod, point: KeyPoint, *, company_id: int, unit_id: int, order_id: int, stage_id: int,
    person_id: int | None, desk_id: int | None, ended_at: datetime, missing_at: datetime | None,
) -> dict[str, Any]:  # fmt: skip
    """The columns of one new probe; `person_id` did the stage, `desk_id` is the call-back department."""
    return {
        "company_id": company_id,
        "unit_id": desk_id if method.collector == CALLBACK and desk_id is not None else unit_id,
        "order_id": order_id,
        "stage_id": stage_id,
        "key_point_id": point.pk,
        "method_id": method.pk,
        "by_hand": method.collector != SYSTEM,
        "asked_id": person_id if method.collector in AT_THE_FRONT else None,
        "created_at": ended_at,
        "due_at": ended_at + timedelta(hours=method.deadline_hours or USUAL_HOURS),
        "missing_at": missing_at,
    }


def missing_from(calendar: WorkCalendar, ended_at: datetime) -> datetime | None:
    """The close of the fifth working day after the event; None where the holidays of that year are not known yet."""
    try:
        return calendar.add_working_days(ended_at, MISSING_AFTER)
    except CalendarYearMissing:
        return None


# ---- the clock -----------------------------------------------------------------------------------------------------


@transaction.atomic
def settle(at: datetime) -> dict[str, int]:
    """Settle what has become certain by `at`: open → done, late, missing; how many of each.

    Set-based, so the rows are not moved one by one; each statement takes open rows only, which is the table's step.
    No journal: what is settled follows from records and clocks, and would come out the same again. Safe twice.
    """
    _find_lost_dates()
    first = answers().filter(submitted_at__lte=at)
    opened = Probe.objects.filter(state=ProbeState.OPEN)
    heard = opened.alias(
        first_at=Subquery(first.values("submitted_at")[:1])
    ).filter(Q(missing_at=None) | Q(first_at__lte=F("missing_at")), first_at__isnull=False)  # fmt: skip
    record = Subquery(first.values("pk")[:1])
    done = heard.filter(first_at__lte=F("due_at")).update(state=ProbeState.DONE, record=record, settled_at=at)
    late = heard.update(state=ProbeState.LATE, record=record, settled_at=at)
    missing = opened.filter(missing_at__lt=at).update(state=ProbeState.MISSING, settled_at=at)
    return {"done": done, "late": late, "missing": missing}


def _find_lost_dates() -> None:
    """Open probes of a year whose holidays were not known: their fifth working day, as soon as it can be told."""
    lost = list(
        Probe.objects.filter(state=ProbeState.OPEN, missing_at=None).select_related("stage__unit").order_by("pk")[:500]
    )
    calendars = calendars_for({probe.stage.unit_id: probe.stage.unit for probe in lost}.values()) if lost else {}
    found = []
    for probe in lost:
        probe.missing_at = missing_from(calendars[probe.stage.unit_id], probe.created_at)
        if probe.missing_at is not None:
            found.append(probe)
    if found:
        Probe.objects.bulk_update(found, ["missing_at"])


# ---- excuses -------------------------------------------------------------------------------------------------------


@transaction.atomic
def excuse(probe: Probe, *, by: User, at: datetime, code: str, text: str = "") -> Probe:
    """open → excused: nobody could be asked, for a coded reason. Journal row on the order.

    NotAllowed, ExcuseMissing, AlreadyHeard, WrongState (settled already), Stale.
    """
    if not policy.may_excuse(by, probe):
        raise NotAllowed()
    words = " ".join(text.replace("\x00", "").split())[:MOST_EXCUSE]
    if code not in ExcuseCode.values or (code == ExcuseCode.OTHER and not words):
        raise ExcuseMissing(field="text" if code == ExcuseCode.OTHER else "code")
    if probe.state != ProbeState.OPEN or (probe.missing_at is not None and probe.missing_at < at):
        raise WrongState()
    if Probe.objects.filter(pk=probe.pk).alias(heard=Subquery(answers().values("pk")[:1])).exclude(heard=None).exists():
        raise AlreadyHeard()
    move(
        probe, ProbeState.EXCUSED, table=PROBE_TRANSITIONS,
        settled_at=at, excuse_code=code, excuse_text=words, excused_by=by, excused_at=at,
    )  # fmt: skip
    kind = probe.stage.stage_type
    with override("zh-hans"):
        reason = str(ExcuseCode(code).label)
    journal.record(
        probe.order, "probe.excused", by=by, at=at, unit_id=probe.unit_id, company_id=probe.company_id,
        stage=probe.stage_id, zh=kind.zh, en=kind.en, method=probe.method.code, code=code, reason=reason, text=words,
    )  # fmt: skip
    return probe


# ---- leaving -------------------------------------------------------------------------------------------------------


def open_held_by(user: User) -> int:
    """How many probes that nobody has answered name `user`."""
    return unheard(Probe.objects.filter(asked=user)).count()


@transaction.atomic
def hand_over(user: User, successor: User, by: User | None, at: datetime) -> None:
    """What `user` still had to ask, `successor` asks. Effects: the person named; journal rows on the orders."""
    for probe in unheard(Probe.objects.filter(asked=user)).select_related("order", "stage__stage_type").order_by("pk"):
        Probe.objects.filter(pk=probe.pk).update(asked=successor)
        kind = probe.stage.stage_type
        journal.record(
            probe.order, "probe.handed_over", by=by, at=at, unit_id=probe.unit_id, company_id=probe.company_id,
            stage=probe.stage_id, zh=kind.zh, en=kind.en, assignee_name=successor.name,
        )  # fmt: skip
