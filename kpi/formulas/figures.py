"""The shape every formula returns: an official value with its counts and interval, and the shares beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from kpi.formulas.display import EXCLUSION_WARNING, SampleSizeClass, sample_size_class
from kpi.formulas.intervals import wilson


class Core(TypedDict):
    """The fields that every figure has."""

    numerator: float | None
    denominator: float
    excluded: int
    value: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One indicator for one unit and period.

    `value` is the official value of the code: a ratio from 0 to 1 unless the formula says otherwise, None when there
    is nothing to divide by. `lo`/`hi` is its 95 % interval where one is defined. `excluded` counts cases taken out of
    the denominator. `shares` holds every further share of the code as a figure of its own, by the name of its field.
    """

    numerator: float | None
    denominator: float
    value: float | None
    lo: float | None = None
    hi: float | None = None
    excluded: int = 0
    shares: Mapping[str, "Figure"] = field(default_factory=dict)

    @property
    def sample_size_class(self) -> SampleSizeClass:
        """How far the value carries (metrics 0.2)."""
        return sample_size_class(self.denominator)

    @property
    def warns_of_exclusions(self) -> bool:
        """Whether more than 5 % of the base was excluded (C6)."""
        return self.excluded > EXCLUSION_WARNING * (self.denominator + self.excluded)


def counts(**values: int) -> None:
    """ValueError naming the first of `values` that is negative."""
    for name, value in values.items():
        if value < 0:
            raise ValueError(f"{name} is {value}; a count cannot be negative")


def rate(x: float, n: float) -> float | None:
    """`x / n`, None for n = 0."""
    return x / n if n else None


def proportion(x: int, n: int, excluded: int = 0) -> Core:
    """The core of a share `x` of `n` with its Wilson interval. ValueError unless 0 ≤ x ≤ n."""
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} is not a share")
    lo, hi = wilson(x, n)
    return Core(numerator=x, denominator=n, excluded=excluded, value=rate(x, n), lo=lo, hi=hi)


def share(x: int, n: int, excluded: int = 0) -> Figure:
    """A share as a figure of its own."""
    return Figure(**proportion(x, n, excluded))


def shares(**pairs: tuple[int, int]) -> dict[str, Figure]:
    """Several shares by name, each from (x, n)."""
    return {name: share(x, n) for name, (x, n) in pairs.items()}


def without_interval(numerator: float | None, denominator: float, value: float | None) -> Core:
    """The core of a value that has no interval of its own."""
    return Core(numerator=numerator, denominator=denominator, excluded=0, value=value, lo=None, hi=None)
