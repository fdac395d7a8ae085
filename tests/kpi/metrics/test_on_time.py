"""M11 of a month, worked by hand: due-based (C2), exemptions, rework, pauses, cut-off."""

from datetime import timedelta

import pytest

from feedback.issues.models import IssuePause
from kpi.formulas.timeliness import DueItem, m11_on_time
from tests.factories.catalogue import the_catalogue
from tests.factories.kpi import a_round, computed, day, fraction, values
from tests.factories.organisation import World, a_world, department_in, team_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def test_the_worked_example_of_the_definition(world: World) -> None:
    """Due and done days of M11; done None is open, the month is October, cut-off its end."""
    example = [
        (3, 2),
        (5, 5),
        (8, 9),
        (12, None),
        (14, 13),
        (20, 18),
        (25, 35),
        (28, None),
        (30, 29),
        (38, 28),
        (40, 0),
    ]
    zero = day(1) - timedelta(days=1)
    items = []
    for due, done in example:
        replied = zero + timedelta(days=done) if done else None
        exempt = "不可抗力" if due == 28 else ""
        items.append(DueItem(zero + timedelta(days=due), replied, exempt=bool(exempt)))
        a_round(world.team, due=zero + timedelta(days=due), replied=replied, exempt=exempt)

    value = values(computed(), world.team)["M11"]

    formula = m11_on_time(items, day(1, 0), day(1, 0, month=11), day(3, 0, month=11))
    assert (value.numerator, value.denominator, value.excluded) == (5, 8, {"不可抗力": 1})
    assert (value.numerator, value.denominator, value.extra["overdue_open"]) == (
        formula.num,
        formula.den,
        formula.overdue_open,
    )
    assert value.extra["overdue_open"] == 2
    assert float(value.low or 0) == pytest.approx(formula.lo or 0, abs=1e-8)


def test_on_the_dot_is_on_time(world: World) -> None:
    a_round(world.team, due=day(8, 17, 30), replied=day(8, 17, 30))
    a_round(world.team, due=day(8, 17, 30), replied=day(8, 17, 30) + timedelta(microseconds=1))

    assert fraction(computed(), world.team, "M11") == (1, 2)


def test_a_month_under_way_counts_what_fell_due_so_far(world: World) -> None:
    a_round(world.team, due=day(8), replied=day(7))
    a_round(world.team, due=day(9), replied=day(12))
    a_round(world.team, due=day(20), replied=day(9))  # answered, but not due yet

    value = values(computed(at=day(10)), world.team)["M11"]

    assert (value.numerator, value.denominator, value.extra["overdue_open"]) == (1, 2, 1)
    assert fraction(computed(at=day(10)), world.team, "M11") == (1, 2)
    assert fraction(computed(), world.team, "M11") == (2, 3)


def test_rework_is_an_item_of_its_own(world: World) -> None:
    first = a_round(world.team, due=day(8), replied=day(7), closed=day(14), outcome="reopened")
    a_round(world.team, due=day(16), replied=day(17), issue=first.issue, rework=True)

    value = values(computed(), world.team)["M11"]

    assert (value.numerator, value.denominator, value.extra["rework"]) == (1, 2, 1)


def test_the_unit_that_was_responsible_answers_for_its_round(world: World) -> None:
    elsewhere = team_of(world.other, "D-HALL")
    first = a_round(world.team, due=day(8), replied=day(9), closed=day(14), outcome="reopened")
    a_round(elsewhere, due=day(16), replied=day(15), issue=first.issue, rework=True)

    run = computed()

    assert [
        fraction(run, unit, "M11") for unit in (world.team, elsewhere, world.company, world.other, world.group)
    ] == [
        (0, 1),
        (1, 1),
        (0, 1),
        (1, 1),
        (1, 2),
    ]


def test_a_round_the_group_took_over_belongs_to_the_group(world: World) -> None:
    first = a_round(world.team, due=day(8), replied=day(9), closed=day(14), outcome="reopened")
    a_round(department_in(world.group, "D-CS"), due=day(16), replied=day(15), issue=first.issue, rework=True)

    run = computed()

    assert (fraction(run, world.company, "M11"), fraction(run, world.group, "M11")) == ((0, 1), (1, 2))


def test_a_clock_that_stands_still_has_not_come_to_its_limit(world: World) -> None:
    waiting = a_round(world.team, due=day(8))
    pause = IssuePause.objects.create(
        issue=waiting.issue, reason="customer", started_at=day(7), auto_end_at=day(20), note="等客户"
    )
    a_round(world.team, due=day(8), replied=day(8))

    while_paused = computed(at=day(10))
    pause.ended_at = day(12)
    pause.save()
    waiting.due_at, waiting.replied_at = day(13), day(12, 15)
    waiting.save()

    assert fraction(while_paused, world.team, "M11") == (1, 1)
    assert fraction(computed(at=day(10)), world.team, "M11") == (1, 1)
    later = values(computed(), world.team)["M11"]
    assert (later.numerator, later.denominator, later.extra["moved"]) == (2, 2, 1)


def test_nothing_due_is_no_value(world: World) -> None:
    a_round(world.team, due=day(8, month=11), replied=day(8))

    assert values(computed(), world.team) == {}


def test_everything_exempt_is_shown_as_excluded(world: World) -> None:
    a_round(world.team, due=day(8), exempt="不可抗力")

    value = values(computed(), world.team)["M11"]

    assert (value.denominator, value.value, value.low, value.excluded) == (0, None, None, {"不可抗力": 1})
