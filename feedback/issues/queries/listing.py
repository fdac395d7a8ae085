"""The queue: one page of issues in the order of their due times, at the same cost whatever the table holds.

A person's rows come from several reasons (the unit, the own issues, the ones raised). Each reason has an index of its
own in due order, so each is read separately, one page long, and the pages are merged; nothing is counted or sorted by
the database beyond that.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from cxorders.kit.numbering import key_of
from cxorders.kit.promise_clock import Unit as Clock
from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import calendar_for, calendars_for
from cxorders.organisation.scope import Scope, scope_of
from feedback.issues.enums import OPEN_STATES, RUNNING_STATES, IssueState
from feedback.issues.models import Issue
from touchpoints.catalogue.models import Severity, Touchpoint

PAGE = 30
NEAR = timedelta(hours=4)
"""at risk: so much working time is left or less"""
AGE_DAYS = (1, 3, 5)
AGES = ("1", "3", "5", "more")
"""how long an issue is open, in working days: up to one, to three, to five, longer"""
SHOWN = ("unit", "owner", "customer", "severity", "category", "key_point", "touchpoint", "company")
Place = tuple[datetime, int]
STATES_OF: dict[str, tuple[IssueState, ...]] = {
    "open": (*RUNNING_STATES, IssueState.PENDING_CUSTOMER),
    "waiting": (IssueState.REPLIED, IssueState.VERIFYING),
    "mine": OPEN_STATES,
    "raised": (),
    "closed": (IssueState.CLOSED,),
}


@dataclass(frozen=True)
class Wanted:
    """The filters of the queue, already clean. `after` is the last row of the page before."""

    view: str = "open"
    """open (somebody works on it), waiting (answered, to be verified), mine (I answer for it), raised (I reported it),
    closed"""
    state: str = ""
    severity: str = ""
    touchpoint: str = ""
    unit: int | None = None
    due: str = ""
    """over, near (4 working hours)"""
    age: str = ""
    """one of AGES"""
    text: str = ""
    after: Place | None = None


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    issue: Issue
    left: timedelta | None
    """until due, on the clock of the severity; negative when late; None when no clock runs"""
    is_working_time: bool
    share: float | None = None
    """percent of the time from opening to due that is used, 0 to 100; None for rework, whose clock began later"""

    @property
    def is_late(self) -> bool:
        """Whether the answer is overdue."""
        return self.left is not None and self.left < timedelta()

    @property
    def is_near(self) -> bool:
        """Whether four hours or less are left."""
        return self.left is not None and timedelta() <= self.left <= NEAR


@dataclass(frozen=True)
class Page:
    """Issues of one page and where the next one starts (None on the last page)."""

    rows: list[Row] = field(default_factory=list)
    next: Place | None = None


def page_of(user: User, wanted: Wanted, *, at: datetime, size: int = PAGE) -> Page:
    """One page of the issues `user` may see: open ones by due time, closed and raised ones newest first."""
    open_view = wanted.view in ("open", "waiting", "mine")
    key = key_of("WT", wanted.text)
    if key is not None:
        sources: list[QuerySet[Issue]] = [Issue.objects.filter(pk=key)]
    else:
        rows = _filtered(wanted, at, user)
        sources = [rows.filter(reason) for reason in _reasons(user, wanted)]
    keys = _keys(sources, wanted.after, size + 1, newest_first=not open_view)
    shown = [pk for _moment, pk in keys[:size]]
    issues = Issue.objects.visible_to(user).select_related(*SHOWN).in_bulk(shown)
    lines = lines_of([issues[pk] for pk in shown if pk in issues], at=at)
    return Page(lines, keys[size - 1] if len(keys) > size else None)


def _keys(sources: list[QuerySet[Issue]], after: Place | None, most: int, *, newest_first: bool) -> list[Place]:
    """The first `most` (time, key) pairs of all sources together, each once, read source by source."""
    column, compare, sign = ("opened_at", "lt", "-") if newest_first else ("due_at", "gt", "")
    found: set[Place] = set()
    for rows in sources:
        if after is not None:
            moment, key = after
            later = Q(**{f"{column}__{compare}": moment}) | Q(**{column: moment, f"pk__{compare}": key})
            rows = rows.filter(later, **{f"{column}__{compare}e": moment})
        found |= set(rows.order_by(f"{sign}{column}", f"{sign}pk").values_list(column, "pk")[:most])
    return sorted(found, reverse=newest_first)[:most]


def _reasons(user: User, wanted: Wanted) -> list[Q]:
    """Why rows are shown: one condition per index."""
    if wanted.view == "mine":
        return [Q(owner=user)]
    if wanted.view == "raised":
        return [Q(author=user)]
    scope = scope_of(user)
    if wanted.unit is not None:
        return [_inside(scope, wanted.unit)]
    if scope.everything:
        return [Q()]
    own = [Q(owner=user), Q(author=user)] if not scope.blind else []
    if wanted.view == "closed":
        own = own[1:]  # who answered a closed issue sees it with the unit
    if scope.company_id is not None:
        return [Q(company_id=scope.company_id), *own]
    units = sorted(scope.unit_ids)
    if wanted.view == "closed":
        return [*(Q(unit_id=unit) for unit in units), *own]
    return [*(Q(unit_id=unit) for unit in units), *(Q(author_unit_id=unit) for unit in units), *own]


def _inside(scope: Scope, unit_id: int) -> Q:
    """Issues of one unit and all below it; of a company by its own column; nothing outside the reach."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None or not scope.covers(unit):
        return Q(pk__in=())
    if unit.kind == UnitKind.COMPANY:
        return Q(company=unit)
    return Q(unit__in=Unit.objects.below(unit).order_by().values("pk"))


