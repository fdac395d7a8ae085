"""Scores and ranks (metrics 11: M40, M41, M45). Points are 0 … 120, 100 is the target."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpi.formulas.display import sample_size_class
from kpi.formulas.figures import Core, Figure, proportion, without_interval
from kpi.formulas.intervals import wilson

CAP = 120.0
VETO_CAP = 60.0
ADJUSTMENT_LIMIT = 20.0
LEAST_WEIGHT = 0.60
SHRINKAGE = 10
LEAST_CX_SHARE = 0.30


@dataclass(frozen=True)
class Indicator:
    """One line of a scorecard: the `value` of an indicator (None: nothing to measure) and its three marks.

    `up`: more is better and floor < target ≤ stretch; else less is better and floor > target ≥ stretch.
    """

    code: str
    weight: float
    value: float | None
    floor: float
    target: float
    stretch: float
    up: bool = True


@dataclass(frozen=True)
class ScoreLine:
    """How one indicator entered the score: its points, its share of the weight that counted, what it contributed."""

    code: str
    weight: float
    points: float | None
    used_share: float
    contribution: float


@dataclass(frozen=True, kw_only=True)
class Score(Figure):
    """M40: `base` before adjustments, `final` the official score; None when too little weight could be measured.

    `capped_by_veto` is what a veto leaves. `parts` are the points of each indicator, `lines` explain the base:
    Σ `contribution` = `base`.
    """

    parts: Mapping[str, float | None]
    lines: tuple[ScoreLine, ...]
    total_weight: float
    used_weight: float
    base: float | None
    adjust: float
    veto: bool
    final: float | None
    capped_by_veto: float | None


def m40_points(value: float, floor: float, target: float, stretch: float, *, up: bool = True) -> float:
    """Points of one indicator: 0 up to floor, linear to 100 at target, linear to 120 at stretch, 120 beyond.

    `up=False` for indicators where less is better. ValueError when the marks are not in order.
    """
    if not up:
        value, floor, target, stretch = -value, -floor, -target, -stretch
    if not floor < target <= stretch:
        raise ValueError("floor, target and stretch are not in order")
    if value <= floor:
        return 0.0
    if value < target:
        return 100 * (value - floor) / (target - floor)
    if stretch == target:
        return 100.0
    return min(CAP, 100 + (CAP - 100) * (value - target) / (stretch - target))


def m40_score(indicators: Iterable[Indicator], adjustments: Iterable[float] = (), *, veto: bool = False) -> Score:
    """M40 考核得分: weighted mean of points, ± adjustments (together at most ±20), veto cap 60, clipped to 0 … 120.

    Indicators without value drop out and the other weights are re-normalised, if at least 60 % of the weight remains;
    below that there is no score. ValueError for a weight that is not above 0.
    """
    rows = list(indicators)
    if any(row.weight <= 0 for row in rows):
        raise ValueError("every weight must be above 0")
    points = {row.code: None if row.value is None else _points(row, row.value) for row in rows}
    total = sum(row.weight for row in rows)
    used = sum(row.weight for row in rows if row.value is not None)
    lines = tuple(_line(row, points[row.code], used) for row in rows)
    weighted = sum(row.weight * (points[row.code] or 0) for row in rows)
    base = weighted / used if used and used >= LEAST_WEIGHT * total else None
    adjust = max(-ADJUSTMENT_LIMIT, min(ADJUSTMENT_LIMIT, sum(adjustments)))
    adjusted = None if base is None else base + adjust
    capped = None if adjusted is None else max(0.0, min(VETO_CAP, adjusted))
    final = capped if veto or adjusted is None else max(0.0, min(CAP, adjusted))
    return Score(
        **without_interval(weighted, used, final),
        parts=points,
        lines=lines,
        total_weight=total,
        used_weight=used,
        base=base,
        adjust=adjust,
        veto=veto,
        final=final,
        capped_by_veto=capped,
    )


def _points(row: Indicator, value: float) -> float:
    return m40_points(value, row.floor, row.target, row.stretch, up=row.up)


def _line(row: Indicator, points: float | None, used: float) -> ScoreLine:
    if points is None:
        return ScoreLine(row.code, row.weight, None, 0.0, 0.0)
    return ScoreLine(row.code, row.weight, points, row.weight / used, points * row.weight / used)


@dataclass(frozen=True, kw_only=True)
class Standing(Figure):
    """M41: `raw` and `shrunk` may be displayed; `bound` is what ranks; `ranked` only from 30 cases."""

    code: str
    raw: float | None
    shrunk: float | None
    bound: float | None
    ranked: bool
    rank: int | None = None


def m41_shrink(
    x: int, n: int, centre: float, m: float = SHRINKAGE, *, up: bool = True, code: str = "", rank: int | None = None
) -> Standing:
    """M41 小样本排名 of one unit: shrunk share (x + m·p̄)/(n + m) and the pessimistic Wilson bound.

    `centre` is p̄, the share of all units together. The bound is the lower one, the upper one where less is better.
    """
    core = proportion(x, n)
    return Standing(
        **core,
        code=code,
        raw=core["value"],
        shrunk=(x + m * centre) / (n + m),
        bound=core["lo"] if up else core["hi"],
        ranked=sample_size_class(n).is_ranked,
        rank=rank,
    )


def m41_ranking(units: Mapping[str, tuple[int, int]], m: float = SHRINKAGE, *, up: bool = True) -> tuple[Standing, ...]:
    """M41 小样本排名 of several units, given as code → (x, n): best bound first, ties share a rank, small n at the end.

    Units below 30 cases have no rank.
    """
    n = sum(size for _, size in units.values())
    centre = sum(x for x, _ in units.values()) / n if n else 0.0
    sign = -1 if up else 1

    def key(code: str) -> float:
        lo, hi = wilson(*units[code])
        return sign * ((lo if up else hi) or 0.0)

    ranked = [code for code in units if sample_size_class(units[code][1]).is_ranked]
    ranks = {code: 1 + sum(key(other) < key(code) for other in ranked) for code in ranked}
    order = sorted(units, key=lambda code: (ranks.get(code, len(units) + 1), key(code), code))
    return tuple(m41_shrink(*units[code], centre, m, up=up, code=code, rank=ranks.get(code)) for code in order)


@dataclass(frozen=True, kw_only=True)
class CxWeight(Figure):
    """M45: `ok` says whether the scorecard may be activated."""

    total: float
    cx: float
    ok: bool


def m45_cx_weight(cx: float, total: float = 100, least: float = LEAST_CX_SHARE) -> CxWeight:
    """M45 体验权重下限: weight of CX indicators/total weight of a scorecard; below 30 % it cannot be activated.

    ValueError unless 0 ≤ cx ≤ total and total is above 0.
    """
    if not 0 <= cx <= total or not total:
        raise ValueError(f"{cx} of {total} is not a weight")
    core: Core = without_interval(cx, total, cx / total)
    return CxWeight(**core, total=total, cx=cx, ok=cx >= least * total)
