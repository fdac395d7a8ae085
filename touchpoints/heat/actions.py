"""Counting the heat map: per company and month, exactly, from the facts; as often as one likes, with one result."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min

from cxorders.kit.inserting import insert, insert_all
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import PATH_STEP, Unit
from cxorders.organisation.queries.calendars import calendars_for
from touchpoints.heat.models import HeatCount, HeatMark, StageHeat
from touchpoints.heat.percentiles import quantile
from touchpoints.orders.models import Stage, StagePause
from touchpoints.orders.queries.passages import OFFICE, TOO_LATE, counted_types, due_in, ended_in, seconds_of

STALE_AFTER = timedelta(hours=1)
"""the running month is counted again after that, marked or not: due times pass without anybody doing anything"""
SETTLED_AFTER = timedelta(hours=24)
"""the month before is counted again after that: an agreed moment may still move a due time into it or out of it"""
BATCH = 5_000
MIDDLE, HIGH = 0.5, 0.9
Key = tuple[int, int]
"""stage type, unit"""


def month_of(at: datetime) -> date:
    """First day of the local month of `at` (C1)."""
    return at.astimezone(BUSINESS_ZONE).date().replace(day=1)


def month_before(month: date) -> date:
    """First day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def mark_stage(stage_id: int, *, at: datetime) -> None:
    """Note that the months in which a stage ended and was due must be counted again. One read, two rows at most."""
    row = Stage.objects.order_by().filter(pk=stage_id).values_list("company_id", "ended_at", "due_at").first()
    if row is None:
        return
    company, *moments = row
    for month in sorted({month_of(moment) for moment in moments if moment is not None}):
        insert(HeatMark(month=month, company_id=company, at=at))


def mark_days(company_id: int, days: Iterable[date], *, at: datetime) -> None:
    """Note that the months of `days` must be counted again: many stages came or went. One row for each."""
    months = sorted({day.replace(day=1) for day in days})
    insert_all([HeatMark(month=month, company_id=company_id, at=at) for month in months])


def refresh_heat(at: datetime) -> int:
    """Count again what was marked, what is missing and what has grown old; how many company months were counted.

    One transaction each. What somebody else counts at this moment is left to them.
    """
    return sum(count_month(company, month, at=at) for company, month in _waiting(at))


def rebuild_heat(first: date | None = None, last: date | None = None, *, at: datetime) -> int:
    """Count every month from that of `first` to that of `last` for every company, by default all there are facts for.

    How many company months. For data that was loaded in bulk, and to repair.
    """
    reach = Stage.objects.aggregate(first=Min("started_at"), last=Max("ended_at"))
    begin = first or (month_of(reach["first"]) if reach["first"] else None)
    end = last or max(month_of(at), month_of(reach["last"]) if reach["last"] else month_of(at))
    if begin is None:
        return 0
    month, done = end.replace(day=1), 0
    while month >= begin.replace(day=1):
        done += sum(count_month(company, month, at=at) for company in _companies())
        month = month_before(month)
    return done


@transaction.atomic
def count_month(company_id: int, month: date, *, at: datetime) -> bool:
    """Count one month of one company from the facts and replace what was there; False while somebody else does it.

    Effects, in order: figures of the company and of every unit below it; marks that were there before removed; the
    time of the count.
    """
    HeatCount.objects.get_or_create(month=month, company_id=company_id)
    turn = HeatCount.objects.select_for_update(skip_locked=True).filter(month=month, company_id=company_id).first()
    if turn is None:
        return False
    # marks first: a stage that ends in between is counted twice, never missed
    marks = list(
        HeatMark.objects.filter(month=month, company_id=company_id).order_by("pk").values_list("pk", flat=True)
    )
    paths = dict(Unit.objects.order_by().filter(company_id=company_id).values_list("pk", "path"))
    rows: dict[Key, StageHeat] = {}

    def row(key: Key) -> StageHeat:
        kind, unit = key
        return rows.setdefault(key, StageHeat(month=month, company_id=company_id, stage_type_id=kind, unit_id=unit))

    for key, values in _upwards(_times(company_id, month), paths).items():
        ordered = sorted(values)
        found = row(key)
        found.taken, found.median, found.p90 = len(ordered), quantile(ordered, MIDDLE), quantile(ordered, HIGH)
    for (kind, unit), due, late in _promises(company_id, month, at):
        for above in _line(unit, paths):
            found = row((kind, above))
            found.due, found.late = found.due + due, found.late + late
    StageHeat.objects.filter(company_id=company_id, month=month).delete()
    StageHeat.objects.bulk_create(rows.values(), batch_size=500)
    HeatMark.objects.filter(pk__in=marks).delete()
    HeatCount.objects.filter(pk=turn.pk).update(counted_at=at)
    return True


