"""The dispatcher's week (rows crews, columns days × halves), one half-day, and the day of one crew."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.kit.formats import weekday_mark
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.appointments.enums import GIVEN_BACK, OPEN_STATES, USUAL_PLACES, AppointmentState, Half
from touchpoints.appointments.models import Appointment, CrewCapacity
from touchpoints.appointments.policy import is_time
from touchpoints.appointments.queries.reads import full, usual_places

DAYS = 7
MOST_CREWS = 80
HALVES = tuple(Half)


@dataclass(frozen=True)
class Cell:
    """The load of one crew in one half-day."""

    crew: Unit
    day: date
    half: str
    taken: int
    places: int
    unconfirmed: int
    past: bool

    @property
    def kind(self) -> str:
        """Kind of the badge, the state as colour."""
        if self.places == 0 and self.taken == 0:
            return "line"
        if self.taken > self.places:
            return "bad"
        if self.taken == self.places:
            return "warn"
        return "ok" if self.taken else "hold"

    @property
    def word(self) -> str:
        """The same as a word."""
        if self.places == 0 and self.taken == 0:
            return _("不排")
        if self.taken > self.places:
            return _("超排")
        if self.taken == self.places:
            return _("约满")
        return _("有空") if self.taken else _("全空")

    @property
    def icon(self) -> str:
        """And as an icon."""
        icons = {"line": "minus", "bad": "alert-triangle", "warn": "circle-minus", "ok": "calendar-plus"}
        return icons.get(self.kind, "circle-dashed")

    @property
    def half_name(self) -> str:
        """上午, 下午"""
        return str(Half(self.half).label)


@dataclass(frozen=True)
class Column:
    """One day of the week."""

    day: date
    mark: str
    today: bool


@dataclass(frozen=True)
class Line:
    """One crew and its half-days."""

    crew: Unit
    cells: list[Cell]


@dataclass(frozen=True)
class Board:
    """The week."""

    monday: date
    columns: list[Column]
    lines: list[Line]
    unconfirmed: int
    """appointments of the next day nobody confirmed yet"""

    @property
    def last(self) -> date:
        """Sunday."""
        return self.monday + timedelta(days=DAYS - 1)


def companies_for(user: User) -> list[Unit]:
    """The companies to choose between; none for people of one company."""
    if not scope_of(user).everything:
        return []
    return list(Unit.objects.filter(kind=UnitKind.COMPANY, closed_on=None).order_by("path"))


def crews_for(user: User, company: int | None, unit: int | None) -> list[Unit]:
    """Crews whose half-days a person may see: visiting teams and whoever has visits, of one company, below `unit`."""
    scope = scope_of(user)
    booked = Exists(Appointment.objects.filter(unit=OuterRef("pk")))
    visiting = Q(kind=UnitKind.TEAM, touchpoint_code__in=sorted(USUAL_PLACES))
    rows = Unit.objects.filter(visiting | Q(booked), closed_on=None)
    if scope.company_id is not None:
        rows = rows.filter(company_id=scope.company_id)
    elif not scope.everything:
        rows = rows.filter(pk__in=scope.unit_ids)
    if company is not None:
        rows = rows.filter(company_id=company)
    if unit is not None:
        top = Unit.objects.filter(pk=unit).first()
        rows = rows & Unit.objects.below(top) if top is not None else rows.none()
    return list(rows.order_by("path")[:MOST_CREWS])


def board_of(crews: list[Unit], monday: date, now: datetime) -> Board:
    """The week that begins on `monday`. Two queries whatever the number of crews."""
    today = timezone.localdate(now)
    days = [monday + timedelta(days=number) for number in range(DAYS)]
    keys = [crew.pk for crew in crews]
    rows = Appointment.objects.filter(unit_id__in=keys, day__range=(days[0], days[-1])).exclude(state__in=GIVEN_BACK)
    taken: Counter[tuple[int, date, str]] = Counter()
    waiting: Counter[tuple[int, date, str]] = Counter()
    for unit_id, day, half, state in rows.values_list("unit_id", "day", "half", "state"):
        taken[unit_id, day, half] += 1
        waiting[unit_id, day, half] += state == AppointmentState.BOOKED
    said = {
        (unit_id, day, half): places
        for unit_id, day, half, places in CrewCapacity.objects.filter(
            unit_id__in=keys, day__range=(days[0], days[-1]), places__isnull=False
        ).values_list("unit_id", "day", "half", "places")
    }
    lines = []
    for crew in crews:
        cells = []
        for day in days:
            for half in HALVES:
                key = (crew.pk, day, half.value)
                places = said.get(key)
                usual = usual_places(crew) if places is None else places
                cells.append(Cell(crew, day, half.value, taken[key], usual, waiting[key], day < today))
        lines.append(Line(crew, cells))
    tomorrow = today + timedelta(days=1)
    return Board(
        monday=monday,
        columns=[Column(day, weekday_mark(day), day == today) for day in days],
        lines=lines,
        unconfirmed=sum(count for (_unit, day, _half), count in waiting.items() if day == tomorrow),
    )


def cell_of(crew: Unit, day: date, half: str, now: datetime) -> tuple[Cell, list[Appointment]]:
    """One half-day with its appointments by window, those given back last."""
    rows = list(full(Appointment.objects.filter(unit=crew, day=day, half=half)).order_by("starts_at", "ends_at", "pk"))
    held = [row for row in rows if row.state not in GIVEN_BACK]
    said = CrewCapacity.objects.filter(unit=crew, day=day, half=half).values_list("places", flat=True).first()
    places = usual_places(crew) if said is None else said
    waiting = sum(row.state == AppointmentState.BOOKED for row in held)
    cell = Cell(crew, day, half, len(held), places, waiting, day < timezone.localdate(now))
    return cell, [*held, *(row for row in rows if row.state in GIVEN_BACK)]


@dataclass(frozen=True)
class Visit:
    """One appointment in the day of a crew."""

    appointment: Appointment
    next: bool
    """the one to go to now"""
    time: bool
    """whether the crew may be at the door"""

    @property
    def is_open(self) -> bool:
        """Whether the crew has still to come."""
        return self.appointment.state in OPEN_STATES

    @property
    def can_arrive(self) -> bool:
        """Whether the crew may check in."""
        return self.is_open and self.time

    @property
    def can_miss(self) -> bool:
        """Whether the crew may say that nobody opens."""
        return self.can_arrive or self.time and self.appointment.state in (AppointmentState.KEPT, AppointmentState.LATE)


def visits_of(crew: Unit, day: date, now: datetime) -> list[Visit]:
    """The visits of a crew on one day in the order of their windows; the first open one is next."""
    rows = full(Appointment.objects.filter(unit=crew, day=day).exclude(state__in=GIVEN_BACK))
    found = list(rows.order_by("starts_at", "ends_at", "pk"))
    first = next((row.pk for row in found if row.state in OPEN_STATES), None)
    return [Visit(row, row.pk == first, is_time(row, now)) for row in found]
