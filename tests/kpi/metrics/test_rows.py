"""The rows behind a number: exactly as many as it says, each with its reason, in pages, only what a person may read."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxorders.organisation.models import User
from kpi.metrics.models import MetricValue
from kpi.metrics.queries import PARTS, Row, rows_behind, size_of
from tests.factories.catalogue import the_catalogue
from tests.factories.kpi import HOUR, a_round, an_order_row, answer, computed, day, values
from tests.factories.organisation import World, a_person, a_world, department_in, team_of
from tests.factories.probes import a_probe, excused

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def all_rows(value: MetricValue, part: str, user: User, limit: int = 3) -> list[Row]:
    """Every page, one after the other."""
    found: list[Row] = []
    after = ""
    while True:
        page = rows_behind(value, part, user=user, after=after, limit=limit)
        found += page.rows
        after = page.after
        if not after:
            return found


@pytest.fixture
def busy(world: World) -> World:
    """A month with something of everything, at two teams and above."""
    other_team = team_of(world.company, "D-CC")
    for number in range(31):
        answer(world.team, 5 if number % 3 else 2, day(3) + number * HOUR, by_customer=True)
    for rating in (5, 4, 3, 1):
        answer(other_team, rating, day(5))
    answer(world.team, 4, day(5))
    answer(world.team, None, day(6))
    answer(world.team, None, day(6), by_customer=True)
    order = an_order_row(world.company)
    for unit, mode in ((world.team, True), (other_team, False)):
        answer(unit, 1, day(7, 9), order=order, by_customer=mode)
        answer(unit, 5, day(7, 11), order=order, by_customer=mode)
    answer(world.team, 2, day(30, month=8), submitted=day(9))
    for unit in (world.team, other_team, department_in(world.company, "D-HOME")):
        a_round(unit, due=day(8), replied=day(7), confirmed=day(10))
        a_round(unit, due=day(8), replied=day(9), closed=day(12), outcome="reopened")
        a_round(unit, due=day(9), replied=day(8), closed=day(12), outcome="exception")
        a_round(unit, due=day(9), replied=day(8))
        a_round(unit, due=day(9))
        a_round(unit, due=day(9), replied=day(8), confirmed=day(28))
        a_round(unit, due=day(10), exempt="不可抗力，部门负责人批准")
    return world


@pytest.fixture
def asked(busy: World) -> World:
    """The same month with expected feedback: heard, late, missing, excused."""
    for unit in (busy.team, team_of(busy.company, "D-HOME"), department_in(busy.company, "D-HOME")):
        probes = [a_probe(unit=unit, at=day(12)) for _ in range(7)]
        answer(unit, 4, day(12), stage=probes[0].stage)
        answer(unit, 4, day(12), submitted=day(14), stage=probes[1].stage, late=True)
        for probe in (probes[2], probes[4], probes[6]):
            answer(unit, 2, day(13), by_customer=True, stage=probe.stage)
        excused(probes[3], "refused", day(12, 15))
        excused(probes[4], "other", day(12, 15))
        answer(unit, 3, day(12), submitted=day(26), stage=probes[6].stage, late=True)
    return busy


def test_every_list_has_exactly_as_many_rows_as_its_number_says(asked: World) -> None:
    busy = asked
    hq = a_person("hq_cs", at=department_in(busy.group, "D-CS"))
    found = list(MetricValue.objects.filter(run=computed()).select_related("unit").order_by("pk"))

    lists = {(value.code, part, value.unit.code): all_rows(value, part, hq) for value in found for part in PARTS}

    assert {key: len(rows) for key, rows in lists.items()} == {
        (value.code, part, value.unit.code): size_of(value, part) for value in found for part in PARTS
    }
    assert all(len({row.number for row in rows}) == len(rows) for key, rows in lists.items() if key[0] == "M01")
    assert all(row.counts for (_, part, _), rows in lists.items() if part == "counted" for row in rows)
    assert not any(row.counts for (_, part, _), rows in lists.items() if part in ("missed", "excluded") for row in rows)
    assert {value.code for value in found} == {"M01", "M11", "M15", "M34", "M54"}


def test_each_row_says_why_it_did_not_count(busy: World) -> None:
    hq = a_person("hq_cs", at=department_in(busy.group, "D-CS"))
    own = values(computed(), busy.team)

    def reasons(code: str, part: str) -> dict[str, int]:
        rows = all_rows(own[code], part, hq)
        return {reason: sum(row.reason == reason for row in rows) for reason in {row.reason for row in rows}}

    assert reasons("M01", "missed") == {"评 2 分": 11}
    assert reasons("M01", "excluded") == {
        "客户不愿评分": 2,
        "员工代录，另行列示": 2,
        "24 小时内同一客户改评，以最后一次为准": 1,
    }
    assert reasons("M11", "missed") == {"截止时还没有答复": 1, "答复晚于时限": 1}
    assert reasons("M11", "excluded") == {"不可抗力，部门负责人批准": 1}
    assert reasons("M15", "missed") == {
        "回访仍未解决，已重开": 1,
        "例外关闭，客户没有确认": 1,
        "时限前没有回访核实": 1,
        "时限前没有答复客户": 1,
        "客户确认晚于时限": 1,
    }


def test_a_person_reads_only_what_she_may_see(busy: World) -> None:
    value = values(computed(), busy.company)["M11"]
    manager = a_person("dept_mgr", at=department_in(busy.company, "D-HALL"))

    rows = all_rows(value, "base", manager)

    assert sum(row.visible for row in rows) == 6
    assert all(bool(row.title) is row.visible for row in rows)
    assert len(rows) == value.denominator


@pytest.mark.parametrize(
    "mark", ["nonsense", "2026-10-05", "2026-99-99T00:00:00+08:00~1", "~", "2026-10-05T00:00:00~1", "x~y"]
)
def test_a_place_nobody_gave_opens_the_first_page(busy: World, mark: str) -> None:
    value = values(computed(), busy.team)["M01"]
    reader = a_person("auditor", at=busy.group)

    assert rows_behind(value, "base", user=reader, after=mark) == rows_behind(value, "base", user=reader)


@pytest.mark.parametrize("code", ["M01", "M11", "M15", "M54"])
def test_a_page_costs_the_same_with_one_row_and_with_many(asked: World, code: str) -> None:
    busy = asked
    value = values(computed(), busy.company)[code]
    reader = a_person("auditor", at=busy.group)

    value.unit = busy.company  # a page has it in hand

    def cost(limit: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            rows_behind(value, "base", user=reader, limit=limit)
        return len(queries)

    assert cost(1) == cost(20) == 2


def test_two_kinds_of_facts_cost_four_queries_at_the_most(asked: World) -> None:
    value = values(computed(), asked.company)["M34"]
    reader = a_person("auditor", at=asked.group)
    value.unit = asked.company
    for limit in (1, 20, 100):
        with CaptureQueriesContext(connection) as queries:
            rows_behind(value, "base", user=reader, limit=limit)
        assert len(queries) <= 4


def test_the_rows_stay_those_of_the_cut_off(world: World, settings: Any) -> None:
    one = a_round(world.team, due=day(8))
    answer(world.team, 5, day(5))
    run = computed(at=day(10))
    one.replied_at = day(11)
    one.save()
    answer(world.team, 1, day(6), submitted=day(11))
    reader = a_person("auditor", at=world.group)

    found = values(run, world.team)

    assert [row.reason for row in all_rows(found["M11"], "missed", reader)] == ["截止时还没有答复"]
    assert len(all_rows(found["M01"], "base", reader)) == 1
