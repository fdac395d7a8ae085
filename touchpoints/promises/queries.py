"""The promises of a unit: running, at risk, broken, kept; each with its reasons."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.kit import formats
from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries.calendars import calendar_for, calendars_for
from cxorders.organisation.scope import scope_of
from touchpoints.orders import wording
from touchpoints.orders.enums import CALLBACK_DEPARTMENTS, CALLBACK_PROCESS, OPEN_STAGE_STATES, StageState
from touchpoints.orders.models import Stage, StagePause, StageType
from touchpoints.orders.nearness import NEARNESS, horizon_of, is_near, near
from touchpoints.orders.queries import promise_of
from touchpoints.orders.queries.journey import Slip, is_late
from touchpoints.promises import policy
from touchpoints.promises.clocks import tell_by
from touchpoints.promises.enums import ExemptionState, Standing
from touchpoints.promises.models import Exemption, StageBreachTold
from touchpoints.standards.models import Standard

PAGE = 50
MOST_COUNTED = 99
MOST_REQUESTS = 200
OVER = (StageState.DONE, StageState.FAILED)
EXEMPTED = Exists(Exemption.objects.filter(stage=OuterRef("pk"), state=ExemptionState.GRANTED))
"""the level above has left this breach out of the figures (M21)"""


@dataclass(frozen=True)
class Wanted:
    """What the page is filtered by."""

    state: Standing = Standing.RUNNING
    unit: int | None = None
    order_type: str = ""
    standard: str = ""
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Row:
    """One promise as the page shows it."""

    stage: Stage
    standing: Standing
    promise: str
    slip: Slip | None
    note: str
    """time left, where nothing is urgent"""
    why: list[str]
    """reasons in words: pauses, what was written at the stage, what the customer was told"""
    told: StageBreachTold | None
    due: str
    tell_by: datetime | None
    tell_late: bool
    """the customer was told too late, or was not told although the time for it is over"""
    may_tell: bool
    exemption: Exemption | None = None
    """the newest request to leave the breach out"""
    may_ask: bool = False

    @property
    def broken(self) -> bool:
        """Whether the promise is broken."""
        return self.standing == Standing.BROKEN


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next: tuple[datetime, int] | None


@dataclass(frozen=True)
class Share:
    """One standard in one month: promises that came to an end, and how many were kept."""

    name: str
    code: str
    kept: int
    broken: int

    @property
    def n(self) -> int:
        """How many promises are decided."""
        return self.kept + self.broken

    @property
    def percent(self) -> float | None:
        """Percent kept (M21)."""
        return self.kept * 100 / self.n if self.n else None


class Promises:
    """The promises `user` may see at `now`, narrowed by unit, order type and standard; call-backs are no promise here.

    Every question of the page costs a constant number of queries; running ones go by the index of stages that have
    not ended, decided ones by the two indexes of ended stages, so nothing reads the whole table.
    """

    def __init__(self, user: User, wanted: Wanted, now: datetime) -> None:
        self.user, self.wanted, self.now = user, wanted, now
        self.month = month_start(now)
        grant = user.active_grant
        self.horizon = horizon_of(now, calendar_for(grant.unit)) if grant is not None else None
        self.companies = _companies(user)
        self._rows = self._narrowed()

    def _narrowed(self) -> QuerySet[Stage]:
        wanted = self.wanted
        calls = StageType.objects.filter(process__code=CALLBACK_PROCESS, department_code__in=CALLBACK_DEPARTMENTS)
        rows = Stage.objects.visible_to(self.user)
        rows = rows.exclude(stage_type__in=list(calls.order_by("pk").values_list("pk", flat=True)))
        if wanted.unit is not None:
            rows = rows.filter(_of_unit(wanted.unit))
        if wanted.order_type:
            rows = rows.filter(stage_type__order_type__code=wanted.order_type)
        if wanted.standard:
            rows = rows.filter(stage_type__standard__code=wanted.standard)
        return rows

    def of(self, state: Standing) -> QuerySet[Stage]:
        """The promises in one state; a paused clock is running, whatever the time."""
        now, mine = self.now, Q(company__in=self.companies)
        if state == Standing.RUNNING:
            running = self._rows.filter(mine, ended_at=None, due_at__isnull=False, state__in=OPEN_STAGE_STATES)
            return running.filter(Q(state=StageState.PAUSED) | Q(due_at__gte=now))
        if state == Standing.AT_RISK:
            coming = self._rows.filter(mine, ended_at=None, due_at__gte=now, state=StageState.ACTIVE)
            return coming.alias(**NEARNESS).filter(near(now, self.horizon))
        if state == Standing.KEPT:
            return self._rows.filter(mine, state=StageState.DONE, ended_at__gte=self.month, ended_at__lte=F("due_at"))
        if state == Standing.EXEMPT:
            granted = Exemption.objects.filter(
                company__in=self.companies, state=ExemptionState.GRANTED, decided_at__gte=self.month
            )
            return self._rows.filter(pk__in=granted.order_by().values("stage_id"))
        # one set of keys: joined by OR these conditions would be asked of every stage of the company
        stages = self._rows.filter(mine).order_by()
        still_open = stages.filter(ended_at=None, due_at__lt=now, state=StageState.ACTIVE)
        ended = stages.filter(state__in=OVER, ended_at__gte=self.month, ended_at__gt=F("due_at"))
        broken = Stage.objects.filter(pk__in=still_open.values("pk").union(ended.values("pk")))
        return broken.exclude(EXEMPTED)

    def counts(self) -> dict[Standing, str]:
        """State → how many, counted to 99 at the most. One query each."""
        found = {state: self.of(state).order_by()[: MOST_COUNTED + 1].count() for state in Standing}
        return {state: f"{MOST_COUNTED}+" if n > MOST_COUNTED else str(n) for state, n in found.items()}

    def page(self, size: int = PAGE) -> Page:
        """One page of the chosen state: nearest due first; broken and kept ones newest first."""
        state, after = self.wanted.state, self.wanted.after
        rows = self.of(state)
        column = "ended_at" if state == Standing.KEPT else "due_at"
        if state in (Standing.BROKEN, Standing.KEPT, Standing.EXEMPT):
            if after is not None:
                rows = rows.filter(Q(**{f"{column}__lt": after[0]}) | Q(**{column: after[0], "pk__lt": after[1]}))
            rows = rows.order_by(f"-{column}", "-pk")
        else:
            if after is not None:
                rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))
            rows = rows.order_by("due_at", "pk")
        found = list(_shown(rows)[: size + 1])
        last = found[size - 1] if len(found) > size else None
        place = getattr(last, column) if last is not None else None
        return Page(self.rows_of(found[:size]), (place, last.pk) if last is not None and place is not None else None)

    def rows_of(self, stages: list[Stage]) -> list[Row]:
        """The stages as rows; the calendars of all their units come in one query."""
        calendars = calendars_for([stage.unit for stage in stages])
        return [self._row(stage, calendars[stage.unit_id]) for stage in stages]

    def _row(self, stage: Stage, calendar: WorkCalendar) -> Row:
        exemption = next(iter(_asked(stage)), None)
        standing = standing_of(stage, self.now, self.horizon)
        if exemption is not None and exemption.state == ExemptionState.GRANTED:
            standing = Standing.EXEMPT
        may_tell = standing == Standing.BROKEN and policy.may_tell(self.user, stage)
        told: StageBreachTold | None = getattr(stage, "breach_told", None)
        broken = standing == Standing.BROKEN
        limit = tell_by(stage.due_at, calendar) if broken and stage.due_at is not None else None
        slip, note = _time(stage, standing, self.now)
        return Row(
            stage=stage,
            standing=standing,
            promise=wording.promise_text(promise_of(stage)),
            slip=slip,
            note=note,
            why=reasons_of(stage),
            told=told,
            due=_due_words(stage.due_at, self.now) if stage.due_at is not None else "",
            tell_by=limit,
            tell_late=limit is not None and (told.at if told is not None else self.now) > limit,
            may_tell=may_tell and told is None and stage.order.customer_id is not None,
            exemption=exemption,
            may_ask=may_tell and (exemption is None or exemption.state == ExemptionState.REFUSED),
        )

    def by_standard(self) -> list[Share]:
        """This month by standard: kept, broken, share; the worst first. Three queries."""
        found: dict[int | None, dict[Standing, int]] = {}
        for state in (Standing.KEPT, Standing.BROKEN):
            rows = self.of(state).order_by().values_list("stage_type__standard_id").annotate(n=Count("pk"))
            for key, n in rows:
                found.setdefault(key, {})[state] = n
        names = Standard.objects.in_bulk([key for key in found if key is not None])
        shares = [
            Share(
                name=names[key].name if key is not None else _("其他承诺"),
                code=names[key].code if key is not None else "",
                kept=counts.get(Standing.KEPT, 0),
                broken=counts.get(Standing.BROKEN, 0),
            )
            for key, counts in found.items()
        ]
        return sorted(shares, key=lambda share: (-share.broken, -share.kept, share.code))


def _asked(stage: Stage) -> list[Exemption]:
    """The requests about `stage`, newest first; they came along with rows of `_shown`."""
    if not hasattr(stage, "asked_exemptions"):
        stage.asked_exemptions = list(stage.exemptions.order_by("-asked_at", "-pk"))  # type: ignore[attr-defined]
    found: list[Exemption] = stage.asked_exemptions  # type: ignore[attr-defined]
    return found


def month_start(now: datetime) -> datetime:
    """The first moment of the local month of `now`."""
    return timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def standing_of(stage: Stage, now: datetime, horizon: datetime | None) -> Standing:
    """Where the promise of one stage stands."""
    if is_late(stage, now):
        return Standing.BROKEN
    if stage.state == StageState.DONE:
        return Standing.KEPT
    risky = stage.state == StageState.ACTIVE and is_near(stage, now, horizon)
    return Standing.AT_RISK if risky else Standing.RUNNING


def _companies(user: User) -> list[int]:
    """The company a person works for, or all of them: every index of promises begins with the company."""
    grant = user.active_grant
    if grant is not None and grant.unit.company_id is not None and not scope_of(user).everything:
        return [grant.unit.company_id]
    return list(Unit.objects.filter(kind=UnitKind.COMPANY).order_by("pk").values_list("pk", flat=True))


def _of_unit(unit_id: int) -> Q:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        return Q(pk__in=())
    if unit.kind == UnitKind.COMPANY:
        return Q(company=unit)
    return Q(unit__in=sorted(Unit.objects.below(unit).order_by().values_list("pk", flat=True)))


def _shown(rows: QuerySet[Stage]) -> QuerySet[Stage]:
    """`rows` with all a row shows; pauses and exemptions come along in one further query each."""
    shown = rows.select_related(
        "order__customer",
        "order__order_type",
        "order__unit",
        "stage_type__standard",
        "stage_type__touchpoint",
        "unit",
        "company",
        "assignee",
        "breach_told__by",
    )
    return shown.prefetch_related(
        Prefetch("pauses", queryset=StagePause.objects.order_by("started_at", "pk")),
        Prefetch(
            "exemptions",
            queryset=Exemption.objects.select_related("asked_by", "decided_by").order_by("-asked_at", "-pk"),
            to_attr="asked_exemptions",
        ),
    )


def _due_words(due: datetime, now: datetime) -> str:
    """A due time in a cell; the end of a day is its 24:00, not the 0:00 of the next."""
    if timezone.localtime(due).time() != time():
        return formats.moment(due, now)
    return formats.moment(wording.due_day(due), now).replace("23:59", "24:00")


def _time(stage: Stage, standing: Standing, now: datetime) -> tuple[Slip | None, str]:
    """Time left or over: a slip where it matters, else a grey word."""
    if stage.due_at is None:
        return None, ""
    if standing in (Standing.BROKEN, Standing.EXEMPT):
        over = wording.late_by(promise_of(stage), stage.due_at, stage.ended_at or now)
        return Slip("bad" if standing == Standing.BROKEN else "warn", _("晚 %(time)s") % {"time": over}), ""
    if standing == Standing.KEPT:
        return Slip("ok", _("按时")), ""
    if stage.state == StageState.PAUSED:
        return Slip("warn", _("已挂起")), ""
    left = {"time": wording.left_until(stage.due_at, now)}
    if standing == Standing.AT_RISK:
        return Slip("warn", _("还剩 %(time)s") % left), ""
    return None, _("还有 %(time)s") % left


def reasons_of(stage: Stage) -> list[str]:
    """Why, in words: each pause with its note, what was written at the stage, what the customer was told."""
    said = []
    for pause in stage.pauses.all():
        until = formats.day_prose(pause.ended_at) if pause.ended_at is not None else _("仍在挂起")
        label = f"{pause.get_reason_display()} · {pause.note}" if pause.note else str(pause.get_reason_display())
        said.append(f"{label} ({formats.day_prose(pause.started_at)}–{until})")
    if stage.reason:
        said.append(stage.reason)
    told: StageBreachTold | None = getattr(stage, "breach_told", None)
    if told is not None:
        said.append(told.text)
    return said


def requests_for(user: User) -> QuerySet[Exemption]:
    """Exemptions that wait for a decision in reach of `user`, the oldest first."""
    asked = Exemption.objects.visible_to(user).filter(state=ExemptionState.ASKED)
    shown = asked.select_related(
        "unit", "asked_by", "stage__order__customer", "stage__order__order_type", "stage__stage_type__touchpoint",
        "stage__unit", "stage__company",
    )  # fmt: skip
    return shown.order_by("asked_at", "pk")


def to_decide(user: User) -> list[Exemption]:
    """Requests this person may decide. One query."""
    return [one for one in requests_for(user)[:MOST_REQUESTS] if policy.may_decide(user, one)]
