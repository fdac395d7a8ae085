"""Counting the rollups: after each change, from what was marked; for bulk-loaded data, day by day."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, DateField, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate

from cxorders.kit.inserting import insert
from cxorders.kit.numbering import BUSINESS_ZONE
from feedback.intake.models import Record
from feedback.issues.models import Round
from kpi.metrics.models import (
    CountedRound,
    DirtyBucket,
    DirtyIssue,
    IssueRollup,
    MonthRollup,
    RecordRollup,
    RollupTurn,
)
from kpi.metrics.periods import local_day, month_after, month_of, start_of
from kpi.metrics.queries.facts import CLOSED_LOOP, EXEMPT, FORMALLY_CLOSED, MOVED, ON_TIME, paused_at
from kpi.metrics.queries.tallies import ISSUE_COLUMNS, RECORD_COLUMNS, added_up

BATCH = 1000
ONE_DAY = timedelta(days=1)
Units = Collection[int] | None
"""unit keys to count, None for all"""
Places = dict[date, set[int]]
"""local day → units"""


def mark_record(*, unit_id: int, occurred_at: datetime, at: datetime) -> None:
    """Note that the records of a unit on the day of `occurred_at` must be counted again. One INSERT, no read."""
    insert(DirtyBucket(day=local_day(occurred_at), unit_id=unit_id, at=at))


def mark_issue(*, issue_id: int, at: datetime) -> None:
    """Note that the rounds of an issue must be counted again. One INSERT, no read."""
    insert(DirtyIssue(issue_id=issue_id, at=at))


def refresh_rollups(at: datetime) -> int:
    """Count again what was marked; how many marks were worked off.

    Each batch is one transaction that counts and removes exactly the marks it read. Whoever comes while another one
    counts leaves at once with 0: the other one finishes the work.
    """
    done = 0
    while taken := _refresh_batch(at):
        done += taken
    return done


def rebuild_rollups(first: date | None = None, last: date | None = None, *, at: datetime) -> int:
    """Count every local day from `first` to `last` anew, for data that was loaded in bulk; how many days.

    Without days: from the first fact to the last limit. One transaction per day; waits while others count. Days
    without facts end up empty, so that rebuilding also repairs.
    """
    earliest, latest = _reach()
    begin, end = first or earliest, last or latest
    if begin is None or end is None:
        return 0
    day = begin
    while day <= end:
        with transaction.atomic():
            _take_turn(wait=True)
            _count_records(day, None)
            _count_rounds(day, None, at)
        day += ONE_DAY
    month = month_of(begin)
    while month <= end:
        with transaction.atomic():
            _take_turn(wait=True)
            _add_up_month(month, None)
            _remember(_rounds_with_limit(max(begin, month), min(end, month_after(month) - ONE_DAY)))
        month = month_after(month)
    return (end - begin).days + 1


def _take_turn(*, wait: bool) -> RollupTurn | None:
    """Lock the one row of those who count; None when somebody has it and we do not wait."""
    RollupTurn.objects.get_or_create(pk=1)
    return RollupTurn.objects.select_for_update(skip_locked=not wait).filter(pk=1).first()


@transaction.atomic
def _refresh_batch(at: datetime) -> int:
    turn = _take_turn(wait=False)
    if turn is None:
        return 0
    buckets = list(DirtyBucket.objects.order_by("pk")[:BATCH])
    issues = list(DirtyIssue.objects.order_by("pk")[:BATCH])
    if not buckets and not issues:
        return 0
    # Marks are read before the facts are counted, so a fact that arrives in between is counted twice, never missed.
    months: Places = defaultdict(set)
    for day, units in _by_day((bucket.day, bucket.unit_id) for bucket in buckets).items():
        _count_records(day, units)
        months[month_of(day)] |= units
    for day, units in _places_of({issue.issue_id for issue in issues}).items():
        _count_rounds(day, units, at)
        months[month_of(day)] |= units
    for month, units in months.items():
        _add_up_month(month, units)
    DirtyBucket.objects.filter(pk__in=[bucket.pk for bucket in buckets]).delete()
    DirtyIssue.objects.filter(pk__in=[issue.pk for issue in issues]).delete()
    RollupTurn.objects.filter(pk=turn.pk).update(counted_at=at)
    return len(buckets) + len(issues)


def _by_day(pairs: Iterable[tuple[date, int]]) -> Places:
    places: Places = defaultdict(set)
    for day, unit in pairs:
        places[day].add(unit)
    return places


def _places_of(issues: set[int]) -> Places:
    """Every day × unit at which the rounds of `issues` stand now or stood when they were counted last."""
    if not issues:
        return {}
    rounds = Round.objects.filter(issue__in=issues)
    stood = CountedRound.objects.filter(round__in=rounds.order_by().values("pk"))
    places = _by_day(
        pair
        for unit, day, closure_day in stood.values_list("unit_id", "day", "closure_day")
        for pair in ((day, unit), (closure_day, unit))
    )
    for unit, due_at, closure_due_at in rounds.order_by().values_list("unit", "due_at", "closure_due_at"):
        places[local_day(due_at)].add(unit)
        places[local_day(closure_due_at)].add(unit)
    _remember(rounds)
    return places


def _remember(rounds: QuerySet[Round]) -> None:
    CountedRound.objects.filter(round__in=rounds.order_by().values("pk")).delete()
    _insert_select(
        CountedRound,
        rounds.order_by(),
        round_id=F("pk"),
        unit_id=F("unit_id"),
        day=TruncDate("due_at", tzinfo=BUSINESS_ZONE),
        closure_day=TruncDate("closure_due_at", tzinfo=BUSINESS_ZONE),
    )


def _rounds_with_limit(first: date, last: date) -> QuerySet[Round]:
    span = (start_of(first), start_of(last + ONE_DAY))
    return Round.objects.filter(
        Q(due_at__gte=span[0], due_at__lt=span[1]) | Q(closure_due_at__gte=span[0], closure_due_at__lt=span[1])
    )


def _on_day(name: str, day: date, units: Units) -> Q:
    within = Q(**{f"{name}__gte": start_of(day), f"{name}__lt": start_of(day + ONE_DAY)})
    return within if units is None else within & Q(unit__in=units)


def _count_records(day: date, units: Units) -> None:
    chosen = Q() if units is None else Q(unit__in=units)
    RecordRollup.objects.filter(chosen, day=day).delete()
    grouped = Record.objects.filter(_on_day("occurred_at", day, units)).order_by().values("unit_id", "key_point_id")
    _insert_select(
        RecordRollup,
        grouped,
        day=Value(day, DateField()),
        company_id=Coalesce("unit__company_id", "unit_id"),
        unit_id=F("unit_id"),
        key_point_id=F("key_point_id"),
        records=Count("*"),
        negatives=Count("pk", filter=Q(negative=True)),
        late=Count("pk", filter=Q(late=True)),
        **{f"r{rating}": Count("pk", filter=Q(rating=rating)) for rating in range(1, 6)},
    )


def _count_rounds(day: date, units: Units, at: datetime) -> None:
    chosen = Q() if units is None else Q(unit__in=units)
    IssueRollup.objects.filter(chosen, day=day).delete()
    answers = {
        "due": Count("*"),
        "exempt": Count("pk", filter=EXEMPT),
        "on_time": Count("pk", filter=ON_TIME),
        "rework": Count("pk", filter=Q(rework=True)),
        "moved": Count("pk", filter=MOVED),
    }
    closures = {
        "closure_due": Count("*"),
        "closure_exempt": Count("pk", filter=EXEMPT),
        "closed_loop": Count("pk", filter=CLOSED_LOOP),
        "formally_closed": Count("pk", filter=FORMALLY_CLOSED),
    }
    rows: dict[int, IssueRollup] = {}
    for name, sums in (("due_at", answers), ("closure_due_at", closures)):
        grouped: QuerySet[Any, Any] = (
            Round.objects.filter(_on_day(name, day, units))
            .exclude(paused_at(at))
            .order_by()
            .values("unit_id", home=Coalesce("unit__company_id", "unit_id"))
            .annotate(**{f"n_{column}": count for column, count in sums.items()})
        )
        for found in grouped:
            row = rows.setdefault(
                found["unit_id"], IssueRollup(day=day, unit_id=found["unit_id"], company_id=found["home"])
            )
            for column in sums:
                setattr(row, column, found[f"n_{column}"])
    IssueRollup.objects.bulk_create(rows.values())


def _add_up_month(month: date, units: Units) -> None:
    chosen = Q() if units is None else Q(unit__in=units)
    MonthRollup.objects.filter(chosen, month=month).delete()
    within = chosen & Q(day__gte=month, day__lt=month_after(month))
    rows: dict[int, MonthRollup] = {}
    parts: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
        (RecordRollup, RECORD_COLUMNS),
        (IssueRollup, ISSUE_COLUMNS),
    )
    for model, columns in parts:
        for (unit, company), sums in added_up(model, within, columns, "unit", "company"):
            row = rows.setdefault(unit, MonthRollup(month=month, unit_id=unit, company_id=company))
            for column, value in sums.items():
                setattr(row, column, value)
    MonthRollup.objects.bulk_create(rows.values())


def _insert_select(model: type[models.Model], rows: QuerySet[Any], **columns: Any) -> None:
    """INSERT … SELECT of `rows` into the table of `model`, one expression per column; nothing passes through Python."""
    named = {f"to_{name}": expression for name, expression in columns.items()}
    sql, params = rows.annotate(**named).values_list(*named).query.sql_with_params()
    targets = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        # names come from the model and the query from the ORM; values travel as parameters
        cursor.execute(f'INSERT INTO "{model._meta.db_table}" ({targets}) {sql}', params)  # noqa: S608


def _reach() -> tuple[date | None, date | None]:
    """The first and the last local day on which a fact is counted."""
    records = Record.objects.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
    rounds = Round.objects.aggregate(first=Min("due_at"), last=Max("closure_due_at"), due=Max("due_at"))
    firsts = [at for at in (records["first"], rounds["first"]) if at]
    lasts = [at for at in (records["last"], rounds["last"], rounds["due"]) if at]
    return (local_day(min(firsts)) if firsts else None), (local_day(max(lasts)) if lasts else None)
