"""Formulas at their edges: nobody, everybody, one, impossible counts, rules that the worked examples do not reach."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.formulas.callbacks import m19_callback_window, m20_callback_reach
from kpi.formulas.closure import (
    m15_closure,
    m16_reopen,
    m17_dispatch,
    m18_rectification,
    m55_negative_read,
    m60_supervision,
)
from kpi.formulas.contacts import Contact, m08_answer_rate, m09_fcr, m10_first_asked, m48_warning_quality, m51_channel
from kpi.formulas.figures import Figure
from kpi.formulas.frontline import (
    Walker,
    m35_frontline,
    m36_walk_ranking,
    m37_gate,
    m54_probe_coverage,
    m58_publication,
    m59_bulletin,
    m63_supervisor_trial,
)
from kpi.formulas.home_visits import m46_safety_coverage, m52_first_fix
from kpi.formulas.incidence import (
    KeyPoint,
    m38_complaint_rate,
    m39_loss,
    m42_c_chart,
    m42_p_chart,
    m43_keypoint_priority,
    m47_gaps,
    m61_churn,
)
from kpi.formulas.perception import (
    m01_csat,
    m02_composite,
    m02_dimension,
    m03_nps,
    m04_ces,
    m06_three_questions,
    m07_response,
)
from kpi.formulas.promises import PromiseCount, m21_promise, m62_compensation
from kpi.formulas.ratings import m49_sms_rating, m50_recovery, m56_change, m56_nps_change
from kpi.formulas.scoring import m41_shrink
from kpi.formulas.timeliness import (
    DueItem,
    m11_on_time,
    m11_on_time_counts,
    m12_appointment,
    m13_emergency_arrival,
    m34_reporting,
    m53_order_on_time,
)

NOBODY: dict[str, Figure] = {
    "M01": m01_csat({}),
    "M02": m02_composite({}),
    "M03": m03_nps(0, 0, 0),
    "M04": m04_ces({}),
    "M06": m06_three_questions(None),
    "M07": m07_response(0, 0, 0, 0),
    "M08": m08_answer_rate(0, 0, 0, 0, 0, 0),
    "M09": m09_fcr([], cutoff=0),
    "M10": m10_first_asked(0, 0),
    "M11": m11_on_time([], 0, 0, 0),
    "M12": m12_appointment(0, 0, 0, 0, 0, 0),
    "M13": m13_emergency_arrival([]),
    "M15": m15_closure(0, 0, 0, 0),
    "M16": m16_reopen(0, 0),
    "M17": m17_dispatch(0, 0, 0),
    "M18": m18_rectification(0, 0, 0, 0, 0),
    "M19": m19_callback_window([]),
    "M20": m20_callback_reach(0, 0, 0, 0, 0, 0),
    "M21": m21_promise([PromiseCount("arrive30", 3, 0, 0)]),
    "M34": m34_reporting(0, 0, 0),
    "M35": m35_frontline(0, 0, 0, 0, 0, 0, 0, 0),
    "M37": m37_gate(1, 1, (0, 0), (0, 0)),
    "M38": m38_complaint_rate(0, 0),
    "M39": m39_loss({}),
    "M42": m42_p_chart(0.06, 0, 0),
    "M46": m46_safety_coverage(0, 0),
    "M48": m48_warning_quality(0, 0, 0, 0),
    "M49": m49_sms_rating(0, 0, 0, 0),
    "M50": m50_recovery(0, 0, 0, 0, 0, 0),
    "M51": m51_channel(0, 0, []),
    "M52": m52_first_fix(0, 0, 0, 0),
    "M53": m53_order_on_time(),
    "M54": m54_probe_coverage(0, 0, 0, 0),
    "M55": m55_negative_read(0, 0, 0),
    "M56": m56_change(0, 0, 0, 0),
    "M56 NPS": m56_nps_change((0, 0, 0), (1, 1, 1)),
    "M58": m58_publication(0, 0, 0),
    "M59": m59_bulletin(0, 0, 0, 0),
    "M60": m60_supervision(0, 0, 0),
    "M61": m61_churn(0, 0),
    "M62": m62_compensation(0, 0, 0, 30),
    "M63": m63_supervisor_trial(0, 0, 0, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("code", NOBODY)
def test_nobody_gives_no_value_and_not_zero_or_a_hundred(code: str) -> None:
    figure = NOBODY[code]

    assert (figure.value, figure.lo, figure.hi, figure.sample_size_class) == (None, None, None, "none")
    assert {name: part.value for name, part in figure.shares.items()} == dict.fromkeys(figure.shares)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.integers(0, 400))
def test_one_share_like_every_other_lies_in_its_interval(x: int, rest: int) -> None:
    figures = [m10_first_asked(x + rest, x), m16_reopen(x + rest, x), m61_churn(x + rest, x)]

    for figure in figures:
        if x + rest:
            assert figure.value == x / (x + rest)
            assert (figure.lo or 0) - 1e-12 <= figure.value <= (figure.hi or 0) + 1e-12
        assert (figure.numerator, figure.denominator) == (x, x + rest)


IMPOSSIBLE: dict[str, Callable[[], object]] = {
    r"\[6\] are no ratings": lambda: m01_csat({6: 1}),
    r"answers\[5\] is -1": lambda: m01_csat({5: -1}),
    "the weights must cover": lambda: m02_composite({"price": 80.0}),
    "sum to 1": lambda: m02_composite({"service": 80.0}, {"service": 0.9}),
    "promoters is -1": lambda: m03_nps(-1, 0, 0),
    "5 of 4 is not a share": lambda: m10_first_asked(4, 5),
    "more calls answered": lambda: m08_answer_rate(10, 1, 9, 1, 0, 0),
    "exempt is -1": lambda: m11_on_time_counts(in_period=1, exempt=-1, on_time=0),
    "are not 9": lambda: m12_appointment(10, 1, 0, kept=7, late=1, missed=0),
    "3 of 2 returns upheld": lambda: m17_dispatch(10, 2, 3),
    "5 refused of 4 reached": lambda: m20_callback_reach(10, 8, 3, 5, 4, 1, refused=5),
    "0 × 5 is not a risk": lambda: m37_gate(0, 5, (1, 1), (1, 1)),
    "x is -1": lambda: m38_complaint_rate(-1, 100),
    "1.1 is not a share": lambda: m42_p_chart(1.1, 1, 2),
    "3 of 2 breaches eligible": lambda: m62_compensation(2, 3, 0, 30),
}


@pytest.mark.parametrize("message", IMPOSSIBLE)
def test_impossible_counts_are_refused(message: str) -> None:
    with pytest.raises(ValueError, match=message):
        IMPOSSIBLE[message]()


def test_m01_with_one_answer_has_no_spread() -> None:
    one = m01_csat({5: 1})

    assert (one.mean, one.sd, one.index, one.value) == (5, None, 100, 1)


def test_m02_needs_two_dimensions_and_half_of_the_weight() -> None:
    alone = m02_composite({"service": 80.0, "quality": None})

    assert (alone.index, alone.used) == (None, ("service",))
    assert m02_dimension([(50, 80.0), (50, None)]) == 80
    assert m02_dimension([(49, 80.0), (51, None)]) is None
    assert m02_dimension([]) is None


def test_m03_shows_the_adjusted_form_below_thirty_answers() -> None:
    small, large = m03_nps(9, 4, 2), m03_nps(72, 48, 30)

    assert (small.shown_lo, small.shown_hi) == (small.adj_lo, small.adj_hi)
    assert (large.shown_lo, large.shown_hi) == (large.lo, large.hi)
    assert m03_nps(2, 0, 0).shown_hi == 100


def test_m07_below_ten_per_cent_is_not_representative() -> None:
    assert [m07_response(1000, 1000, answers, answers).unrepresentative for answers in (99, 100)] == [True, False]
    assert not m07_response(0, 0, 0, 0).unrepresentative


def test_m09_leaves_out_unknown_callers_and_alarms() -> None:
    contacts = [
        Contact(1, None, "repair", 1.0, agent_resolved=True),
        Contact(2, "A", "repair", 1.0, agent_resolved=True, excluded=True),
        Contact(3, "A", "repair", 2.0, agent_resolved=True),
        Contact(4, "A", "repair", 2.0, agent_resolved=True),
        Contact(5, "A", "repair", 10.0, agent_resolved=True, customer_solved=False),
    ]
    fcr = m09_fcr(contacts, cutoff=30)

    assert (fcr.excluded, fcr.contacts, fcr.first_ids, fcr.strict_ids) == (2, 3, (3, 4, 5), (3, 4))


def test_m11_counts_by_due_time_with_real_times() -> None:
    """The first instant of the period belongs to it, the last does not; what is done after the cut-off is not done."""
    start, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    late = end + timedelta(hours=1)
    items = [
        DueItem(start, start),
        DueItem(start, start + timedelta(seconds=1), extended=True),
        DueItem(end - timedelta(seconds=1), end - timedelta(seconds=1), paused=True),
        DueItem(end - timedelta(seconds=1), late),
        DueItem(end, start),
    ]
    on_time = m11_on_time(items, start, end, cutoff=end)

    assert (on_time.num, on_time.den, on_time.overdue_open, on_time.extended, on_time.paused) == (2, 4, 1, 1, 1)
    assert on_time.shares["extended"].value == 0.25


def test_m12_counts_visits_without_access_as_kept() -> None:
    only_no_access = m12_appointment(2, 0, 0, kept=0, late=0, missed=0, no_access=2)

    assert (only_no_access.rate, only_no_access.rate_excl_noaccess) == (1, None)


def test_m13_names_every_miss() -> None:
    arrival = m13_emergency_arrival([31, 30, 45], limit=30)

    assert (arrival.within30, arrival.misses, arrival.value) == (1, (31, 45), pytest.approx(1 / 3))


def test_m18_recurrence_is_taken_of_the_mature_ones() -> None:
    assert m18_rectification(10, 9, 9, 8, 2, verified_mature=4).recurrence == 0.5


def test_m19_tells_too_early_from_too_late() -> None:
    window = m19_callback_window([6, 7, 15, 16, None])

    assert (window.in_window, window.too_early, window.too_late, window.den) == (2, 1, 1, 5)


def test_m21_without_weighted_promises_due() -> None:
    rate = m21_promise([PromiseCount("arrive30", 3, 4, 3), PromiseCount("notice48", 2, 0, 0)])

    assert (rate.weighted, rate.pooled, rate.worst, rate.shares["notice48"].value) == (0.75, 0.75, "arrive30", None)


def test_m36_ties_end_with_the_earlier_last_point_and_the_code() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    walkers = [
        Walker("a", 1, 0, 0),
        Walker("b", 1, 0, 0, noon),
        Walker("c", 1, 0, 0, noon - timedelta(hours=1)),
        Walker("d", 0, 0, 2),
        Walker("e", 2, 0, 0),
    ]
    ranking = m36_walk_ranking(walkers, rewarded=3)

    assert ranking.order == ("e", "d", "c", "b", "a")
    assert (ranking.top, ranking.tied_at_10) == (("e", "d", "c"), ("a", "b", "c", "d"))
    assert [rank for _, _, rank in ranking.table] == [1, 2, 2, 2, 2]
    assert m36_walk_ranking(walkers[:2]).tied_at_10 == ()
    assert m36_walk_ranking(walkers[3:], rewarded=1).tied_at_10 == ()


def test_m37_critical_risk_and_review() -> None:
    assert [m37_gate(*risk, (9, 900), (9, 900)).critical for risk in ((3, 5), (4, 4))] == [False, True]
    risen, level, unknown = (m37_gate(1, 1, before, (58, 118_000)) for before in ((30, 120_000), (55, 118_000), (0, 9)))
    assert [watch.review for watch in (risen, level, unknown)] == [True, False, False]


def test_m38_without_complaints_still_has_an_upper_bound() -> None:
    quiet = m38_complaint_rate(0, 10_000)

    assert (quiet.per10k, quiet.lo) == (0, 0)
    assert quiet.hi == pytest.approx(3.69, abs=0.03)
    assert m38_complaint_rate(11, 1_000_000, per=1_000_000).value == 11


def test_m42_alarm_outside_and_on_eight_points_of_one_side() -> None:
    high = [0.07] * 7

    assert m42_p_chart(0.06, 7, 100, high).run
    assert not m42_p_chart(0.06, 7, 100, high[1:]).alarm
    assert not m42_p_chart(0.06, 6, 100, high).alarm
    assert m42_p_chart(0.06, 5, 100, [0.05] * 7).run
    low = m42_p_chart(0.5, 10, 100)
    assert (low.outside, low.alarm) == (True, True)
    assert [m42_c_chart(9, count).alarm for count in (0, 18, 19)] == [False, False, True]


def test_m43_without_negative_records() -> None:
    points = [KeyPoint("KP-1", 5, 0, 5), KeyPoint("KP-2", 5, 0, 5)]

    assert m43_keypoint_priority(points).prio == pytest.approx({"KP-1": 60, "KP-2": 60})
    assert m43_keypoint_priority([]).prio == {}


def test_m47_without_material() -> None:
    gaps = m47_gaps([], 0, 0, None, None, None)

    assert (gaps.gap1, gaps.gap2, gaps.gap3, gaps.gap4, gaps.gap5) == (None,) * 5


def test_m51_within_ten_minutes() -> None:
    assert m51_channel(2, 2, [10, 11]).within10 == 0.5


def test_m53_without_orders_is_about_stages() -> None:
    early = m53_order_on_time([(3, 2)])

    assert (early.value, early.delay, early.order_rate) == (1, 0, None)


def test_m56_direction() -> None:
    assert [m56_change(*pair).direction for pair in ((90, 100, 10, 100), (10, 100, 90, 100), (5, 10, 6, 10))] == [
        "up",
        "down",
        "flat",
    ]


def test_m59_recipients_may_be_more_than_items() -> None:
    assert m59_bulletin(2, 40, 45, 1, recipients=50).read == 0.8


def test_m62_money_stays_exact() -> None:
    compensation = m62_compensation(3, 3, 1, Decimal("30.50"))

    assert (compensation.amount, compensation.extra) == (Decimal("91.50"), Decimal("61.00"))


def test_m63_the_gate_opens_without_severe_findings() -> None:
    assert m63_supervisor_trial(2, 1, 10, 1, 1, 0, 0, severity_open=0).gate_ok


def test_m41_ranks_by_the_upper_bound_where_less_is_better() -> None:
    unit = m41_shrink(2, 100, 0.05, up=False)

    assert (unit.bound, unit.ranked) == (unit.hi, True)
