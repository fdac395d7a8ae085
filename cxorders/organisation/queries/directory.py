"""Page data of the organisation: the unit tree, the list of people, one person, the working calendar of a year."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from cxorders.journal.queries import timeline
from cxorders.organisation.enums import VERB_TEXT, Reach, UnitKind
from cxorders.organisation.models import PATH_STEP, CalendarDay, Grant, Unit, User
from cxorders.organisation.roles import ROLES

PEOPLE_PER_PAGE = 50


@dataclass(frozen=True)
class Branch:
    """One line of the unit tree."""

    unit: Unit
    depth: int
    people: int
    """people in post at the unit and below"""
    has_children: bool
    is_open: bool
    is_current: bool


def top_units(user: User) -> list[Unit]:
    """The units at which the tree of `user` begins."""
    grant = user.active_grant
    if grant is None:
        return []
    if grant.role.reach is Reach.GROUP:
        return list(Unit.objects.filter(parent=None))
    if grant.role.reach is Reach.COMPANY and grant.unit.company is not None:
        return [grant.unit.company]
    return [grant.unit]


def tree(tops: list[Unit], current: Unit, *, at: datetime) -> list[Branch]:
    """The tree below `tops`, opened along the way to `current` and one step below it. Closed units are left out.

    The number of queries depends on the depth only.
    """
    ways = {current.path[:end] for end in range(PATH_STEP, len(current.path) + 1, PATH_STEP)}
    within = [top.path for top in tops]
    opened = {path for path in ways if any(path.startswith(top) for top in within)}
    shown = list(
        Unit.objects.filter(Q(pk__in=[top.pk for top in tops]) | Q(parent__path__in=opened))
        .filter(Q(closed_on=None) | Q(pk=current.pk))
        .annotate(below=Exists(Unit.objects.filter(parent=OuterRef("pk"), closed_on=None)))
        .order_by("path")
    )
    people = _people_at([unit.path for unit in shown], at)
    shallowest = min(len(path) for path in within)
    return [
        Branch(
            unit=unit,
            depth=(len(unit.path) - shallowest) // PATH_STEP,
            people=people.get(unit.path, 0),
            has_children=unit.below,
            is_open=unit.path in opened,
            is_current=unit.pk == current.pk,
        )
        for unit in shown
    ]


def _people_at(paths: list[str], at: datetime) -> dict[str, int]:
    """Path → people in post at the unit and below, one query per depth."""
    counts: dict[str, int] = {}
    for length in sorted({len(path) for path in paths}):
        level = [path for path in paths if len(path) == length]
        rows = (
            Grant.objects.in_force(at)
            .annotate(stem=Substr("unit__path", 1, length))
            .filter(stem__in=level, user__is_active=True)
            .order_by()
            .values_list("stem")
            .annotate(people=Count("user", distinct=True))
        )
        counts |= dict(rows)
    return counts


def in_post(unit: Unit, *, at: datetime) -> QuerySet[Grant]:
    """Grants in force exactly at `unit`, with the people."""
    return (
        Grant.objects.in_force(at)
        .filter(unit=unit, user__is_active=True)
        .select_related("user")
        .order_by("role_code", "user__name", "pk")
    )


def people(
    viewer: User, *, at: datetime, text: str = "", role_code: str = "", unit: Unit | None = None, gone: bool = False
) -> QuerySet[User]:
    """People `viewer` may see, newest first, their grants in force in `held`.

    `text` is part of a name or sign-in name, or the end of a phone number; `gone` shows the deactivated instead.
    """
    found = User.objects.visible_to(viewer).filter(is_active=not gone)
    if text:
        match = Q(name__icontains=text) | Q(username__icontains=text)
        found = found.filter(match | Q(phone__endswith=text) if text.isdigit() and len(text) >= 4 else match)
    grants = Grant.objects.in_force(at)
    if role_code or unit is not None:
        wanted = grants.filter(user=OuterRef("pk"))
        wanted = wanted.filter(role_code=role_code) if role_code else wanted
        wanted = wanted.filter(unit__in=Unit.objects.below(unit)) if unit is not None else wanted
        found = found.filter(Exists(wanted))
    held = Prefetch("grants", grants.select_related("unit", "unit__company"), to_attr="held")
    return found.prefetch_related(held).order_by("-pk")


def history_of(person: User) -> QuerySet[Grant]:
    """Every grant `person` ever held, newest first."""
    return person.grants.select_related("unit", "unit__company", "granted_by").order_by("-starts_at", "-pk")


def suggested_units(viewer: User, person: User | None = None, *, limit: int = 200) -> list[Unit]:
    """Units offered while typing: all in sight when few, else the companies and what is near `person`."""
    seen = Unit.objects.visible_to(viewer).filter(closed_on=None).select_related("company").order_by("path")
    few = list(seen[: limit + 1])
    if len(few) <= limit:
        return few
    near = Q(kind__in=(UnitKind.GROUP, UnitKind.COMPANY)) | Q(company=None)
    if person is not None:
        near |= Q(company__in=person.grants.order_by().values("unit__company"))
    return list(seen.filter(near)[:limit])


def possible_successors(viewer: User, person: User, *, at: datetime, limit: int = 200) -> list[User]:
    """Colleagues in post in the companies `person` works for, offered while typing."""
    companies = Grant.objects.not_over(at).filter(user=person).order_by().values("unit__company")
    near = Grant.objects.in_force(at).filter(Q(unit__company__in=companies) | Q(unit__company=None))
    seen = User.objects.visible_to(viewer).filter(is_active=True, pk__in=near.order_by().values("user"))
    return list(seen.exclude(pk=person.pk).order_by("name", "pk")[:limit])


def story(subject: Unit | User, *, limit: int) -> list[dict[str, Any]]:
    """The newest journal rows of a unit or a person, in words."""
    return [
        {
            "actor": entry.actor_name or _("系统"),
            "verb": VERB_TEXT.get(entry.verb, entry.verb),
            "at": entry.at,
            "text": _story_text(entry.data),
        }
        for entry in timeline(subject)[:limit]
    ]


def _story_text(data: dict[str, Any]) -> str:
    role = ROLES.get(data.get("role", ""))
    if role is not None:
        return f"{role.name} · {data.get('unit', '')}"
    if "former" in data:
        return f"{data['former']} → {data.get('name') or data.get('zh', '')}"
    return ""


@dataclass(frozen=True)
class Month:
    """One month of the year view: weeks of (day or None, kind, name)."""

    first: date
    weeks: list[list[tuple[date | None, str, str]]]


def year_view(year: int) -> list[Month]:
    """Twelve months; kind of a day: off (holiday), up (make-up working day), rest (weekend), "" (ordinary)."""
    table = {row.date: row for row in CalendarDay.objects.filter(date__year=year)}

    def cell(day: date, month: int) -> tuple[date | None, str, str]:
        if day.month != month:
            return (None, "", "")
        row = table.get(day)
        if row is not None:
            return (day, "off" if row.is_off else "up", row.name)
        return (day, "rest" if day.weekday() >= 5 else "", "")

    weeks = Calendar().monthdatescalendar
    return [
        Month(date(year, month, 1), [[cell(day, month) for day in week] for week in weeks(year, month)])
        for month in range(1, 13)
    ]


@dataclass(frozen=True)
class Festival:
    """The days of one holiday notice: those off and those worked instead."""

    name: str
    off: list[CalendarDay]
    worked: list[CalendarDay]

    @property
    def off_spans(self) -> list[tuple[date, date]]:
        """The days off as unbroken spans, first and last day."""
        spans: list[tuple[date, date]] = []
        for day in (row.date for row in self.off):
            if spans and day - spans[-1][1] == timedelta(days=1):
                spans[-1] = (spans[-1][0], day)
            else:
                spans.append((day, day))
        return spans


def festivals(year: int) -> list[Festival]:
    """The holidays of `year` in order, each with its days off and its make-up days."""
    rows = list(CalendarDay.objects.filter(date__year=year).order_by("date"))
    named = sorted(rows, key=lambda row: row.name)
    groups = [list(days) for _name, days in groupby(named, key=lambda row: row.name)]
    found = [
        Festival(days[0].name, [d for d in days if d.is_off], [d for d in days if not d.is_off]) for days in groups
    ]
    return sorted(found, key=lambda festival: min(day.date for day in (*festival.off, *festival.worked)))


def years_covered() -> list[int]:
    """The years the day table covers, in order."""
    return [day.year for day in CalendarDay.objects.dates("date", "year")]


def rules_in_sight(viewer: User) -> QuerySet[Unit]:
    """Units with windows of their own, in tree order."""
    return (
        Unit.objects.visible_to(viewer)
        .filter(work_rule__isnull=False, closed_on=None)
        .select_related("work_rule", "company")
        .order_by("path")
    )
