"""What is owed: lists by duty, counts for benches, the month by unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Q
from django.utils import timezone

from cxorders.organisation.access import may
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.probes.enums import CALLBACK, SHOWN_BACK, Duty, ProbeState, Whose
from feedback.probes.models import Probe, ProbeQuerySet
from feedback.probes.queries.reads import answers, shown, unheard
from touchpoints.orders.models import stage_units

PAGE = 50
MOST_COUNTED = 99
OVER = (ProbeState.DONE, ProbeState.LATE, ProbeState.EXCUSED)


@dataclass(frozen=True)
class Wanted:
    """What the page is asked for."""

    duty: Duty
    whose: Whose
    unit: int | None = None
    method: str = ""
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Page:
    """One page of probes; `next` is where the next one starts."""

    probes: list[Probe]
    next: tuple[datetime, int] | None


@dataclass(frozen=True)
class Owed:
    """How much waits now."""

    today: int
    overdue: int


@dataclass(frozen=True)
class Covered:
    """One unit in one month: probes that fell due without an excuse, those with a record, and what waits now."""

    unit: Unit
    required: int
    done: int
    late: int
    """of `done`"""
    missing: int
    excused: int
    today: int
    overdue: int

    @property
    def percent(self) -> float | None:
        """Percent with a record (M54)."""
        return self.done * 100 / self.required if self.required else None


def has_duty(user: User) -> bool:
    """Whether the first thing `user` wants to see is the own work: the front line and the call-back people."""
    scope = scope_of(user)
    works = bool(scope.unit_ids) or may(user, "callback.work")
    return may(user, "record.create") and works and not may(user, "order.manage")


def mine(user: User) -> Q:
    """Probes `user` should collect: those naming the person, those of the unit that name nobody; for call-back people
    what is asked by telephone."""
    if may(user, "callback.work"):
        return Q(asked=user) | Q(method__collector=CALLBACK)
    nobody = Q(asked=None, unit_id__in=stage_units(user)) & ~Q(method__collector=CALLBACK)
    return Q(asked=user) | nobody


def _rows(user: User, whose: str) -> ProbeQuerySet:
    rows = Probe.objects.visible_to(user)
    return rows.filter(mine(user)) if whose == Whose.MINE else rows


def _below(key: int) -> Q:
    """What a unit and everything below it owe; a company goes by its own column."""
    unit = Unit.objects.filter(pk=key).first()
    if unit is None:
        return Q(pk__in=())
    if unit.kind == UnitKind.COMPANY:
        return Q(company=unit)
    return Q(unit__in=Unit.objects.below(unit).order_by().values("pk"))


class Expected:
    """The probes `user` may see at `now`, as `wanted`. Every question is one query, whatever there is."""

    def __init__(self, user: User, wanted: Wanted, now: datetime) -> None:
        self.user, self.wanted, self.now = user, wanted, now
        rows = _rows(user, wanted.whose)
        if wanted.unit is not None:
            rows = rows.filter(_below(wanted.unit))
        if wanted.method:
            rows = rows.filter(method__code=wanted.method)
        self._narrowed = rows

    def of(self, duty: str) -> ProbeQuerySet:
        """The probes of one duty; what is over only thirty days back."""
        rows, now = self._narrowed, self.now
        if duty == Duty.TODAY:
            return unheard(rows).filter(due_at__gte=now)
        if duty == Duty.OVERDUE:
            return unheard(rows).filter(Q(missing_at=None) | Q(missing_at__gte=now), due_at__lt=now)
        recent = rows.filter(due_at__gte=now - SHOWN_BACK)
        if duty == Duty.MISSING:
            gone = Q(state=ProbeState.OPEN, missing_at__lt=now) & ~Q(Exists(answers()))
            return recent.filter(Q(state=ProbeState.MISSING) | gone)
        return recent.filter(Q(state__in=OVER) | Q(Exists(answers()), state=ProbeState.OPEN))

    def counts(self) -> dict[str, str]:
        """Duty → how many, counted to 99 at the most."""
        found = {duty: self.of(duty).order_by()[: MOST_COUNTED + 1].count() for duty in Duty.values}
        return {duty: f"{MOST_COUNTED}+" if n > MOST_COUNTED else str(n) for duty, n in found.items()}

    def page(self, size: int = PAGE) -> Page:
        """One page of the duty: what is due first comes first; what is over, the newest first."""
        rows, after = shown(self.of(self.wanted.duty)), self.wanted.after
        if self.wanted.duty in (Duty.TODAY, Duty.OVERDUE):
            if after is not None:
                rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))
            rows = rows.order_by("due_at", "pk")
        else:
            if after is not None:
                rows = rows.filter(Q(due_at__lt=after[0]) | Q(due_at=after[0], pk__lt=after[1]))
            rows = rows.order_by("-due_at", "-pk")
        found = list(rows[: size + 1])
        last = found[size - 1] if len(found) > size else None
        return Page(found[:size], (last.due_at, last.pk) if last is not None else None)

    def month(self) -> list[Covered]:
        """This month by unit (by company for the group): the lowest coverage first. Three queries.

        By what the sweep has settled, so it is a minute old at the most; figures of scores count the facts themselves.
        """
        first = timezone.localtime(self.now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        by = "company_id" if scope_of(self.user).everything and self.wanted.unit is None else "unit_id"
        due = self._narrowed.filter(due_at__gte=first, due_at__lt=self.now).order_by()
        per_unit: dict[int, dict[str, int]] = {}
        for key, state, n in due.values_list(by, "state").annotate(n=Count("pk")):
            per_unit.setdefault(key, {})[state] = n
        waiting = unheard(self._narrowed).order_by().values_list(by)
        waits = {key: Owed(today, late) for key, today, late in waiting.annotate(**_split(self.now))}
        units = Unit.objects.in_bulk(sorted({*per_unit, *waits}))
        rows = [_covered(unit, per_unit.get(key, {}), waits.get(key, Owed(0, 0))) for key, unit in units.items()]
        return sorted(rows, key=lambda row: (row.percent is None, row.percent or 0.0, -row.required, row.unit.path))


def _split(now: datetime) -> dict[str, Count]:
    return {
        "today": Count("pk", filter=Q(due_at__gte=now)),
        "late": Count("pk", filter=Q(missing_at=None, due_at__lt=now) | Q(missing_at__gte=now, due_at__lt=now)),
    }


def _covered(unit: Unit, states: Mapping[str, int], waits: Owed) -> Covered:
    done, late = states.get(ProbeState.DONE, 0), states.get(ProbeState.LATE, 0)
    excused = states.get(ProbeState.EXCUSED, 0)
    return Covered(
        unit=unit,
        required=sum(states.values()) - excused,
        done=done + late,
        late=late,
        missing=states.get(ProbeState.MISSING, 0),
        excused=excused,
        today=waits.today,
        overdue=waits.overdue,
    )


def counts_for(user: User, now: datetime) -> Owed:
    """For the bench: what `user` should collect; for managers what their unit owes. One query over open rows."""
    rows = unheard(_rows(user, Whose.MINE if has_duty(user) else Whose.ALL)).order_by()
    found = rows.aggregate(**_split(now))
    return Owed(found["today"], found["late"])