def _filtered(wanted: Wanted, at: datetime, user: User) -> QuerySet[Issue]:
    states = STATES_OF[wanted.view]
    if wanted.state:
        states = tuple(state for state in states or IssueState if state == wanted.state)
        if not states:
            return Issue.objects.none()
    rows = Issue.objects.filter(state__in=states) if states else Issue.objects.all()
    if connection.vendor == "sqlite" and states and set(states) <= set(OPEN_STATES):
        # SQLite takes a partial index only for its own condition word for word; PostgreSQL proves that fewer states
        # lie inside, and would count the same condition twice when it guesses how many rows there are.
        rows = rows.open()
    if wanted.severity:
        rows = rows.filter(severity_id=_key_of(Severity, wanted.severity))
    if wanted.touchpoint:
        rows = rows.filter(touchpoint_id=_key_of(Touchpoint, wanted.touchpoint))
    if wanted.due:
        rows = rows.exclude(state=IssueState.PENDING_CUSTOMER)  # its clock stands still
        limits = (
            {"due_at__lt": at} if wanted.due == "over" else {"due_at__gte": at, "due_at__lte": near_until(user, at)}
        )
        rows = rows.filter(**limits)
    if wanted.age:
        rows = rows.filter(_of_age(wanted.age, user, at))
    if wanted.text:
        order = key_of("DD", wanted.text)
        rows = rows.filter(order_id=order) if order is not None else rows.filter(title__icontains=wanted.text)
    return rows


def _key_of(model: type[Severity] | type[Touchpoint], code: str) -> int:
    """The key of a catalogue row, so that the database knows how rare it is; 0 for a code nobody knows."""
    return model.objects.filter(code=code).values_list("pk", flat=True).first() or 0


def near_until(user: User, at: datetime) -> datetime:
    """The end of the next four working hours, on the calendar of the unit `user` acts for."""
    grant = user.active_grant
    return calendar_for(grant.unit).add(at, NEAR) if grant is not None else at + NEAR


def lines_of(issues: list[Issue], *, at: datetime) -> list[Row]:
    """Issues with the time that is left, each on the clock of its severity and the calendar of its unit."""
    calendars = calendars_for([issue.unit for issue in issues])
    return [_line(issue, calendars[issue.unit_id], at) for issue in issues]


def _line(issue: Issue, calendar: WorkCalendar, at: datetime) -> Row:
    by_hours = issue.severity is not None and issue.severity.resolve_unit in (Clock.WORKING_DAYS, Clock.WORKING_HOURS)
    if issue.due_at is None or issue.state not in RUNNING_STATES:
        return Row(issue, None, by_hours)
    left = calendar.elapsed(at, issue.due_at) if by_hours else issue.due_at - at
    if issue.due_at < at:
        left = min(left, -timedelta.resolution)  # due at closing time is late at once, before any open time has passed
    whole = calendar.elapsed(issue.opened_at, issue.due_at) if by_hours else issue.due_at - issue.opened_at
    share = max(0.0, min(100.0, (1 - left / whole) * 100)) if whole > timedelta() and not issue.reopened_count else None
    return Row(issue, left, by_hours, share)


def age_marks(calendar: WorkCalendar, at: datetime) -> list[datetime]:
    """The moments 1, 3 and 5 working days before `at`: where one age of open work ends and the next begins."""
    return [calendar.add(at, -days * calendar.standard_day) for days in AGE_DAYS]


def _of_age(age: str, user: User, at: datetime) -> Q:
    grant = user.active_grant
    if age not in AGES or grant is None:
        return Q()
    marks = age_marks(calendar_for(grant.unit), at)
    place = AGES.index(age)
    newest = Q() if place == 0 else Q(opened_at__lt=marks[place - 1])
    return newest & (Q() if place == len(marks) else Q(opened_at__gte=marks[place]))


def unit_choices(user: User) -> list[Unit]:
    """The units the queue can be narrowed to: companies for the group, departments and teams inside the own reach."""
    scope = scope_of(user)
    rows = Unit.objects.filter(closed_on=None).order_by("path")
    if scope.everything:
        return list(rows.filter(kind=UnitKind.COMPANY))
    if scope.company_id is not None:
        return list(rows.filter(company_id=scope.company_id, kind=UnitKind.DEPARTMENT))
    return list(rows.filter(pk__in=scope.unit_ids)) if len(scope.unit_ids) > 1 else []
