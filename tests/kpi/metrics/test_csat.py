"""M01 of a month, worked by hand: what counts, which answers are official, when they are booked."""

from datetime import timedelta
from random import Random

import pytest

from cxorders.organisation.models import Unit
from kpi.formulas import m01_csat
from kpi.metrics.periods import Month
from kpi.metrics.queries.counts import csat_counts
from kpi.metrics.queries.facts import Window, booked, replaced, typed_by
from kpi.metrics.values import MODES
from tests.factories.catalogue import the_catalogue
from tests.factories.kpi import HOUR, an_order_row, answer, computed, day, fraction, values
from tests.factories.organisation import World, a_team, a_world, department_in

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


@pytest.fixture
def team(world: World) -> Unit:
    return world.team


def test_four_and_five_of_the_valid_answers_of_the_month(team: Unit) -> None:
    for rating in (5, 4, 3, 2, 1):
        answer(team, rating, day(10))
    answer(team, None, day(10))  # "no answer" is never a value
    answer(team, 5, day(30, month=9))
    answer(team, 5, day(1, 0, month=11))

    value = values(computed(), team)["M01"]

    formula = m01_csat(dict.fromkeys(range(1, 6), 1))
    assert (value.numerator, value.denominator, value.excluded) == (2, 5, {"no_answer": 1})
    assert [float(part or 0) for part in (value.value, value.low, value.high)] == [
        pytest.approx(part, abs=1e-8) for part in (formula.value, formula.lo, formula.hi)
    ]
    assert (value.extra["mean"], value.extra["dissatisfied"]) == (3.0, 0.4)


def test_a_month_is_half_open_in_local_time(team: Unit) -> None:
    answer(team, 5, day(1, 0))
    answer(team, 1, day(31, 23, 59))
    answer(team, 1, day(1, 0) - timedelta(microseconds=1))
    answer(team, 1, day(1, 0, month=11))

    assert fraction(computed(), team, "M01") == (1, 2)


def test_parents_are_made_of_raw_answers_never_of_means(world: World) -> None:
    small = a_team(department_in(world.company, "D-HALL"), code="A-D-HALL-small")
    for _ in range(9):
        answer(world.team, 5, day(5))
    answer(small, 1, day(5))
    answer(world.company, 1, day(6))  # the company itself answered for it

    run = computed()

    assert [fraction(run, unit, "M01") for unit in (world.team, small, department_in(world.company, "D-HALL"))] == [
        (9, 9),
        (0, 1),
        (9, 10),
    ]
    assert (fraction(run, world.company, "M01"), fraction(run, world.group, "M01")) == ((9, 11), (9, 11))
    assert values(run, world.other) == {}  # nothing to count: no value, not 0 and not 100


def test_the_last_answer_within_a_day_counts(world: World) -> None:
    order, other = an_order_row(world.company), an_order_row(world.company)
    answer(world.team, 1, day(10, 9), order=order)
    answer(world.team, 2, day(10, 20), order=order)
    answer(world.team, 5, day(11, 20), order=order)  # 24 h after the second: this one stands for all three
    answer(world.team, 3, day(13), order=order)  # a day and more later: counts too
    answer(world.team, 4, day(10), order=other)
    answer(world.team, 4, day(10))  # nobody's order
    answer(world.team, 4, day(10))

    value = values(computed(), world.team)["M01"]

    assert (value.numerator, value.denominator, value.excluded) == (4, 5, {"replaced": 2})


def test_an_answer_of_the_next_day_replaces_one_at_the_end_of_the_month(world: World) -> None:
    order = an_order_row(world.company)
    answer(world.team, 1, day(31, 20), order=order)
    answer(world.team, 5, day(1, 10, month=11), order=order)

    october, november = computed(), computed("2026-11")

    assert (fraction(october, world.team, "M01"), values(october, world.team)["M01"].excluded) == (
        (0, 0),
        {"replaced": 1},
    )
    assert fraction(november, world.team, "M01") == (1, 1)


