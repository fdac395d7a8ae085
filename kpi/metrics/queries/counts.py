"""Counting a month's facts per responsible unit: a few GROUP BY statements for the whole group, whatever its size."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models import Window as Window_
from django.db.models.functions import Lead

from feedback.intake.models import Record
from kpi.metrics.definitions import CLOSURE, COMPENSATED, COVERAGE, CSAT, ON_TIME, REPORTING
from kpi.metrics.queries import compensating, facts, probing
from kpi.metrics.queries.facts import Window
from kpi.metrics.values import CUSTOMER, STAFF, Counts


@dataclass(frozen=True)
class Counted:
    """Counts per unit, and the hash of the statements and parameters that made them (C3)."""

    per_unit: Mapping[int, Counts]
    query_hash: str


class _Asking:
    """Runs grouped queries and remembers what was asked."""

    def __init__(self) -> None:
        self.per_unit: dict[int, Counts] = defaultdict(Counter)
        self._digest = hashlib.sha256()

    def rows(
        self, query: QuerySet[Any, Any], around: str = "{}", *, after: tuple[Any, ...] = ()
    ) -> list[tuple[Any, ...]]:
        """The rows of `query`, or of a statement `around` it with parameters `after` its own."""
        sql, params = query.query.sql_with_params()
        statement, values = around.format(sql), (*params, *after)
        self._digest.update(repr((statement, values)).encode())
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())

    def counted(self) -> Counted:
        return Counted(self.per_unit, self._digest.hexdigest())


_REPLACED_WITHIN = """
SELECT unit_id, own, rating, COUNT(*) FROM ({}) answers WHERE counted AND gap <= %s GROUP BY unit_id, own, rating
"""


def csat_counts(window: Window) -> Counted:
    """M01 per unit: every record of the month by mode and rating, and those that were replaced within 24 hours.

    Events of the month are counted in one pass and their successors found in another, both within one index; late
    entries (C4), which are few, are asked for apart and only where there are any.
    """
    asking = _Asking()
    _answers(asking, facts.booked_in_time(window), late=False)
    same_answer = DurationField().get_db_prep_value(facts.SAME_ANSWER, connection)
    for unit, own, rating, n in asking.rows(_with_gaps(window), _REPLACED_WITHIN, after=(same_answer,)):
        asking.per_unit[unit]["replaced", CUSTOMER if own else STAFF, str(rating)] += n
    late = facts.booked_late(window)
    seen = Record.objects.filter(late).order_by().values_list("submitted_at")
    ((entries,),) = asking.rows(seen, "SELECT COUNT(*) FROM ({}) late")
    if entries:
        _answers(asking, late, late=True)
        for mode in (CUSTOMER, STAFF):
            gone = facts.typed_by(mode) & facts.replaced(window, mode)
            for unit, rating, n in asking.rows(_per_unit(Record.objects.filter(late, gone), "rating")):
                asking.per_unit[unit]["replaced", mode, str(rating)] += n
    return asking.counted()


def _answers(asking: _Asking, booked: Q, *, late: bool) -> None:
    rows = Record.objects.filter(booked).annotate(own=facts.typed_by(CUSTOMER))
    for unit, own, rating, n in asking.rows(_per_unit(rows, "own", "rating")):
        counts, mode = asking.per_unit[unit], CUSTOMER if own else STAFF
        counts[("no_answer", mode) if rating is None else ("answer", mode, str(rating))] += n
        if late:
            counts["late_entry",] += n


def _with_gaps(window: Window) -> QuerySet[Any, Any]:
    """Every answer about an order from the month and the day after it, with the time to the next one of the same
    customer about the same order; `counted` are those of the month."""
    month = window.month
    same: list[Any] = [F("customer_id"), F("order_id"), F("own")]
    following = Window_(Lead("occurred_at"), partition_by=same, order_by=["occurred_at", "pk"])
    gaps: QuerySet[Any, Any] = (
        Record.objects.filter(
            occurred_at__gte=month.start,
            occurred_at__lt=month.end + facts.SAME_ANSWER,
            submitted_at__lte=window.cut_off_at,
            order__isnull=False,
            customer__isnull=False,
            rating__isnull=False,
        )
        .order_by()
        .annotate(own=facts.typed_by(CUSTOMER))
        .annotate(counted=Q(occurred_at__lt=month.end, submitted_at__lt=month.freezes_at))
        .annotate(gap=ExpressionWrapper(following - F("occurred_at"), output_field=DurationField()))
        .values_list("unit_id", "own", "rating", "counted", "gap")
    )
    return gaps


def on_time_counts(window: Window) -> Counted:
    """M11 per unit responsible for the round."""
    asking = _Asking()
    not_exempt = ~facts.EXEMPT
    query = _per_unit(
        facts.due(window),
        "exempt_reason",
        on_time=Count("pk", filter=facts.ON_TIME),
        overdue_open=Count("pk", filter=not_exempt & (Q(replied_at=None) | Q(replied_at__gt=window.cut_off_at))),
        rework=Count("pk", filter=not_exempt & Q(rework=True)),
        moved=Count("pk", filter=facts.MOVED),
    )
    _take(asking, query, ("on_time", "overdue_open", "rework", "moved"))
    return asking.counted()


def closure_counts(window: Window) -> Counted:
    """M15 per unit responsible for the round: the four parts, all four together, and closed in form."""
    asking = _Asking()

    def in_time(name: str) -> Count:
        return Count("pk", filter=~facts.EXEMPT & Q(**{f"{name}__lte": F("closure_due_at")}))

    query = _per_unit(
        facts.closure_due(window),
        "exempt_reason",
        closed_loop=Count("pk", filter=facts.CLOSED_LOOP),
        formally_closed=Count("pk", filter=facts.FORMALLY_CLOSED),
        cause=in_time("cause_at"),
        action=in_time("action_at"),
        replied=in_time("replied_at"),
        confirmed=in_time("confirmed_at"),
    )
    _take(asking, query, ("closed_loop", "formally_closed", "cause", "action", "replied", "confirmed"))
    return asking.counted()


def reporting_counts(window: Window) -> Counted:
    """M34 per unit: staff records in time and late, stages staff never reported; those excused apart.

    As in `csat_counts`, events of the month and late entries (C4) are asked for apart, so that each goes by its index.
    """
    asking = _Asking()
    gone = probing.counted_as_missing(window)
    for booked in (facts.booked_in_time(window), facts.booked_late(window)):
        staff = Record.objects.filter(booked, probing.BY_STAFF)
        for unit, n in asking.rows(_per_unit(staff)):
            asking.per_unit[unit]["timely",] += n
        for unit, missing, n in asking.rows(_per_unit(staff.filter(late=True).annotate(gone=gone), "gone")):
            asking.per_unit[unit]["timely",] -= n
            asking.per_unit[unit]["late",] += 0 if missing else n
    silent = probing.silent_stages(window).annotate(no=probing.excused_stage(window))
    for unit, excused, n in asking.rows(_per_unit(silent, "no")):
        asking.per_unit[unit]["excused" if excused else "missing",] += n
    return asking.counted()


def coverage_counts(window: Window) -> Counted:
    """M54 per unit: probes due with and without a record, excused ones by their reason; key points passed apart."""
    asking = _Asking()
    required = probing.required(window).annotate(heard=probing.heard(window))
    for unit, heard, n in asking.rows(_per_unit(required.exclude(probing.excused(window)), "heard")):
        asking.per_unit[unit]["required",] += n
        asking.per_unit[unit]["done",] += n if heard else 0
    for unit, code, n in asking.rows(_per_unit(required.filter(probing.excused(window)), "excuse_code")):
        asking.per_unit[unit]["excused", code] += n
    for unit, covered, n in asking.rows(_per_unit(probing.passed(window), "covered")):
        asking.per_unit[unit]["events",] += n
        asking.per_unit[unit]["covered",] += n if covered else 0
    return asking.counted()


def compensation_counts(window: Window) -> Counted:
    """M62 per unit whose promise was broken: owed, paid in time, their sums in fen; refused ones by their reason."""
    asking = _Asking()
    due = compensating.due(window)
    owed = due.exclude(compensating.refused(window)).annotate(in_time=compensating.in_time(window))
    for unit, in_time, n, yuan in asking.rows(_per_unit(owed, "in_time", yuan=Sum("amount"))):
        own, fen = asking.per_unit[unit], round(yuan * 100)
        own["owed",] += n
        own["fen",] += fen
        own[("paid",) if in_time else ("late",)] += n
        own["late_fen",] += 0 if in_time else fen
    for unit, why, n in asking.rows(_per_unit(due.filter(compensating.refused(window)), "refused_zh")):
        asking.per_unit[unit]["refused", why] += n
    return asking.counted()


COUNTS: Mapping[str, Callable[[Window], Counted]] = {
    CSAT.code: csat_counts,
    ON_TIME.code: on_time_counts,
    CLOSURE.code: closure_counts,
    REPORTING.code: reporting_counts,
    COVERAGE.code: coverage_counts,
    COMPENSATED.code: compensation_counts,
}
"""metric code → how its facts are counted"""


def _per_unit(rows: QuerySet[Any], *by: str, **counts: Aggregate) -> QuerySet[Any, Any]:
    grouped: QuerySet[Any, Any] = rows.order_by().values_list("unit_id", *by).annotate(all_of_them=Count("*"), **counts)
    return grouped


def _take(asking: _Asking, query: QuerySet[Any, Any], columns: tuple[str, ...]) -> None:
    for unit, reason, n, *counts in asking.rows(query):
        own = asking.per_unit[unit]
        own["due",] += n
        if reason:
            own["exempt", reason] += n
        for column, count in zip(columns, counts, strict=True):
            own[column,] += count
