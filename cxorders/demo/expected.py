"""Expected feedback of everything the simulation finished: owed as the product owes it, settled as the sweep does."""

from datetime import date, datetime

from django.db.models import F

from cxorders.demo import bulk
from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit
from feedback.intake.queries import reference
from feedback.probes.actions import missing_from, required, row_of, settle
from feedback.probes.enums import CALLBACK_DEPARTMENT, ExcuseCode, ProbeState
from feedback.probes.models import Probe
from feedback.probes.queries import unheard
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Stage, StageType
from touchpoints.orders.queries import IS_CALLBACK

CHUNK = 5_000
COLUMNS = ("pk", "company_id", "order_id", "unit_id", "stage_type_id", "assignee_id", "ended_at")
EXCUSES = (
    (0, ExcuseCode.REFUSED), (3, ExcuseCode.UNREACHABLE), (7, ExcuseCode.ASKED_TODAY), (10, ExcuseCode.ENOUGH_CALLS),
)  # fmt: skip
"""of twelve probes without a record, which ones somebody explained, and how"""


def owe(calendar: WorkCalendar, now: datetime) -> int:
    """Probes of every stage that is done, in one pass; how many. Then explanations, then the sweep at `now`."""
    known, table = reference(), bulk.Table(Probe)
    kinds = StageType.objects.exclude(pk__in=_calls()).order_by("pk").values_list("pk", flat=True)
    wanted = {kind: tuple(required(known, kind)) for kind in kinds if kind in known.places}
    desks = _desks()
    limits: dict[date, datetime | None] = {}
    done = Stage.objects.filter(state=StageState.DONE, stage_type__in=[key for key, rows in wanted.items() if rows])
    for stage in done.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        key, company, order, unit, kind, person, ended = stage
        if ended is None:
            continue
        day = calendar.local_date(ended)
        if day not in limits:
            limits[day] = missing_from(calendar, ended)
        for method, point in wanted[kind]:
            table.add(
                **row_of(
                    method, point, company_id=company, unit_id=unit, order_id=order, stage_id=key, person_id=person,
                    desk_id=desks.get(company), ended_at=ended, missing_at=limits[day],
                )
            )  # fmt: skip
        table.flush(full=True)
    table.flush()
    bulk.settle([Probe])
    _explain(now)
    settle(now)
    return table.queued


def _calls() -> list[int]:
    rows = Stage.objects.filter(IS_CALLBACK).order_by().values_list("stage_type_id", flat=True)
    return sorted(set(rows.distinct()))


def _desks() -> dict[int, int]:
    """Company → its call-back department."""
    rows = Unit.objects.filter(department_code=CALLBACK_DEPARTMENT, kind=UnitKind.DEPARTMENT).order_by("-path")
    return {company: key for company, key in rows.values_list("company_id", "pk") if company is not None}


def _explain(now: datetime) -> None:
    """Some of what nobody recorded was explained by the deadline."""
    silent = unheard(Probe.objects.filter(due_at__lt=now)).alias(turn=F("pk") % 12)
    for turn, code in EXCUSES:
        silent.filter(turn=turn).update(
            state=ProbeState.EXCUSED,
            excuse_code=code,
            excused_by=F("asked"),
            excused_at=F("due_at"),
            settled_at=F("due_at"),
        )