def _companies() -> list[int]:
    rows = Unit.objects.filter(kind=UnitKind.COMPANY).order_by("path")
    return list(rows.values_list("pk", flat=True))


def _waiting(at: datetime) -> list[tuple[int, date]]:
    """Company months to count: marked ones, and the running and last month where their figures are too old."""
    this = month_of(at)
    counted = dict(_counted(this))
    waiting = {(company, month) for company, month in HeatMark.objects.order_by().values_list("company_id", "month")}
    for month, limit in ((this, at - STALE_AFTER), (month_before(this), at - SETTLED_AFTER)):
        for company in _companies():
            known = counted.get((company, month))
            if known is None or known < limit or month_of(known) == month != this:
                waiting.add((company, month))
    return sorted(waiting)


def _counted(this: date) -> Iterator[tuple[tuple[int, date], datetime]]:
    recent = HeatCount.objects.filter(month__gte=month_before(this), counted_at__isnull=False).order_by("pk")
    for company, month, counted_at in recent.values_list("company_id", "month", "counted_at"):
        if counted_at is not None:
            yield (company, month), counted_at


def _times(company_id: int, month: date) -> dict[Key, "array[float]"]:
    """Seconds each ended stage took, by stage type and unit."""
    ended = Stage.objects.filter(ended_in(month), company_id=company_id, stage_type__in=_kinds()).order_by()
    pauses: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for stage, since, until in (
        StagePause.objects.filter(stage__in=ended.values("pk"))
        .order_by("pk")
        .values_list("stage_id", "started_at", "ended_at")
    ):
        pauses[stage].append((since, until))
    kinds = _kinds()
    calendars = calendars_for(list(Unit.objects.filter(company_id=company_id).order_by("pk")))
    times: dict[Key, array[float]] = defaultdict(lambda: array("d"))
    columns = ("pk", "stage_type_id", "unit_id", "started_at", "ended_at")
    for stage, kind, unit, begin, end in ended.values_list(*columns).iterator(chunk_size=BATCH):
        if begin is None or end is None:
            continue
        office = calendars.get(unit) if kinds[kind] in OFFICE else None
        seconds = seconds_of(begin, end, pauses.get(stage, ()), office=office)
        if seconds is not None:
            times[kind, unit].append(seconds)
    return times


def _kinds() -> dict[int, str]:
    """Stage types that count → the unit of their promise, which says what clock the stage runs on."""
    return dict(counted_types().order_by().values_list("pk", "promise_unit"))


def _promises(company_id: int, month: date, at: datetime) -> Iterator[tuple[Key, int, int]]:
    """(stage type, unit), promises decided, promises broken."""
    due = Stage.objects.filter(due_in(month, at), company_id=company_id, stage_type__in=_kinds()).order_by()
    counts = due.values_list("stage_type_id", "unit_id").annotate(due=Count("pk"), late=Count("pk", filter=TOO_LATE))
    for kind, unit, decided, late in counts:
        yield (kind, unit), decided, late


def _line(unit: int, paths: dict[int, str]) -> list[int]:
    """`unit` and the units above it up to the company."""
    path = paths.get(unit)
    if path is None:
        return []
    above = {path[:end] for end in range(PATH_STEP, len(path) + 1, PATH_STEP)}
    return [key for key, own in paths.items() if own in above]


def _upwards(times: dict[Key, "array[float]"], paths: dict[int, str]) -> dict[Key, "array[float]"]:
    """The values of every unit with those of all units below it: percentiles are never made of percentiles (C5)."""
    whole: dict[Key, array[float]] = defaultdict(lambda: array("d"))
    for (kind, unit), values in times.items():
        for above in _line(unit, paths):
            whole[kind, above].extend(values)
    return whole