def test_what_staff_wrote_down_does_not_replace_what_the_customer_typed(world: World) -> None:
    order = an_order_row(world.company)
    answer(world.team, 2, day(10, 9), order=order, by_customer=True)
    answer(world.team, 5, day(10, 11), order=order)

    value = values(computed(), world.team)["M01"]

    assert (value.numerator, value.denominator) == (1, 2)
    assert (value.extra["answers"]["customer"]["2"], value.extra["answers"]["staff"]["5"]) == (1, 1)


@pytest.mark.parametrize(("own", "official", "expected"), [(29, "all", (58, 59)), (30, "customer", (30, 30))])
def test_the_customers_own_answers_are_official_from_thirty_on(
    team: Unit, own: int, official: str, expected: tuple[int, int]
) -> None:
    for number in range(own):
        answer(team, 5, day(5) + number * HOUR, by_customer=True)
    for _ in range(29):
        answer(team, 4, day(6))
    answer(team, 1, day(6))

    value = values(computed(), team)["M01"]

    assert (value.extra["official"], (value.numerator, value.denominator)) == (official, expected)
    assert value.excluded == ({"other_mode": 30} if official == "customer" else {})
    assert sum(value.extra["answers"]["staff"].values()) == 30


def test_what_comes_in_after_the_freezing_is_booked_in_the_month_it_came(team: Unit) -> None:
    answer(team, 5, day(20))
    answer(team, 5, day(21), submitted=day(2, 23, month=11))  # the last evening before October freezes
    answer(team, 1, day(22), submitted=day(3, 0, month=11))
    answer(team, 1, day(22, month=8), submitted=day(1, 1, month=11))  # August froze long ago

    october, november = computed(), computed("2026-11")

    assert (fraction(october, team, "M01"), fraction(november, team, "M01")) == ((2, 2), (0, 2))
    assert values(november, team)["M01"].extra["late_entry"] == 2


def test_a_late_entry_is_replaced_by_an_answer_that_was_booked_earlier(world: World) -> None:
    order = an_order_row(world.company)
    answer(world.team, 1, day(20, 9), submitted=day(10, month=11), order=order)
    answer(world.team, 4, day(20, 15), order=order)

    assert fraction(computed(), world.team, "M01") == (1, 1)
    assert values(computed("2026-11"), world.team)["M01"].excluded == {"replaced": 1}


def test_a_month_under_way_knows_what_was_there_at_the_cut_off(team: Unit) -> None:
    answer(team, 5, day(5))
    answer(team, 1, day(6), submitted=day(8))

    first = computed(at=day(7))
    answer(team, 1, day(6, 12), submitted=day(9))

    assert fraction(first, team, "M01") == (1, 1)
    assert fraction(computed(at=day(7)), team, "M01") == (1, 1)  # the same cut-off, the same value
    assert fraction(computed(at=day(10)), team, "M01") == (1, 3)


def test_the_counts_are_those_of_the_rows_behind_them(world: World) -> None:
    random = Random(7)
    orders = [an_order_row(world.company) for _ in range(2)]
    for _ in range(120):
        at = random.choice((day(1, 0), day(2), day(30, 23), day(31, 12), day(31, 23, 59), day(30, month=9)))
        occurred = at + timedelta(hours=random.choice((0, 0, 1, 23, 24, 25)))
        handed_in = occurred + timedelta(hours=random.choice((0, 1, 60, 900)))
        rating = random.choice((None, 1, 5))
        order = random.choice((*orders, None))
        answer(world.team, rating, occurred, submitted=handed_in, order=order, by_customer=random.random() < 0.3)

    for cut_off in (day(31, 20), day(20, month=12)):
        for month in ("2026-10", "2026-11"):
            window = Window.of(Month.parse(month), cut_off)
            counts = csat_counts(window).per_unit[world.team.pk]
            for mode in MODES:
                rows = booked(window).filter(typed_by(mode))
                gone = rows.filter(replaced(window, mode), rating__isnull=False)
                assert {rating: counts["answer", mode, rating] for rating in "15"} == {
                    rating: rows.filter(rating=int(rating)).count() for rating in "15"
                }
                assert {rating: counts["replaced", mode, rating] for rating in "15"} == {
                    rating: gone.filter(rating=int(rating)).count() for rating in "15"
                }
                assert counts["no_answer", mode] == rows.filter(rating=None).count()
            assert counts["late_entry",] == booked(window).filter(occurred_at__lt=window.month.start).count()
