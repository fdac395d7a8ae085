"""The score on the short card: weights, what drops out, when there is none, what ranks."""

import pytest

from kpi.formulas import m45_cx_weight
from kpi.metrics.queries import Judged, Marks, Share
from kpi.scorecards.cards import CIRCLE
from kpi.scorecards.opened import points_in_words
from kpi.scorecards.scoring import Scored, scored

MARKS = {"M01": Marks(70, 90, 96), "M11": Marks(80, 95, 99), "M15": Marks(60, 90, 98)}
SAME = Judged(None, "same", "", "")


def score(marks: dict[str, Marks] | None = None, **counts: tuple[int, int]) -> Scored:
    shares = {code: Share.of(*counts.get(code, (0, 0))) for code in CIRCLE.weights}
    return scored(shares, dict.fromkeys(CIRCLE.weights, SAME), MARKS if marks is None else marks)


def test_the_card_may_be_activated() -> None:
    cx = sum(CIRCLE.weights[code] for code in CIRCLE.cx)

    assert sum(CIRCLE.weights.values()) == 100
    assert m45_cx_weight(cx).ok


def test_worked_by_hand() -> None:
    """Satisfaction 88.0 → 90; on time 97.0 → 110; closure 75.0 → 50: 36 + 33 + 15."""
    result = score(M01=(88, 100), M11=(97, 100), M15=(75, 100))

    assert [(line.indicator.code, line.points, line.contribution) for line in result.lines] == [
        ("M01", pytest.approx(90), pytest.approx(36)),
        ("M11", pytest.approx(110), pytest.approx(33)),
        ("M15", pytest.approx(50), pytest.approx(15)),
    ]
    assert (result.value, result.used, result.n, result.is_ranked) == (pytest.approx(84), 100, 100, True)
    assert result.low is not None
    assert result.high is not None
    assert result.low < 84 < result.high


def test_nine_cases_drop_out_and_the_others_share_the_weight() -> None:
    result = score(M01=(88, 100), M11=(97, 100), M15=(0, 9))

    assert (result.used, result.value) == (70, pytest.approx((90 * 40 + 110 * 30) / 70))
    assert [line.indicator.code for line in result.dropped] == ["M15"]
    assert result.n == 100


@pytest.mark.parametrize(
    ("counts", "has_score"),
    [
        ({"M11": (95, 100), "M15": (90, 100)}, True),  # 60 of 100
        ({"M01": (90, 100)}, False),  # 40
        ({"M01": (90, 100), "M15": (9, 9)}, False),
        ({}, False),
    ],
)
def test_below_sixty_of_the_weight_there_is_no_score(counts: dict[str, tuple[int, int]], has_score: bool) -> None:
    result = score(**counts)

    assert (result.value is not None) is has_score
    assert not has_score or result.value == pytest.approx(100)


def test_ranked_only_with_thirty_cases_everywhere() -> None:
    assert score(M01=(90, 100), M11=(28, 30), M15=(27, 30)).is_ranked
    assert not score(M01=(90, 100), M11=(28, 29), M15=(27, 30)).is_ranked
    assert not score(M01=(90, 100)).is_ranked


def test_without_marks_nothing_counts() -> None:
    result = score({}, M01=(90, 100), M11=(95, 100), M15=(90, 100))

    assert (result.value, [line.points for line in result.lines]) == (None, [None, None, None])


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (80, "(80.0 − 70) ÷ (90 − 70) × 100"),
        (93, "100 + (93.0 − 90) ÷ (96 − 90) × 20"),
        (60, "没有过底线 70"),
        (97, "达到挑战值 96"),
    ],
)
def test_how_a_value_became_points_is_said(x: int, words: str) -> None:
    assert points_in_words(score(M01=(x, 100)).lines[0]) == words
