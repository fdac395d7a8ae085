"""Which facts make up M34 and M54: expected feedback, staff records, stages nobody of the staff reported.

As in `facts`, every condition holds for a given cut-off for ever: it asks records and probes, never the state the
sweep has settled.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit
from feedback.intake.enums import Source
from feedback.intake.models import Record
from feedback.probes.models import Probe
from feedback.probes.queries import heard_by
from kpi.metrics.queries.facts import Window, booked
from touchpoints.orders.enums import CALLBACK_DEPARTMENTS, CALLBACK_PROCESS, StageState
from touchpoints.orders.models import Stage, StageType

BY_STAFF = Q(source=Source.STAFF)


# ---- M54 -----------------------------------------------------------------------------------------------------------


def required(window: Window) -> QuerySet[Probe]:
    """Probes whose deadline fell into the month and before the cut-off (C2), excused ones included."""
    month = window.month
    return Probe.objects.filter(due_at__gte=month.start, due_at__lt=month.end, due_at__lte=window.cut_off_at)


def excused(window: Window) -> Q:
    """Probes excused by the cut-off."""
    return Q(excused_at__isnull=False, excused_at__lte=window.cut_off_at)


def heard(window: Window) -> Q:
    """Probes with a record by the cut-off, handed in before they were missing."""
    return heard_by(window.cut_off_at)


def passed(window: Window) -> QuerySet[Stage]:
    """One row per key point of every stage done in the month: `covered` says whether it has a record at that stage and
    key point. Call-back stages are asked by their call and are no events.

    Companies and stage types are named so that the index of ended stages serves a month of a large table.
    """
    month = window.month
    companies = Unit.objects.filter(kind=UnitKind.COMPANY).order_by("pk").values_list("pk", flat=True)
    kinds = StageType.objects.filter(key_points__isnull=False).order_by("pk").distinct()
    calls = Q(process__code=CALLBACK_PROCESS, department_code__in=CALLBACK_DEPARTMENTS)
    there = Record.objects.filter(
        stage=OuterRef("pk"), key_point=OuterRef("stage_type__key_points"), submitted_at__lte=window.cut_off_at
    )
    done = Stage.objects.filter(
        company__in=list(companies),
        stage_type__in=list(kinds.exclude(calls).values_list("pk", flat=True)),
        state=StageState.DONE,
        ended_at__gte=month.start,
        ended_at__lt=month.end,
        ended_at__lte=window.cut_off_at,
    )
    return done.filter(stage_type__key_points__isnull=False).annotate(covered=Exists(there))


# ---- M34 -----------------------------------------------------------------------------------------------------------


def silent_stages(window: Window) -> QuerySet[Probe]:
    """Stages nobody of the staff reported within five working days though another source knew of them by the cut-off;
    the fifth working day fell into the month. Each stage by its first probe; excused ones included.
    """
    month = window.month
    return _silent(window).filter(missing_at__gte=month.start, missing_at__lt=month.end)


def excused_stage(window: Window) -> Exists:
    """Silent stages for which somebody said why, by the cut-off."""
    return Exists(Probe.objects.filter(excused(window), stage=OuterRef("stage")))


def staff_records(window: Window) -> QuerySet[Record]:
    """Records staff handed in for the month, but for those that came after their stage had counted as missing."""
    return booked(window).filter(BY_STAFF).filter(Q(late=False) | ~Q(counted_as_missing(window)))


def counted_as_missing(window: Window) -> Exists:
    """Late records whose stage had counted as missing before they came."""
    too_late = _silent(window).filter(stage=OuterRef("stage"), missing_at__lt=OuterRef("submitted_at"))
    return Exists(too_late.exclude(excused_stage(window)))


def _silent(window: Window) -> QuerySet[Probe]:
    at_stage = Record.objects.filter(stage=OuterRef("stage"))
    by_staff = at_stage.filter(BY_STAFF, submitted_at__lte=OuterRef("missing_at"))
    known = at_stage.exclude(BY_STAFF).filter(submitted_at__lte=window.cut_off_at)
    earlier: QuerySet[Any] = Probe.objects.filter(stage=OuterRef("stage"), pk__lt=OuterRef("pk"))
    return Probe.objects.filter(
        Exists(known), ~Exists(by_staff), ~Exists(earlier), missing_at__lte=window.cut_off_at
    )  # fmt: skip
