"""The rows behind one figure of a dashboard: the same facts, the same conditions, the same days as the counts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from cxorders.web import open_work
from cxorders.web.dashboard.filters import Wanted
from cxorders.web.figures import summed
from feedback.intake.models import Record
from feedback.issues.models import Issue, Round
from kpi.metrics.definitions import CLOSURE, Indicator
from kpi.metrics.models import IssueRollup, RecordRollup
from kpi.metrics.periods import local_day, start_of
from kpi.metrics.queries import Share
from kpi.metrics.queries.facts import CLOSED_LOOP, EXEMPT, ON_TIME, paused_at
from kpi.metrics.queries.tallies import columns_of, inside, last_counted

PAGE = 40
PARTS = ("in", "out", "less")
"""counted in the numerator, in the denominator only, taken out of both"""
ONE_DAY = timedelta(days=1)
Place = tuple[datetime, int]

HITS: dict[str, Q] = {
    "M01": Q(rating__gte=4),
    "M01D": Q(rating__lte=2),
    "LATE": Q(late=True),
    "M11": ON_TIME,
    "M15": CLOSED_LOOP,
    "REWORK": Q(rework=True),
}
"""figure → which of its rows stand in the numerator"""


@dataclass(frozen=True)
class Behind:
    """One page of the rows behind a figure."""

    share: Share
    rows: list[Any] = field(default_factory=list)
    """pairs (fact, part)"""
    next: Place | None = None
    visible: set[int] = field(default_factory=set)
    """issues the person may open"""


def share_of(user: User, indicator: Indicator, wanted: Wanted, until: datetime) -> Share:
    """The figure itself, from the rollups. One query."""
    last = last_counted(indicator, wanted.period.last, until)
    where = inside(scope_of(user), wanted.unit) & Q(day__range=(wanted.period.first, last))
    model: Any = IssueRollup
    if not indicator.due_based:
        model = RecordRollup
        where &= _at(wanted, "key_point__")
    return summed(model, where, columns_of(indicator)).share(indicator)


def behind(
    user: User, indicator: Indicator, wanted: Wanted, *, until: datetime, part: str, after: Place | None
) -> Behind:
    """The rows of `indicator`, newest first, by keyset. Three queries."""
    share = share_of(user, indicator, wanted, until)
    if indicator.due_based:
        return _rounds(user, indicator, wanted, share, until, part, after)
    return _records(user, indicator, wanted, share, part, after)


def _at(wanted: Wanted, path: str) -> Q:
    where = Q(**{f"{path}code": wanted.key_point}) if wanted.key_point else Q()
    return where & Q(**{f"{path}touchpoint__code": wanted.touchpoint}) if wanted.touchpoint else where


def _records(user: User, indicator: Indicator, wanted: Wanted, share: Share, part: str, after: Place | None) -> Behind:
    rows = Record.objects.filter(
        open_work.inside(scope_of(user), wanted.unit),
        _at(wanted, "key_point__"),
        occurred_at__gte=start_of(wanted.period.first),
        occurred_at__lt=start_of(wanted.period.last + ONE_DAY),
    )
    if indicator.code != "LATE":
        rows = rows.filter(rating__isnull=False)
    hit = HITS[indicator.code]
    rows = rows.filter({"in": hit, "out": ~hit}.get(part, Q()))
    shown = rows.select_related("key_point", "touchpoint", "unit", "company", "collector")
    found, place = _page(shown, "occurred_at", after)
    return Behind(share, [(record, "in" if _hits(record, indicator) else "out") for record in found], place)


def _hits(record: Record, indicator: Indicator) -> bool:
    if indicator.code == "LATE":
        return record.late
    rating = record.rating or 0
    return rating >= 4 if indicator.code == "M01" else rating <= 2


def _rounds(
    user: User, indicator: Indicator, wanted: Wanted, share: Share, until: datetime, part: str, after: Place | None
) -> Behind:  # fmt: skip
    limit = "closure_due_at" if indicator.code == CLOSURE.code else "due_at"
    last = min(wanted.period.last, local_day(until) - ONE_DAY)
    rows = Round.objects.filter(
        open_work.inside(scope_of(user), wanted.unit),
        **{f"{limit}__gte": start_of(wanted.period.first), f"{limit}__lt": start_of(last + ONE_DAY)},
    ).exclude(paused_at(until))
    hit = HITS[indicator.code]
    less = EXEMPT if indicator.less else Q(pk__in=())
    rows = rows.filter({"in": hit & ~less, "out": ~hit & ~less, "less": less}.get(part, Q()))
    found, place = _page(rows.select_related("issue", "unit", "company", "owner"), limit, after)
    keys = [round_.pk for round_ in found]
    counted = set(Round.objects.filter(hit, pk__in=keys).values_list("pk", flat=True))
    visible = set(
        Issue.objects.visible_to(user).filter(pk__in=[row.issue_id for row in found]).values_list("pk", flat=True)
    )
    marked = [
        (row, "less" if indicator.less and row.exempt_reason else "in" if row.pk in counted else "out") for row in found
    ]
    return Behind(share, marked, place, visible)


def _page(rows: QuerySet[Any], column: str, after: Place | None) -> tuple[list[Any], Place | None]:
    if after is not None:
        moment, key = after
        earlier = Q(**{f"{column}__lt": moment}) | Q(**{column: moment, "pk__lt": key})
        rows = rows.filter(earlier, **{f"{column}__lte": moment})
    found = list(rows.order_by(f"-{column}", "-pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], None if last is None else (getattr(last, column), last.pk)
