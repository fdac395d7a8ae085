"""M15 of a month, worked by hand: four parts by the closure's own limit, and what was closed in form only."""

import pytest

from kpi.formulas import m15_closure
from tests.factories.kpi import a_round, computed, day, fraction, values
from tests.factories.organisation import World

pytestmark = pytest.mark.django_db


def test_four_parts_by_the_limit_of_the_closure(world: World) -> None:
    limit = {"due": day(8), "closure_due": day(15)}
    a_round(world.team, **limit, replied=day(7), confirmed=day(12))
    a_round(world.team, **limit, replied=day(10), confirmed=day(15))  # late answer, verified in time: closed
    a_round(world.team, **limit, replied=day(7), confirmed=day(16))  # confirmed too late
    a_round(world.team, **limit, replied=day(7))  # nobody called
    a_round(world.team, **limit)  # nobody answered
    a_round(world.team, **limit, replied=day(7), closed=day(9), outcome="exception")  # closed in form only
    a_round(world.team, **limit, replied=day(7), closed=day(12), outcome="reopened")  # the customer said unsolved
    no_cause = a_round(world.team, **limit, replied=day(7), confirmed=day(12))
    no_cause.cause_at = None
    no_cause.save()
    a_round(world.team, **limit, exempt="重复登记")

    value = values(computed(), world.team)["M15"]

    formula = m15_closure(9, 1, 2, 4)
    assert (value.numerator, value.denominator, value.excluded) == (2, 8, {"重复登记": 1})
    assert value.extra == {
        "formally_closed": 4,
        "formal_share": formula.formal_close,
        "gap": formula.gap,
        "cause": 6,
        "action": 7,
        "replied": 7,
        "confirmed": 3,
    }
    assert float(value.high or 0) == pytest.approx(formula.hi or 0, abs=1e-8)


def test_the_month_is_that_of_the_closure_not_of_the_answer(world: World) -> None:
    a_round(world.team, due=day(28), closure_due=day(4, month=11), replied=day(27), confirmed=day(30))

    october, november = computed(), computed("2026-11")

    assert (fraction(october, world.team, "M15"), fraction(november, world.team, "M15")) == ((0, 0), (1, 1))
    assert fraction(october, world.team, "M11") == (1, 1)


def test_a_closed_matter_opened_again_stays_verified_for_its_round(world: World) -> None:
    first = a_round(world.team, due=day(8), replied=day(7), confirmed=day(12))
    a_round(world.team, due=day(20), closure_due=day(27), replied=day(19), issue=first.issue, rework=True)

    assert fraction(computed(), world.team, "M15") == (1, 2)
