"""Places of lines and bars: inside the picture, in proportion, gaps kept."""

from datetime import UTC, datetime, timedelta

import pytest

from cxorders.kit import geometry
from cxorders.kit.geometry import IntervalLine, Ladder, Piece, Span


@pytest.mark.parametrize(
    ("percent", "level"), [(0, 0), (2.4, 0), (2.5, 1), (5, 2), (7.5, 3), (10, 4), (13.9, 4), (14, 5), (20, 6), (99, 6)]
)
def test_heat_steps(percent: float, level: int) -> None:
    assert geometry.heat_level(percent) == level


def test_a_share_stays_inside_the_picture() -> None:
    assert [geometry.share(v, 80, 100) for v in (70, 80, 95, 100, 120)] == [0, 0, 75, 100, 100]
    assert geometry.share(5, 3, 3) == 0


def test_a_missing_month_is_a_gap_never_a_zero() -> None:
    drawn = geometry.spark([1, 2, None, 3, 4])

    assert [len(line.split()) for line in drawn.lines] == [2, 2]
    assert len(drawn.areas) == 2
    assert drawn.dot == (157.0, 5.3)


def test_a_flat_line_runs_through_the_middle_and_nothing_draws_nothing() -> None:
    assert geometry.spark([5, 5]).lines == ["3.0,17.0 157.0,17.0"]
    assert geometry.spark([None, None]) == geometry.Spark(160, 34)


def test_the_target_belongs_to_the_scale() -> None:
    drawn = geometry.spark([10, 20], target=30)

    assert drawn.target == 5.3
    assert drawn.lines == ["3.0,28.7 157.0,17.0"]


def test_an_interval_on_its_axis() -> None:
    assert geometry.interval_line(92.4, 90, 94, target=95, minimum=80) == IntervalLine(62.0, 50.0, 70.0, 75.0)
    assert geometry.interval_line(50, None, None) == IntervalLine(50.0, None, None, None)


def test_pieces_fill_the_bar_in_proportion() -> None:
    assert geometry.pieces([("a", 25), ("pause", 0), ("left", 75)]) == [
        Piece(0.0, 24.86, "a"),
        Piece(25.0, 74.86, "left"),
    ]


def test_a_waterfall_ends_at_its_total() -> None:
    *steps, total = geometry.waterfall([60, 40, -20], total=80)

    assert [(s.x, s.width, s.y) for s in steps] == [(106.0, 366.0, 4), (472.0, 244.0, 29), (594.0, 122.0, 54)]
    assert (total.x, total.width, total.end) == (106, 488.0, steps[-1].x)


def test_a_ladder_works_both_ways() -> None:
    assert geometry.ladder(82.4, 60, 90, 98) == Ladder(157.9, 117.9)
    assert geometry.ladder(1.0, 5, 2, 0) == Ladder(120.0, 160.0)
    assert geometry.ladder(7, 5, 2, 0).dot == 0
    assert geometry.ladder(1, 5, 5, 5) == Ladder(200.0, 200.0)


def test_a_span_is_cut_at_the_edges() -> None:
    first = datetime(2026, 10, 1, tzinfo=UTC)
    last = first + timedelta(days=10)

    assert geometry.span(first + timedelta(days=2), first + timedelta(days=5), first, last) == Span(20.0, 30.0)
    assert geometry.span(first - timedelta(days=2), last + timedelta(days=2), first, last) == Span(0.0, 100.0)
