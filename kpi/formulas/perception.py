"""Perception: what customers say in answers and ratings (metrics 1). Ratios are 0 … 1, indices 0 … 100."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpi.formulas.figures import Core, Figure, counts, proportion, rate, shares, without_interval
from kpi.formulas.intervals import nps_interval

DIMENSION_WEIGHTS: Mapping[str, float] = {"service": 0.40, "quality": 0.35, "value": 0.25}
THIRDS = (1 / 3, 1 / 3, 1 / 3)
LEAST_RESPONSE = 0.10
SMALL_NPS = 30


@dataclass(frozen=True, kw_only=True)
class Csat(Figure):
    """M01: `x` satisfied of `n` answers; `index` 0 … 100; `sd` None for one answer."""

    n: int
    x: int
    rate: float | None
    mean: float | None
    sd: float | None
    index: float | None
    dissat: float | None


def m01_csat(answers: Mapping[int, int], *, excluded: int = 0) -> Csat:
    """M01 满意率: share of 4 and 5 among valid answers 1 … 5; mean, index (mean − 1)/4 × 100, share of 1 and 2.

    `answers` maps the rating to how many gave it, one answer per customer and order (the last within 24 h); pass
    customer-entered and staff-entered answers apart. Anchor: answer time. "No answer" is never a value.
    """
    n, mean, sd = _rated(answers, 5)
    satisfied = answers.get(5, 0) + answers.get(4, 0)
    parts = shares(rate=(satisfied, n), dissat=(answers.get(1, 0) + answers.get(2, 0), n))
    return Csat(
        **proportion(satisfied, n, excluded),
        shares=parts,
        n=n,
        x=satisfied,
        rate=parts["rate"].value,
        mean=mean,
        sd=sd,
        index=None if mean is None else (mean - 1) / 4 * 100,
        dissat=parts["dissat"].value,
    )


def _rated(answers: Mapping[int, int], top: int) -> tuple[int, float | None, float | None]:
    """Number, mean and standard deviation of ratings from 1 to `top`. ValueError for another rating."""
    if strange := set(answers) - set(range(1, top + 1)):
        raise ValueError(f"{sorted(strange)} are no ratings from 1 to {top}")
    counts(**{f"answers[{rating}]": count for rating, count in answers.items()})
    n = sum(answers.values())
    if not n:
        return 0, None, None
    mean = sum(rating * count for rating, count in answers.items()) / n
    squares = sum(count * (rating - mean) ** 2 for rating, count in answers.items())
    return n, mean, math.sqrt(squares / (n - 1)) if n > 1 else None


@dataclass(frozen=True, kw_only=True)
class Composite(Figure):
    """M02: `index` 0 … 100 over the dimensions in `used`."""

    index: float | None
    used: tuple[str, ...]


def m02_composite(
    dimensions: Mapping[str, float | None], weights: Mapping[str, float] = DIMENSION_WEIGHTS
) -> Composite:
    """M02 三维满意度指数: weighted mean of the dimension scores (0 … 100) that are there; at least two are needed.

    ValueError when the weights do not sum to 1 or a dimension has none.
    """
    if not math.isclose(sum(weights.values()), 1) or set(dimensions) - set(weights):
        raise ValueError("the weights must cover every dimension and sum to 1")
    used = {name: score for name, score in dimensions.items() if score is not None}
    total, weight = sum(weights[name] * score for name, score in used.items()), sum(weights[name] for name in used)
    index = total / weight if len(used) > 1 else None
    return Composite(**without_interval(total, weight, index), index=index, used=tuple(used))


def m02_dimension(items: Iterable[tuple[float, float | None]]) -> float | None:
    """Score of one M02 dimension from (item weight, item index 0 … 100 or None); None below half of the weight."""
    rows = list(items)
    answered = [(weight, index) for weight, index in rows if index is not None]
    weight = sum(weight for weight, _ in answered)
    if not weight or 2 * weight < sum(weight for weight, _ in rows):
        return None
    return sum(weight * index for weight, index in answered) / weight


@dataclass(frozen=True, kw_only=True)
class Nps(Figure):
    """M03 in points −100 … 100. `lo`/`hi` are the plain interval, `adj_*` the form for small samples.

    `shown_lo`/`shown_hi` are the ends to display: adjusted below 30 answers, never beyond ±100.
    """

    nps: float | None
    centre: float | None
    se: float | None
    adj_centre: float | None
    adj_se: float | None
    adj_lo: float | None
    adj_hi: float | None
    shown_lo: float | None
    shown_hi: float | None

    @property
    def adj_nps(self) -> float | None:
        """The score itself is not adjusted."""
        return self.nps


def m03_nps(promoters: int, passives: int, detractors: int) -> Nps:
    """M03 净推荐值: % of 9–10 minus % of 0–6. Relationship and end-of-order surveys only. Anchor: answer time."""
    counts(promoters=promoters, passives=passives, detractors=detractors)
    n = promoters + passives + detractors
    plain = nps_interval(promoters, passives, detractors)
    adjusted = nps_interval(promoters, passives, detractors, adjusted=True)
    shown = adjusted if n < SMALL_NPS else plain
    score = rate(100 * (promoters - detractors), n)
    core = Core(
        numerator=promoters - detractors,
        denominator=n,
        excluded=0,
        value=score,
        lo=plain.lo,
        hi=plain.hi,
    )
    return Nps(
        **core,
        nps=score,
        centre=plain.centre,
        se=plain.se,
        adj_centre=adjusted.centre,
        adj_se=adjusted.se,
        adj_lo=adjusted.lo,
        adj_hi=adjusted.hi,
        shown_lo=None if shown.lo is None else max(-100.0, shown.lo),
        shown_hi=None if shown.hi is None else min(100.0, shown.hi),
    )


@dataclass(frozen=True, kw_only=True)
class Ces(Figure):
    """M04: shares of easy (5–7) and hard (1–3) and the mean of `n` answers."""

    n: int
    mean: float | None
    easy: float | None
    hard: float | None


def m04_ces(answers: Mapping[int, int]) -> Ces:
    """M04 客户费力度 (易办率): share of 5–7 on the agreement 1 … 7 "made it easy"; `answers`: rating → count."""
    n, mean, _ = _rated(answers, 7)
    easy, hard = (sum(answers.get(rating, 0) for rating in ratings) for ratings in ((5, 6, 7), (1, 2, 3)))
    parts = shares(easy=(easy, n), hard=(hard, n))
    return Ces(**proportion(easy, n), shares=parts, n=n, mean=mean, easy=parts["easy"].value, hard=parts["hard"].value)


@dataclass(frozen=True, kw_only=True)
class ThreeQuestions(Figure):
    """M06: `index` 0 … 100."""

    index: float | None


def m06_three_questions(
    means: tuple[float, float, float] | None, weights: tuple[float, float, float] = THIRDS
) -> ThreeQuestions:
    """M06 三问指数: Σ (mean − 1)·weight / 9 × 100 of three items on 1 … 10; None when nobody answered.

    Official weights are equal thirds; the index must not be called ACSI.
    """
    if means is None:
        return ThreeQuestions(**without_interval(None, 0, None), index=None)
    index = sum((mean - 1) * weight for mean, weight in zip(means, weights, strict=True)) / 9 * 100
    return ThreeQuestions(**without_interval(index, 3, index), index=index)


@dataclass(frozen=True, kw_only=True)
class Response(Figure):
    """M07: the chain from sent to valid; the official value is `response`."""

    sent: int
    delivered: int
    opened: int | None
    completed: int
    valid: int
    delivery: float | None
    response: float | None
    valid_rate: float | None
    yield_: float | None

    @property
    def unrepresentative(self) -> bool:
        """代表性不足: fewer than 10 % of those reached answered."""
        return self.response is not None and self.response < LEAST_RESPONSE


def m07_response(sent: int, delivered: int, completed: int, valid: int, opened: int | None = None) -> Response:
    """M07 测评响应率: delivered/sent, completed/delivered (official), valid/completed, valid/sent."""
    parts = shares(
        delivery=(delivered, sent), response=(completed, delivered), valid_rate=(valid, completed), yield_=(valid, sent)
    )
    return Response(
        **proportion(completed, delivered),
        shares=parts,
        sent=sent,
        delivered=delivered,
        opened=opened,
        completed=completed,
        valid=valid,
        delivery=parts["delivery"].value,
        response=parts["response"].value,
        valid_rate=parts["valid_rate"].value,
        yield_=parts["yield_"].value,
    )
