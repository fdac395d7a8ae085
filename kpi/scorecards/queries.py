"""Page data of scores: the board of a level, one unit in full."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet

from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import Scope, scope_of
from kpi.formulas.scoring import m41_ranking
from kpi.metrics.definitions import COMPUTED, INDICATORS
from kpi.metrics.models import ComputeRun, MetricValue
from kpi.metrics.periods import Month
from kpi.metrics.queries import Marks, MonthRuns, judged, marks_of, runs_of, share_of, values_of
from kpi.scorecards.cards import CIRCLE
from kpi.scorecards.scoring import Line, Scored, beside, scored

LEVELS = (UnitKind.GROUP, UnitKind.COMPANY, UnitKind.DEPARTMENT, UnitKind.TEAM)
MONTHS_BACK = 12
BY_SCORE = "score"


@dataclass(frozen=True)
class UnitScore:
    """One line of the board; `rank` is None where a sample is too small."""

    unit: Unit
    company: Unit | None
    scored: Scored
    values: Mapping[str, MetricValue]
    rank: int | None = None


@dataclass(frozen=True)
class Board:
    """The units of one level in one month: the ranked ones first, then those too small to rank."""

    month: Month
    runs: MonthRuns
    ranked: list[UnitScore]
    unranked: list[UnitScore]
    silent: int
    """units of the level without any case"""


def months_to_choose(at: datetime) -> list[Month]:
    """The present month and those before it, the newest first."""
    present = Month.at(at)
    return [present.shifted(-step) for step in range(MONTHS_BACK)]


def units_in(scope: Scope) -> QuerySet[Unit]:
    """The units whose scores a scope covers."""
    if scope.everything:
        return Unit.objects.all()
    if scope.company_id is not None:
        return Unit.objects.filter(company=scope.company_id)
    return Unit.objects.filter(pk__in=sorted(scope.unit_ids))


def levels_for(user: User) -> list[str]:
    """The levels on which `user` may see units, from the top."""
    kinds = set(units_in(scope_of(user)).order_by().values_list("kind", flat=True).distinct())
    return [level for level in LEVELS if level in kinds]


def usual_level(user: User) -> str:
    """Where `user` looks first: the level right below the own unit, as far as there is one."""
    levels = levels_for(user)
    grant = user.active_grant
    if grant is None or not levels:
        return ""
    top = grant.unit.kind if grant.unit.kind in levels else levels[0]
    below = levels[levels.index(UnitKind(top)) :]
    if top == UnitKind.DEPARTMENT and grant.unit.company_id is None and UnitKind.COMPANY in levels:
        return UnitKind.COMPANY
    return below[1] if len(below) > 1 else below[0]


def marks_in(run: ComputeRun | None) -> dict[str, Marks]:
    """Metric code → marks that were in force when `run` began."""
    kept = run.definitions if run is not None else {}
    return {one.code: marks_of(kept[one.kpi]) for one in COMPUTED if one.kpi in kept}


def score_of(run: ComputeRun | None, now: Mapping[str, MetricValue], before: Mapping[str, MetricValue]) -> Scored:
    """The score of one unit from its values of a month and of the month before."""
    shares = {code: share_of(now.get(code)) for code in CIRCLE.weights}
    changes = {
        code: judged(share, share_of(before.get(code)), up=INDICATORS[code].up) for code, share in shares.items()
    }
    return scored(shares, changes, marks_in(run))


def beside_of(run: ComputeRun | None, now: Mapping[str, MetricValue], before: Mapping[str, MetricValue]) -> list[Line]:
    """The indicators of one unit that its card does not name."""
    shares = {one.code: share_of(now.get(one.code)) for one in COMPUTED if one.code not in CIRCLE.weights}
    changes = {
        code: judged(share, share_of(before.get(code)), up=INDICATORS[code].up) for code, share in shares.items()
    }
    return beside(shares, changes, marks_in(run))


def board(user: User, month: Month, level: str, *, company: Unit | None = None, sort: str = BY_SCORE) -> Board:
    """Every unit of `level` inside the reach of `user` (and of `company`), with its score and its place.

    `sort` is "score" or a metric code: the place is that of the pessimistic score or of the pessimistic bound of the
    indicator (M41), and only units with 30 cases have one. Eight queries, whatever the number of units.
    """
    inside = Q(company=company) if company is not None else Q()
    units = list(units_in(scope_of(user)).filter(inside, kind=level).select_related("company").order_by("path"))
    runs, last = runs_of(month), runs_of(month.shifted(-1))
    keys = [unit.pk for unit in units]
    now, before = values_of(runs.newest, keys), values_of(last.newest, keys)
    lines = [
        UnitScore(unit, unit.company, score_of(runs.newest, now[unit.pk], before.get(unit.pk, {})), now[unit.pk])
        for unit in units
        if unit.pk in now
    ]
    ranked = _by_score(lines) if sort == BY_SCORE else _by_indicator(lines, sort)
    placed = {line.unit.pk for line in ranked}
    rest = [line for line in lines if line.unit.pk not in placed]
    return Board(month, runs, ranked, rest, len(units) - len(lines))


def _by_score(lines: list[UnitScore]) -> list[UnitScore]:
    ready = [line for line in lines if line.scored.is_ranked]
    ready.sort(key=lambda line: (-(line.scored.low or 0.0), line.unit.path))
    return [
        replace(line, rank=1 + sum((other.scored.low or 0.0) > (line.scored.low or 0.0) for other in ready))
        for line in ready
    ]


def _by_indicator(lines: list[UnitScore], code: str) -> list[UnitScore]:
    by_key = {str(line.unit.pk): line for line in lines if code in line.values}
    counts = {key: (line.values[code].numerator, line.values[code].denominator) for key, line in by_key.items()}
    places = m41_ranking(counts, up=INDICATORS[code].up)
    return [replace(by_key[place.code], rank=place.rank) for place in places if place.rank is not None]


@dataclass(frozen=True)
class Sheet:
    """One unit in one month in full."""

    unit: Unit
    month: Month
    runs: MonthRuns
    run: ComputeRun | None
    """the version shown: the newest finished one unless another was asked for"""
    scored: Scored
    before: Scored
    values: Mapping[str, MetricValue]
    above: list[Unit]
    """the units above it that the person may open, from the top"""
    beside: list[Line]
    """computed indicators that are part of no score"""
    below: list[UnitScore]
    """the units right below it that have cases"""

    @property
    def version(self) -> int:
        """The number of the version shown, 0 before there is one."""
        return self.runs.version_of(self.run) if self.run else 0

    @property
    def is_newest(self) -> bool:
        """Whether the version shown is the one that counts."""
        return self.run == self.runs.newest

    @property
    def is_frozen(self) -> bool:
        """Whether nothing more can be booked in the month as shown."""
        return self.run is not None and self.run.cut_off_at >= self.month.freezes_at


def unit_for(user: User, code: str) -> Unit | None:
    """The unit `code` when its scores are inside the reach of `user`."""
    if "\0" in code:
        return None
    return units_in(scope_of(user)).filter(code=code).select_related("company").first()


def sheet(user: User, unit: Unit, month: Month, *, run_id: int | None = None) -> Sheet:
    """The score of `unit` in `month` with everything around it, in the version `run_id` or the newest one.

    A number that is no finished run of the month shows the newest one.
    """
    runs, last = runs_of(month), runs_of(month.shifted(-1))
    run = next((each for each in runs.finished if each.pk == run_id), runs.newest)
    children = list(units_in(scope_of(user)).filter(parent=unit).select_related("company").order_by("path"))
    keys = [unit.pk, *(child.pk for child in children)]
    now, before = values_of(run, keys), values_of(last.newest, keys)
    for value in now.get(unit.pk, {}).values():
        value.unit = unit  # in hand already
    ancestors = Unit.objects.above(unit).exclude(pk=unit.pk).order_by("path")
    scope = scope_of(user)
    return Sheet(
        unit=unit,
        month=month,
        runs=runs,
        run=run,
        scored=score_of(run, now.get(unit.pk, {}), before.get(unit.pk, {})),
        before=score_of(last.newest, before.get(unit.pk, {}), {}),
        values=now.get(unit.pk, {}),
        beside=beside_of(run, now.get(unit.pk, {}), before.get(unit.pk, {})),
        above=[each for each in ancestors if scope.covers(each)],
        below=[
            UnitScore(child, child.company, score_of(run, now[child.pk], before.get(child.pk, {})), now[child.pk])
            for child in children
            if child.pk in now
        ],
    )
