"""Scores: floor, target, stretch, missing indicators, adjustments, veto, ranks, CX weight (M40, M41, M45)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.formulas.scoring import Indicator, ScoreLine, m40_points, m40_score, m41_ranking, m45_cx_weight


@pytest.mark.parametrize(
    ("value", "points"),
    [(0, 0), (70, 0), (80, 50), (90, 100), (93, 110), (96, 120), (100, 120)],
)
def test_points_of_an_indicator_where_more_is_better(value: float, points: float) -> None:
    assert m40_points(value, 70, 90, 96) == pytest.approx(points)


@pytest.mark.parametrize(("value", "points"), [(9, 0), (5, 0), (3.5, 50), (2, 100), (1, 110), (0, 120)])
def test_points_of_an_indicator_where_less_is_better(value: float, points: float) -> None:
    assert m40_points(value, 5, 2, 0, up=False) == pytest.approx(points)


def test_a_target_without_stretch_gives_a_hundred() -> None:
    assert [m40_points(value, 80, 100, 100) for value in (90, 100)] == [50, 100]


@pytest.mark.parametrize("marks", [(90, 90, 96), (90, 80, 96), (70, 90, 89)])
def test_marks_out_of_order_are_refused(marks: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="not in order"):
        m40_points(85, *marks)


@settings(max_examples=100, deadline=None)
@given(st.floats(-50, 150), st.floats(0, 20))
def test_better_values_never_give_fewer_points(value: float, better: float) -> None:
    assert 0 <= m40_points(value, 70, 90, 96) <= m40_points(value + better, 70, 90, 96) <= 120


def indicator(code: str, weight: float, value: float | None) -> Indicator:
    return Indicator(code, weight, value, 0, 100, 200)


def test_weights_are_shared_anew_while_sixty_per_cent_remain() -> None:
    enough = m40_score([indicator("a", 60, 50.0), indicator("b", 40, None)])
    too_little = m40_score([indicator("a", 59, 50.0), indicator("b", 41, None)])

    assert (enough.base, enough.final, enough.used_weight, enough.total_weight) == (50, 50, 60, 100)
    assert enough.lines == (ScoreLine("a", 60, 50, 1, 50), ScoreLine("b", 40, None, 0, 0))
    assert (too_little.base, too_little.final, too_little.capped_by_veto) == (None, None, None)
    assert m40_score([]).final is None


def test_the_lines_add_up_to_the_base() -> None:
    score = m40_score([indicator("a", 25, 88.0), indicator("b", 50, 130.0), indicator("c", 10, None)])

    assert sum(line.contribution for line in score.lines) == pytest.approx(score.base)


@pytest.mark.parametrize(
    ("value", "adjustments", "veto", "final"),
    [
        (90, [-5, 2], False, 87),
        (90, [-15, -15], False, 70),  # together at most 20
        (90, [30], False, 110),
        (200, [15], False, 120),
        (5, [-20], False, 0),
        (90, [], True, 60),
        (50, [5], True, 55),
        (5, [-20], True, 0),
    ],
)
def test_adjustments_then_veto_then_limits(value: float, adjustments: list[float], veto: bool, final: float) -> None:
    assert m40_score([indicator("a", 100, value)], adjustments, veto=veto).final == pytest.approx(final)


def test_a_weight_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="every weight"):
        m40_score([indicator("a", 0, 50.0)])


def test_ranking_shares_ranks_and_leaves_small_units_out() -> None:
    standings = m41_ranking({"a": (80, 100), "b": (80, 100), "c": (60, 100), "small": (9, 9), "none": (0, 0)})

    assert [(unit.code, unit.rank) for unit in standings] == [
        ("a", 1),
        ("b", 1),
        ("c", 3),
        ("small", None),
        ("none", None),
    ]
    assert m41_ranking({}) == ()


def test_ranking_where_less_is_better_uses_the_upper_bound() -> None:
    standings = m41_ranking({"many": (20, 100), "few": (2, 100)}, up=False)

    assert [(unit.code, unit.bound == unit.hi) for unit in standings] == [("few", True), ("many", True)]


def test_cx_weight() -> None:
    assert [m45_cx_weight(cx).ok for cx in (29, 30, 100)] == [False, True, True]
    for cx, total in ((-1, 100), (101, 100), (0, 0)):
        with pytest.raises(ValueError, match="is not a weight"):
            m45_cx_weight(cx, total)
