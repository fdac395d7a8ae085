"""Stages that ended, or fell due, in one month: the rows behind a cell of the heat map, one row per stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.kit.worktime import CalendarYearMissing, WorkCalendar
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries.calendars import calendars_for
from cxorders.organisation.scope import scope_of
from touchpoints.orders import wording
from touchpoints.orders.enums import CALLBACK_DEPARTMENTS, CALLBACK_PROCESS, StageState
from touchpoints.orders.models import Stage, StagePause, StageType
from touchpoints.orders.queries.journey import Slip
from touchpoints.orders.queries.reads import promise_of

PAGE = 50
OFFICE = ("WD", "WH")
"""clocks that run in working hours only; every other one runs day and night"""
ENDED, DUE = "ended", "due"
SECONDS = {"WD": 27_000, "WH": 3_600, "CD": 86_400, "CH": 3_600, "MIN": 60, "MONTH": 86_400, "SEC": 1, "RINGS": 1}
"""unit of a promise → seconds of the unit its times are shown in; a working day has 7.5 working hours (metrics 0.4)"""


@dataclass(frozen=True)
class WantedPassages:
    """A month of one stage of one order type; `by` is "ended" or "due"."""

    by: str
    month: date
    order_type: str
    stage: str
    unit: int | None = None
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Passage:
    """One stage of one order as the list shows it."""

    stage: Stage
    seconds: float | None
    """time on the clock of the stage, pauses out"""
    slip: Slip | None

    @property
    def taken(self) -> float | None:
        """The same in the unit of the stage type (`shown_unit`)."""
        return None if self.seconds is None else self.seconds / SECONDS.get(self.stage.stage_type.promise_unit, 86_400)


@dataclass(frozen=True)
class PassagePage:
    rows: list[Passage]
    next: tuple[datetime, int] | None
    count: int
    stage_type: StageType


def shown_unit(unit: str) -> str:
    """The word for the unit times are shown in."""
    words = {
        "WD": _("工作日"),
        "WH": _("工作时"),
        "CH": _("小时"),
        "MIN": _("分钟"),
        "SEC": _("秒"),
        "RINGS": _("秒"),
    }
    return words.get(unit, _("天"))


def month_span(month: date) -> tuple[datetime, datetime]:
    """The local month that begins on `month`, half open (C1)."""
    after = (month + timedelta(days=31)).replace(day=1)
    first, last = (datetime(day.year, day.month, 1, tzinfo=BUSINESS_ZONE) for day in (month, after))
    return first, last


def ended_in(month: date) -> Q:
    """Stages whose time counts for `month`: done, with a beginning."""
    first, last = month_span(month)
    return Q(state=StageState.DONE, ended_at__gte=first, ended_at__lt=last, started_at__isnull=False)


def due_in(month: date, now: datetime) -> Q:
    """Stages whose due time lies in `month` and is decided at `now`: done, or the time has passed (C2, M21).

    A stage that failed before its due time counts on neither side; a paused clock decides nothing.
    """
    first, last = month_span(month)
    broken = Q(state=StageState.ACTIVE, due_at__lt=now) | Q(state=StageState.FAILED, ended_at__gt=F("due_at"))
    return Q(due_at__gte=first, due_at__lt=last) & (Q(state=StageState.DONE) | broken)


TOO_LATE = Q(ended_at__gt=F("due_at")) | Q(ended_at=None)
"""among stages of `due_in`: those that broke their promise"""


def counted_types() -> QuerySet[StageType]:
    """Stage types that take time: all but call-backs, for which nobody waits (O12)."""
    calls = StageType.objects.order_by().filter(
        process__code=CALLBACK_PROCESS, department_code__in=CALLBACK_DEPARTMENTS
    )
    return StageType.objects.exclude(pk__in=calls.values("pk"))


Pauses = Sequence[tuple[datetime, datetime | None]]


def seconds_of(begin: datetime, end: datetime, pauses: Pauses, *, office: WorkCalendar | None) -> float | None:
    """Seconds a stage took from `begin` to `end`, pauses out (M53): working time of `office`, or real time without it.

    None where the holiday table does not reach.
    """
    stood = [(since, end if until is None else until) for since, until in pauses]
    if office is not None:
        try:
            return office.elapsed(begin, end, stood).total_seconds()
        except CalendarYearMissing:
            return None
    lost = sum(max((min(until, end) - max(since, begin)).total_seconds(), 0.0) for since, until in stood)
    return max((end - begin).total_seconds() - lost, 0.0)


def passages_of(user: User, wanted: WantedPassages, now: datetime, size: int = PAGE) -> PassagePage | None:
    """One page of the stages `user` may see, newest first, and how many there are; None for a stage nobody knows."""
    stage_type = (
        counted_types()
        .select_related("order_type", "touchpoint")
        .filter(order_type__code=wanted.order_type, code=wanted.stage)
        .first()
    )
    if stage_type is None:
        return None
    column = "ended_at" if wanted.by == ENDED else "due_at"
    rows = _of_unit(_in_companies(user), wanted.unit).filter(stage_type=stage_type)
    rows = rows.filter(ended_in(wanted.month) if wanted.by == ENDED else due_in(wanted.month, now))
    count = rows.order_by().count()
    if wanted.after is not None:
        at, key = wanted.after
        rows = rows.filter(Q(**{f"{column}__lt": at}) | Q(**{column: at, "pk__lt": key}))
    shown = rows.select_related(
        "stage_type", "order__customer", "order__premises", "unit", "assignee", "company"
    ).prefetch_related(Prefetch("pauses", queryset=StagePause.objects.order_by("started_at", "pk")))
    found = list(shown.order_by(f"-{column}", "-pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    calendars = calendars_for([stage.unit for stage in found[:size]])
    office = stage_type.promise_unit in OFFICE
    return PassagePage(
        rows=[_passage(stage, office, calendars[stage.unit_id], now) for stage in found[:size]],
        next=(getattr(last, column), last.pk) if last is not None else None,
        count=count,
        stage_type=stage_type,
    )


def _passage(stage: Stage, office: bool, calendar: WorkCalendar, now: datetime) -> Passage:
    slip = None
    if stage.due_at is not None:
        end = stage.ended_at or now
        if end > stage.due_at:
            over = {"time": wording.late_by(promise_of(stage), stage.due_at, end)}
            slip = Slip("bad", _("晚 %(time)s") % over)
        else:
            slip = Slip("ok", _("按时"))
    seconds = None
    if stage.started_at is not None and stage.ended_at is not None:
        pauses = [(pause.started_at, pause.ended_at) for pause in stage.pauses.all()]
        seconds = seconds_of(stage.started_at, stage.ended_at, pauses, office=calendar if office else None)
    return Passage(stage, seconds, slip)


def _in_companies(user: User) -> QuerySet[Stage]:
    """The stages `user` may see, in the companies the person works for: every index of stages begins with them."""
    rows, grant = Stage.objects.visible_to(user), user.active_grant
    if grant is not None and grant.unit.company_id is not None and not scope_of(user).everything:
        return rows.filter(company_id=grant.unit.company_id)
    companies = Unit.objects.filter(kind=UnitKind.COMPANY).order_by("pk")
    return rows.filter(company_id__in=list(companies.values_list("pk", flat=True)))


def _of_unit(rows: QuerySet[Stage], unit_id: int | None) -> QuerySet[Stage]:
    if unit_id is None:
        return rows
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        return rows.none()
    if unit.kind == UnitKind.COMPANY:
        return rows.filter(company=unit)
    below = sorted(Unit.objects.below(unit).order_by().values_list("pk", flat=True))
    inside = rows.filter(unit__in=below)
    return inside if unit.company_id is None else inside.filter(company_id=unit.company_id)
