"""Intervals and quantiles: edges, known values, and laws that hold for every sample."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.formulas.intervals import Difference, byar, mean, newcombe, nps_interval, quantile, wilson

bounded = settings(max_examples=100, deadline=None)
samples = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilson_at_the_edges() -> None:
    assert wilson(0, 0) == (None, None)
    assert wilson(0, 10) == pytest.approx((0.0, 0.27753279), abs=1e-8)
    assert wilson(10, 10) == pytest.approx((0.72246721, 1.0), abs=1e-8)
    assert wilson(1, 1) == pytest.approx((0.20654931, 1.0), abs=1e-8)


@bounded
@given(samples)
def test_wilson_holds_the_share_and_mirrors(sample: tuple[int, int]) -> None:
    x, n = sample
    lo, hi = wilson(x, n)
    mirrored = wilson(n - x, n)

    assert lo is not None
    assert hi is not None
    assert 0 <= lo <= x / n + 1e-12
    assert x / n - 1e-12 <= hi <= 1
    assert mirrored == pytest.approx((1 - hi, 1 - lo), abs=1e-9)


def test_byar() -> None:
    """Close to the exact Poisson interval: 0 events up to 3.69, 10 events 4.80 to 18.39."""
    assert byar(0) == pytest.approx((0.0, 3.69), abs=0.03)
    assert byar(10) == pytest.approx((4.80, 18.39), abs=0.02)


def test_newcombe() -> None:
    """Newcombe's own example: 56/70 − 48/80 = 0.20, 0.0524 to 0.3339."""
    change = newcombe(56, 70, 48, 80)

    assert (change.diff, change.lo, change.hi) == pytest.approx((0.20, 0.0524, 0.3339), abs=5e-5)
    assert change.significant
    assert newcombe(1, 2, 0, 0) == Difference(None, None, None)
    assert not newcombe(0, 0, 1, 2).significant
    assert newcombe(0, 100, 50, 100).significant


@bounded
@given(samples, samples)
def test_newcombe_holds_the_difference_and_turns_its_sign(first: tuple[int, int], second: tuple[int, int]) -> None:
    there, back = newcombe(*first, *second), newcombe(*second, *first)

    assert there.diff is not None
    assert there.lo is not None
    assert there.hi is not None
    assert there.lo <= there.diff <= there.hi
    assert (there.diff, there.lo, there.hi) == pytest.approx((-(back.diff or 0), -(back.hi or 0), -(back.lo or 0)))


def test_nps_interval_without_answers() -> None:
    empty = nps_interval(0, 0, 0)

    assert (empty.centre, empty.se, empty.lo, empty.hi) == (None, None, None, None)


def test_quantile_and_mean() -> None:
    assert [quantile([4, 1, 3, 2], q) for q in (0, 0.5, 1)] == [1, 2.5, 4]
    assert (quantile([7], 0.9), quantile([], 0.5)) == (7, None)
    assert (mean([1, 2]), mean([])) == (1.5, None)
