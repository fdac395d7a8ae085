"""Intervals and quantiles behind the figures (metrics 0.3): normal quantile only, no table of t or chi-square."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054  # two-sided 95 % quantile of the normal distribution
Interval = tuple[float | None, float | None]
NO_INTERVAL: Interval = (None, None)


def wilson(x: int, n: int, z: float = Z) -> Interval:
    """Wilson score interval of the proportion `x` of `n`; (None, None) for n = 0. Good for 0 and n successes too."""
    if n == 0:
        return NO_INTERVAL
    p = x / n
    d = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / d
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return max(0.0, centre - half), min(1.0, centre + half)


def byar(x: int, z: float = Z) -> tuple[float, float]:
    """Byar's approximation of the Poisson interval of `x` events (divide both ends by the exposure for a rate)."""
    lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3 if x else 0.0
    y = x + 1
    return lower, y * (1 - 1 / (9 * y) + z / (3 * math.sqrt(y))) ** 3


@dataclass(frozen=True)
class Difference:
    """A difference with its interval; all None when one side has no cases."""

    diff: float | None
    lo: float | None
    hi: float | None

    @property
    def significant(self) -> bool:
        """Whether the interval excludes 0."""
        return self.lo is not None and self.hi is not None and (self.lo > 0 or self.hi < 0)


def newcombe(x1: int, n1: int, x2: int, n2: int) -> Difference:
    """`x1/n1 − x2/n2` with Newcombe's hybrid score interval."""
    (l1, u1), (l2, u2) = wilson(x1, n1), wilson(x2, n2)
    if l1 is None or u1 is None or l2 is None or u2 is None:
        return Difference(None, None, None)
    p1, p2 = x1 / n1, x2 / n2
    diff = p1 - p2
    return Difference(diff, diff - math.hypot(p1 - l1, u2 - p2), diff + math.hypot(u1 - p1, p2 - l2))


@dataclass(frozen=True)
class NpsInterval:
    """Centre, standard error and ends in NPS points (−100 … 100; the plain form may reach beyond)."""

    centre: float | None
    se: float | None
    lo: float | None
    hi: float | None


def nps_interval(promoters: int, passives: int, detractors: int, *, adjusted: bool = False) -> NpsInterval:
    """Normal interval of a net promoter score with variance p + d − (p − d)²; all None without answers.

    `adjusted` adds ¾ promoter, ¾ detractor and 1½ passives (for n < 30).
    """
    if promoters + passives + detractors == 0:
        return NpsInterval(None, None, None, None)
    extra = 0.75 if adjusted else 0.0
    n = promoters + passives + detractors + 4 * extra
    p, d = (promoters + extra) / n, (detractors + extra) / n
    score = p - d
    se = math.sqrt((p + d - score * score) / n)
    return NpsInterval(100 * score, 100 * se, 100 * (score - Z * se), 100 * (score + Z * se))


def quantile(values: Sequence[float], q: float) -> float | None:
    """The `q`-quantile by linear interpolation (type 7); None without values."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def mean(values: Sequence[float]) -> float | None:
    """Arithmetic mean; None without values."""
    return sum(values) / len(values) if values else None
