"""What dashboards read from the rollups: scopes, totals, trends, pain, companies side by side, judged changes."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxorders.organisation.scope import Scope, scope_of
from kpi.formulas import m56_change
from kpi.metrics.actions import rebuild_rollups
from kpi.metrics.queries import (
    EVERYTHING,
    Share,
    before,
    change,
    closure_trend,
    company_table,
    csat_by_key_point,
    csat_trend,
    judged,
    marks_for,
    on_time_trend,
    totals,
    trend,
)
from tests.factories.catalogue import the_catalogue
from tests.factories.kpi import DECEMBER, a_round, answer, day
from tests.factories.organisation import World, a_person, a_world, department_in, team_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


@pytest.fixture
def told(world: World) -> World:
    """October: good answers at A, bad ones at B; September the other way round at A."""
    theirs = team_of(world.other, "D-HALL")
    for number in range(12):
        answer(world.team, 5, day(2 + number), point="KP-BH-01")
        answer(theirs, 1 if number < 8 else 4, day(2 + number), point="KP-HS-05")
        answer(world.team, 2 if number < 9 else 5, day(2 + number, month=9), point="KP-BH-01")
    answer(world.team, 3, day(3), point="KP-BH-02")
    a_round(world.team, due=day(8), replied=day(7), confirmed=day(10))
    a_round(theirs, due=day(8), replied=day(9))
    a_round(theirs, due=day(8), exempt="不可抗力")
    rebuild_rollups(at=DECEMBER)
    return world


def test_totals_of_a_scope(told: World) -> None:
    everywhere = totals(EVERYTHING, FIRST, LAST, as_of=DECEMBER)
    company = totals(Scope(user_id=0, company_id=told.company.pk), FIRST, LAST, as_of=DECEMBER)
    manager = a_person("dept_mgr", at=department_in(told.company, "D-HALL"))
    theirs = totals(scope_of(manager), FIRST, LAST, as_of=DECEMBER)
    narrowed = totals(EVERYTHING, FIRST, LAST, as_of=DECEMBER, unit=told.other)
    stranger = totals(scope_of(a_person("handler", at=department_in(told.other, "D-CC"))), FIRST, LAST, as_of=DECEMBER)

    assert [(part.records, part.negatives) for part in (everywhere, company, theirs, narrowed, stranger)] == [
        (25, 8),
        (13, 0),
        (13, 0),
        (12, 8),
        (0, 0),
    ]
    shares = {code: everywhere.share(code) for code in ("M01", "M01D", "M11", "M15")}
    assert {code: (share.x, share.n) for code, share in shares.items()} == {
        "M01": (16, 25),
        "M01D": (8, 25),
        "M11": (1, 2),
        "M15": (1, 2),
    }
    assert (company.share("M11").x, company.share("M11").n) == (1, 1)


def test_what_falls_due_today_is_not_late_yet(world: World) -> None:
    a_round(world.team, due=day(8, 17))
    answer(world.team, 5, day(8, 9))
    rebuild_rollups(at=day(8, 12))

    today = totals(EVERYTHING, FIRST, LAST, as_of=day(8, 12))
    tomorrow = totals(EVERYTHING, FIRST, LAST, as_of=day(9, 0))

    assert ((today.share("M11").n, today.share("M01").n), tomorrow.share("M11").n) == ((0, 1), 1)


def test_trends_show_gaps_not_zeros(told: World) -> None:
    days = csat_trend(EVERYTHING, date(2026, 10, 1), date(2026, 10, 3), as_of=DECEMBER)
    weeks = trend(EVERYTHING, "M01", FIRST, LAST, as_of=DECEMBER, step="week")
    months = csat_trend(EVERYTHING, date(2026, 8, 15), LAST, as_of=DECEMBER, step="month")

    assert [(point.day.day, point.share.x, point.share.n) for point in days] == [(1, 0, 0), (2, 1, 2), (3, 1, 3)]
    assert days[0].share.value is None
    assert ([point.day.day for point in weeks], sum(point.share.n for point in weeks)) == ([1, 5, 12, 19, 26], 25)
    assert [(point.day.month, point.share.x, point.share.n) for point in months] == [
        (8, 0, 0),
        (9, 3, 12),
        (10, 16, 25),
    ]
    assert sum(point.share.n for point in on_time_trend(EVERYTHING, FIRST, LAST, as_of=DECEMBER)) == 2
    assert [point.share.x for point in closure_trend(EVERYTHING, FIRST, LAST, as_of=DECEMBER, step="month")] == [1]


def test_the_month_under_way_is_counted_up_to_now(told: World) -> None:
    rebuild_rollups(at=day(9))

    months = trend(EVERYTHING, "M11", FIRST, LAST, as_of=day(8, 12), step="month")

    assert [point.share.n for point in months] == [0]
    assert [point.share.n for point in trend(EVERYTHING, "M11", FIRST, LAST, as_of=day(9, 12), step="month")] == [2]


def test_pain_by_key_point_the_worst_first_small_samples_last(told: World) -> None:
    cells = csat_by_key_point(EVERYTHING, FIRST, LAST)

    assert [(cell.key_point.code, cell.touchpoint, cell.share.x, cell.share.n) for cell in cells] == [
        ("KP-HS-05", "HS", 8, 12),
        ("KP-BH-01", "BH", 0, 12),
        ("KP-BH-02", "BH", 0, 1),
    ]
    assert [cell.key_point.code for cell in csat_by_key_point(EVERYTHING, FIRST, LAST, touchpoint="BH")] == [
        "KP-BH-01",
        "KP-BH-02",
    ]
    assert csat_by_key_point(EVERYTHING, FIRST, LAST, unit=told.other)[0].share.n == 12


def test_companies_side_by_side(told: World) -> None:
    for number in range(30):
        answer(told.team, 5, day(15, 1 + number % 20))
    rebuild_rollups(at=DECEMBER)

    table = company_table("M01", FIRST, LAST, as_of=DECEMBER, target=90.0)

    ours, theirs = table.rows
    assert (ours.company, ours.rank, ours.share.x, ours.share.n, ours.against) == (told.company, 1, 42, 43, "across")
    assert (theirs.company, theirs.rank, theirs.share.n, theirs.against) == (told.other, None, 12, "across")
    assert (ours.change.verdict, ours.change.direction) == ("good", "up")
    assert (theirs.change.points, theirs.change.text) == (None, "")
    assert (table.group.x, table.group.n) == (46, 55)
    assert (len(table.months), table.months[-1]) == (12, FIRST)
    assert [round(value, 1) if value is not None else None for value in ours.months[-3:]] == [None, 25.0, 97.7]
    assert table.group_months[-1] == pytest.approx(46 / 55 * 100)


def test_a_change_is_judged_before_it_is_coloured() -> None:
    now, then = Share.of(168, 200), Share.of(141, 190)
    formula = m56_change(168, 200, 141, 190)

    real = judged(now, then)
    assert (real.points, real.verdict, real.direction, real.text) == (
        pytest.approx((formula.diff or 0) * 100),
        "good",
        "up",
        "升 9.8 点，显著",
    )
    assert judged(now, then, up=False).verdict == "bad"
    assert judged(then, now).text == "降 9.8 点，显著"
    assert judged(Share.of(85, 100), Share.of(84, 100)).text == "升 1.0 点，误差内"
    assert judged(Share.of(85, 100), Share.of(85, 100)).text == "持平，误差内"
    assert judged(Share.of(9, 9), then).points is None


def test_change_of_two_periods(told: World) -> None:
    now = totals(EVERYTHING, FIRST, LAST, as_of=DECEMBER)
    then = totals(EVERYTHING, *before(FIRST, LAST), as_of=DECEMBER)

    assert before(FIRST, LAST) == (date(2026, 8, 31), date(2026, 9, 30))
    assert (change(now, then, "M01").verdict, change(now, then, "M01D").verdict) == ("good", "good")


def test_marks_come_from_the_catalogue() -> None:
    marks = marks_for("M11")
    down = marks_for("M01D")

    assert marks is not None
    assert (marks.floor, marks.target, marks.stretch, marks.up) == (80, 95, 99, True)
    assert down is not None
    assert down.up is False


def test_the_cost_does_not_grow(told: World) -> None:
    def cost() -> list[int]:
        found = []
        for ask in (
            lambda: totals(EVERYTHING, FIRST, LAST, as_of=DECEMBER),
            lambda: csat_trend(EVERYTHING, FIRST, LAST, as_of=DECEMBER, step="month"),
            lambda: csat_by_key_point(EVERYTHING, FIRST, LAST),
            lambda: company_table("M15", FIRST, LAST, as_of=DECEMBER),
        ):
            with CaptureQueriesContext(connection) as queries:
                ask()
            found.append(len(queries))
        return found

    few = cost()
    for number in range(20):
        answer(told.team, 4, day(1) + timedelta(days=number), point="KP-CC-01")
    rebuild_rollups(at=DECEMBER)

    assert cost() == few == [2, 1, 2, 4]
