"""Computing a month: count the facts of the whole group, value every unit on every level, keep it for ever."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from cxorders.journal import actions as journal
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.formats import moment
from cxorders.kit.states import move
from cxorders.organisation.models import PATH_STEP, Unit, User
from kpi.metrics import policy
from kpi.metrics.definitions import COMPUTED, Indicator
from kpi.metrics.enums import RUN_TRANSITIONS, RunState
from kpi.metrics.models import ComputeRun, MetricValue
from kpi.metrics.periods import Month, local_day, start_of
from kpi.metrics.queries.counts import COUNTS, Counted
from kpi.metrics.queries.facts import Window
from kpi.metrics.queries.marks import kpi_rows
from kpi.metrics.values import VALUES, rolled_up

ABANDONED_AFTER = timedelta(minutes=30)
"""a run that old was killed: no task lives longer"""
Row = tuple[Any, ...]
Units = Mapping[int, tuple[str, int | None]]
"""unit key → its path and company"""
_json = json.JSONEncoder(ensure_ascii=False).encode
COLUMNS = (
    "run_id", "code", "definition_version", "period", "unit_id", "company_id", "numerator", "denominator", "excluded",
    "value", "low", "high", "extra", "cut_off_at", "query_hash",
)  # fmt: skip
"""of a stored value, in the order in which they are written"""


class AlreadyComputing(BusinessError):
    """Somebody else computes this month right now."""

    code = "score_already_computing"
    zh = "{period} 正在计算（{since} 开始），请等它算完再看。"
    en = "{period} is being computed since {since}; please wait until it is done."
    status = 409


class PeriodNotBegun(BusinessError):
    """A month that lies in the future has no facts."""

    code = "score_period_not_begun"
    zh = "{period} 还没有开始，不能计算。"
    en = "{period} has not begun yet; there is nothing to compute."


def compute_period(period: str, *, by: User | None, at: datetime) -> ComputeRun:
    """Compute M01, M11 and M15 of the month `period` ("2026-10") for every unit and return the finished run.

    The cut-off is `at`, or the freezing of the month (end of the second day of the next one) when that has passed;
    computing again with the same cut-off gives the same values. `by` is None for the scheduler. See `begin_run` and
    `carry_out` for effects and errors. Not atomic as a whole, so that progress and failure are seen.
    """
    return carry_out(begin_run(period, by=by, at=at), at=at)


@transaction.atomic
def begin_run(period: str, *, by: User | None, at: datetime) -> ComputeRun:
    """Reserve the computation of a month: a running ComputeRun with its cut-off and the marks in force; journal row.

    The database allows one running run per month. One that was abandoned half an hour ago is marked failed first.
    WrongPeriod, PeriodNotBegun, NotAllowed, AlreadyComputing.
    """
    month = Month.parse(period)
    if month.start > at:
        raise PeriodNotBegun(period=str(month))
    if by is not None and not policy.may_compute(by):
        raise NotAllowed()
    for left in ComputeRun.objects.filter(
        period=str(month), state=RunState.RUNNING, started_at__lt=at - ABANDONED_AFTER
    ).order_by("pk"):
        give_up(left, at=at, error="abandoned")
    try:
        with transaction.atomic():
            run = ComputeRun.objects.create(
                period=str(month),
                cut_off_at=Window.of(month, at).cut_off_at,
                started_at=at,
                by=by,
                steps=len(COMPUTED),
                definitions=kpi_rows(),
            )
    except IntegrityError:
        other = ComputeRun.objects.filter(period=str(month), state=RunState.RUNNING).first()
        since = moment(other.started_at, at) if other else "…"
        raise AlreadyComputing(period=str(month), since=since) from None
    journal.record(run, "score.computing", by=by, at=at, period=str(month), cut_off=run.cut_off_at.isoformat())
    return run


def carry_out(run: ComputeRun, *, at: datetime) -> ComputeRun:
    """Do the work of a running run: per indicator one transaction with its sealed values and the progress; then the
    run is finished and its values are the newest ones, journal row. A run that is over already is returned as it is.

    Whatever goes wrong marks the run failed and is raised.
    """
    if run.state != RunState.RUNNING:
        return run
    try:
        rows = Unit.objects.order_by("path").values_list("pk", "path", "company_id")
        units = {pk: (path, company_id) for pk, path, company_id in rows}
        for indicator in COMPUTED:
            _compute(run, indicator, units)
        with transaction.atomic():
            run.refresh_from_db()
            move(run, RunState.FINISHED, table=RUN_TRANSITIONS, finished_at=at)
            journal.record(run, "score.computed", by=run.by, at=at, period=run.period, values=run.values_count)
    except Exception as error:
        give_up(run, at=at, error=type(error).__name__)
        raise
    return run


@transaction.atomic
def give_up(run: ComputeRun, *, at: datetime, error: str) -> ComputeRun:
    """Mark a running run as failed, e.g. because no worker took it. Journal row. WrongState, Stale."""
    move(run, RunState.FAILED, table=RUN_TRANSITIONS, finished_at=at, error=error)
    journal.record(run, "score.failed", by=None, at=at, period=run.period, error=error)
    return run


def compute_due(at: datetime) -> list[ComputeRun]:
    """What the night does: the present and the last month, as known at the last midnight (or at their freezing).

    A month that was computed with this cut-off already is left alone, so that a second call changes nothing.
    """
    midnight = start_of(local_day(at))
    runs = []
    for month in (Month.at(at).shifted(-1), Month.at(at)):
        cut_off = Window.of(month, midnight).cut_off_at
        known = ComputeRun.objects.filter(period=str(month), state=RunState.FINISHED, cut_off_at__gte=cut_off)
        if month.start < cut_off and not known.exists():
            runs.append(compute_period(str(month), by=None, at=at))
    return runs


@transaction.atomic
def _compute(run: ComputeRun, indicator: Indicator, units: Units) -> None:
    counted = COUNTS[indicator.code](Window(Month.parse(run.period), run.cut_off_at))
    rows = list(_values(run, indicator, counted, units))
    _store(rows)
    ComputeRun.objects.filter(pk=run.pk).update(done=F("done") + 1, values_count=F("values_count") + len(rows))


def _values(run: ComputeRun, indicator: Indicator, counted: Counted, units: Units) -> Iterator[Row]:
    """One row per unit on every level that has a case or an exclusion, in the order of `COLUMNS`."""
    paths = {pk: path for pk, (path, _company) in units.items()}
    cut_off = run.cut_off_at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    value_of = VALUES[indicator.code]
    for pk, counts in rolled_up(counted.per_unit, paths, PATH_STEP).items():
        value = value_of(counts)
        if value.is_empty:
            continue
        figure = value.figure
        yield (
            run.pk,
            indicator.code,
            indicator.version,
            run.period,
            pk,
            units[pk][1],
            int(figure.numerator or 0),
            int(figure.denominator),
            _json(value.excluded) if value.excluded else "{}",
            *(None if part is None else f"{part:.8f}" for part in (figure.value, figure.lo, figure.hi)),
            _json(value.extra),
            cut_off,
            counted.query_hash,
        )


def _store(rows: list[Row]) -> None:
    """Write many values at once: COPY on PostgreSQL, one prepared INSERT on SQLite. Both take the same texts."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    table = MetricValue._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = StringIO()
            csv.writer(text).writerows((*row[:-2], f"{row[-2]}+00", row[-1]) for row in rows)
            text.seek(0)
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)", text)
        else:
            places = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608 -- own names
