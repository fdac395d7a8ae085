"""Small samples (metrics 0.2), exclusions (C6) and rounding (metrics 0.6)."""

from decimal import Decimal

import pytest

from kpi.formulas.display import SampleSizeClass, half_up, meets, percent, sample_size_class, stored
from kpi.formulas.figures import share


@pytest.mark.parametrize(
    ("n", "name"),
    [(0, "none"), (1, "low"), (9, "low"), (10, "hint"), (29, "hint"), (30, "full"), (31, "full"), (235_000, "full")],
)
def test_sample_size_class(n: int, name: str) -> None:
    assert sample_size_class(n) == name
    assert share(0, n).sample_size_class == name


def test_what_each_class_may_do() -> None:
    rights = {
        size.value: (size.shows_value, size.shows_interval, size.may_warn, size.is_ranked, size.affects_pay)
        for size in SampleSizeClass
    }

    assert rights == {
        "none": (False, False, False, False, False),
        "low": (True, False, False, False, False),
        "hint": (True, True, True, False, False),
        "full": (True, True, True, True, True),
    }


def test_exclusions_above_five_per_cent_warn() -> None:
    assert [share(90, 95, excluded).warns_of_exclusions for excluded in (0, 5, 6)] == [False, False, True]


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (2.25, 1, "2.3"),
        (-2.25, 1, "-2.3"),
        (2.675, 2, "2.68"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (Decimal("74.449"), 1, "74.4"),
        (92, 1, "92.0"),
    ],
)
def test_a_half_is_rounded_up(value: float | Decimal, places: int, shown: str) -> None:
    assert str(half_up(value, places)) == shown


def test_percent_and_stored_values() -> None:
    assert [str(percent(ratio)) for ratio in (0.79, 0.92375, 0.1005, 1)] == ["79.0", "92.4", "10.1", "100.0"]
    assert stored(1 / 3) == Decimal("0.33333333")
    assert (half_up(None), percent(None), stored(None)) == (None, None, None)


def test_targets_are_compared_before_rounding() -> None:
    assert meets(0.8995, 0.9) is False  # shown as 90.0 %
    assert (meets(0.9, 0.9), meets(0.05, 0.04, up=False), meets(0.04, 0.04, up=False)) == (True, False, True)
    assert meets(None, 0.9) is None
