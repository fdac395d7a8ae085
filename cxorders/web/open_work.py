"""Open issues of a scope as benches, dashboard and side bar show them: open rows only, by partial index, bounded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q, QuerySet

from cxorders.kit import badges, formats
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit
from cxorders.organisation.scope import Scope
from feedback.issues.enums import OPEN_STATES, RUNNING_STATES, IssueState
from feedback.issues.filters import AGE_LABELS
from feedback.issues.models import Issue
from feedback.issues.queries.listing import AGES, SHOWN, STATES_OF, Row, lines_of

MOST = 99
"""a count beside a word is counted this far"""
MOST_READ = 5000
"""open issues that one page reads at most; beyond it the page says so"""
OLDEST_FIRST = ("opened_at", "pk")


def up_to(rows: QuerySet[Any], most: int = MOST) -> int:
    """How many rows there are, counted to one beyond `most` at the most."""
    return rows.order_by()[: most + 1].count()


def said(count: int, most: int = MOST) -> str:
    """A bounded count as text: 12, 99+."""
    return f"{most}+" if count > most else formats.number(count)


def inside(scope: Scope, unit: Unit | None = None) -> Q:
    """Issues held inside `scope`, narrowed to `unit` and what lies below it; a company goes by its own column."""
    if unit is None:
        return scope.rows()
    if unit.kind == UnitKind.GROUP:
        return scope.rows()
    if unit.kind == UnitKind.COMPANY:
        return scope.rows() & Q(company=unit)
    return scope.rows() & Q(unit__in=Unit.objects.below(unit).order_by().values("pk"))


def open_issues(scope: Scope, unit: Unit | None = None) -> QuerySet[Issue]:
    """Issues inside `scope` that somebody still has to do something about."""
    return Issue.objects.filter(inside(scope, unit), state__in=OPEN_STATES)


def overdue(rows: QuerySet[Issue], at: datetime) -> QuerySet[Issue]:
    """Those whose answer is late at `at`, the longest overdue first."""
    return rows.filter(state__in=RUNNING_STATES, due_at__lt=at).order_by("due_at", "pk")


def due_until(rows: QuerySet[Issue], at: datetime, until: datetime) -> QuerySet[Issue]:
    """Those whose answer is due between `at` and `until`, the nearest first."""
    return rows.filter(state__in=RUNNING_STATES, due_at__gte=at, due_at__lte=until).order_by("due_at", "pk")


def lines(rows: QuerySet[Issue], at: datetime, most: int) -> list[Row]:
    """The first `most` issues with the time that is left. Three queries.

    The first names them alone: joined at once, a large scope would have all its rows joined before any is chosen.
    """
    chosen = list(rows.values_list("pk", flat=True)[:most])
    place = {pk: number for number, pk in enumerate(chosen)}
    found = Issue.objects.filter(pk__in=chosen).select_related(*SHOWN)
    return lines_of(sorted(found, key=lambda issue: place[issue.pk]), at=at)


def lines_for(some: Sequence["Slim"], at: datetime) -> list[Row]:
    """Some issues of a backlog, in its order, with the time that is left. Two queries."""
    found = Issue.objects.filter(pk__in=[row.pk for row in some]).select_related(*SHOWN).order_by("due_at", "pk")
    return lines_of(list(found), at=at)


class Slim(NamedTuple):
    """What the backlog needs of one open issue."""

    pk: int
    state: str
    opened_at: datetime
    due_at: datetime | None
    owner_id: int | None
    unit_id: int


@dataclass(frozen=True)
class Backlog:
    """Open issues read once, at most MOST_READ of them, nearest due first; `more` says that there were more."""

    rows: Sequence[Slim]
    more: bool
    at: datetime

    @property
    def total(self) -> str:
        """How many are open."""
        return said(len(self.rows) + self.more, MOST_READ)

    @property
    def overdue(self) -> int:
        """How many answers are late."""
        return len(self.late())

    def late(self) -> list[Slim]:
        """Those whose answer is late, the longest overdue first."""
        return [row for row in self.rows if self.is_overdue(row)]

    def near(self, until: datetime) -> list[Slim] | None:
        """Those whose answer is due from now to `until`, the nearest first; None where not all of them were read."""
        if self.more and (self.rows[-1].due_at or until) <= until:
            return None
        due = ((row, row.due_at) for row in self.rows if row.state in RUNNING_STATES)
        return [row for row, due_at in due if due_at is not None and self.at <= due_at <= until]

    def is_overdue(self, row: Slim) -> bool:
        """Whether the answer is late at the time of reading."""
        return row.state in RUNNING_STATES and row.due_at is not None and row.due_at < self.at


def backlog_of(rows: QuerySet[Issue], at: datetime) -> Backlog:
    """The backlog of `rows` as of `at`. One query."""
    found = [
        Slim(*values)
        for values in rows.order_by("due_at", "pk").values_list(
            "pk", "state", "opened_at", "due_at", "owner_id", "unit_id"
        )[: MOST_READ + 1]
    ]
    return Backlog(found[:MOST_READ], len(found) > MOST_READ, at)


@dataclass(frozen=True)
class Step:
    """One state of the flow with how many issues are in it, per age."""

    state: str
    label: str
    ages: list[tuple[int, str]]
    """count and link, in the order of AGES"""
    url: str

    @property
    def total(self) -> int:
        """How many are in this state."""
        return sum(count for count, _url in self.ages)


ORDER = {state: place for place, state in enumerate(IssueState.values)}


def steps_of(backlog: Backlog, marks: Sequence[datetime], link: "Link") -> list[Step]:
    """The backlog by state, in the order of the flow, and by age; `marks` are the moments between two ages."""
    counted: Counter[tuple[str, int]] = Counter(
        (row.state, sum(row.opened_at < mark for mark in marks)) for row in backlog.rows
    )
    states = sorted({state for state, _age in counted}, key=ORDER.__getitem__)
    return [
        Step(
            state=state,
            label=str(badges.badge("issue", state).label),
            ages=[(counted[state, age], link(state=state, age=AGES[age])) for age in range(len(AGES))],
            url=link(state=state),
        )
        for state in states
    ]


def age_names() -> list[str]:
    """Names of the ages, youngest first."""
    return [str(AGE_LABELS[age]) for age in AGES]


class Link:
    """Makes addresses of the issue queue that keep some filters, e.g. the unit of the page."""

    def __init__(self, base: str, **kept: object) -> None:
        self.base, self.kept = base, kept

    def __call__(self, **filters: object) -> str:
        """The queue with these filters; answered issues stand in the view of those that wait to be verified."""
        wanted = {**self.kept, **filters}
        if wanted.get("state") in STATES_OF["waiting"]:
            wanted = {"view": "waiting", **wanted}
        parts = [f"{name}={value}" for name, value in wanted.items() if value not in (None, "")]
        return f"{self.base}?{'&'.join(parts)}" if parts else self.base


def counted_by(rows: Iterable[Slim], column: str, among: Backlog) -> dict[Any, tuple[int, int]]:
    """Value of `column` → how many are open, and how many of these are overdue."""
    found: dict[Any, list[int]] = {}
    for row in rows:
        pair = found.setdefault(getattr(row, column), [0, 0])
        pair[0] += 1
        pair[1] += among.is_overdue(row)
    return {key: (pair[0], pair[1]) for key, pair in found.items()}


def per_company(rows: QuerySet[Issue], at: datetime) -> dict[int, tuple[int, int]]:
    """Company key → open and overdue issues. One query over the open rows."""
    late = models.Count("pk", filter=Q(state__in=RUNNING_STATES, due_at__lt=at))
    found = rows.order_by().values_list("company_id").annotate(total=models.Count("pk"), late=late)
    return {company: (total, overdue_) for company, total, overdue_ in found}
