"""One computation of a month: who may, one at a time, sealed versions, the same again, failure, what the night does."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cxorders.journal.models import Entry
from cxorders.kit.errors import BusinessError, NotAllowed
from kpi.metrics.actions import begin_run, carry_out, compute_due, compute_period
from kpi.metrics.actions.computing import ABANDONED_AFTER, AlreadyComputing, PeriodNotBegun
from kpi.metrics.enums import RunState
from kpi.metrics.models import ComputeRun, MetricValue
from kpi.metrics.periods import Month, WrongPeriod
from tests.factories.catalogue import the_catalogue
from tests.factories.kpi import DECEMBER, HOUR, a_round, answer, computed, day, fraction, values
from tests.factories.organisation import World, a_person, a_world, department_in

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def test_a_run_stores_everything_needed_to_defend_a_value(world: World) -> None:
    answer(world.team, 5, day(5))
    hq = a_person("hq_cs", at=department_in(world.group, "D-CS"))

    run = compute_period("2026-10", by=hq, at=DECEMBER)

    value = values(run, world.team)["M01"]
    assert (run.state, run.done, run.steps, run.values_count, run.by) == (RunState.FINISHED, 6, 6, 8, hq)
    assert (value.period, value.definition_version, value.company, value.cut_off_at, len(value.query_hash)) == (
        "2026-10",
        1,
        world.company,
        day(3, 0, month=11),
        64,
    )
    assert (run.definitions["K-CSAT"]["target"], run.definitions["K-CLOSE"]["floor"]) == (90, 60)
    verbs = Entry.objects.filter(subject_label="kpi.computerun", subject_id=run.pk).order_by("pk")
    assert list(verbs.values_list("verb", "actor_id")) == [("score.computing", hq.pk), ("score.computed", hq.pk)]


def test_computing_again_writes_new_rows_with_the_same_values(world: World) -> None:
    answer(world.team, 5, day(5))
    a_round(world.team, due=day(8), replied=day(9))
    first = computed()
    answer(world.team, 1, day(6), submitted=DECEMBER)  # too late for October: booked in December (C4)

    second = computed(at=DECEMBER + HOUR)

    def plain(run: ComputeRun) -> list[tuple[Any, ...]]:
        rows = MetricValue.objects.filter(run=run).order_by("unit", "code")
        return list(rows.values_list("unit", "code", "numerator", "denominator", "value", "low", "high", "query_hash"))

    assert plain(first) == plain(second)
    assert first.pk != second.pk


def test_a_computed_value_is_sealed(world: World) -> None:
    answer(world.team, 5, day(5))
    value = values(computed(), world.team)["M01"]

    with pytest.raises(DatabaseError), transaction.atomic():
        MetricValue.objects.filter(pk=value.pk).update(numerator=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        value.delete()


def test_two_runs_of_one_month_never_go_side_by_side(world: World) -> None:
    answer(world.team, 5, day(5))
    first = begin_run("2026-10", by=None, at=DECEMBER)

    with pytest.raises(AlreadyComputing) as refused:
        compute_period("2026-10", by=None, at=DECEMBER + timedelta(minutes=1))
    other = compute_period("2026-11", by=None, at=DECEMBER)  # another month is nobody's concern

    assert "2026-10 正在计算" in str(refused.value)
    assert (carry_out(first, at=DECEMBER).state, other.state) == (RunState.FINISHED, RunState.FINISHED)
    assert carry_out(first, at=DECEMBER).values_count == 8  # the message came twice: nothing is written again


def test_a_run_somebody_killed_makes_room(world: World) -> None:
    left = begin_run("2026-10", by=None, at=DECEMBER)

    run = computed(at=DECEMBER + ABANDONED_AFTER + HOUR)

    left.refresh_from_db()
    assert (left.state, left.error, run.state) == (RunState.FAILED, "abandoned", RunState.FINISHED)


def test_a_failure_is_seen_and_leaves_the_last_values(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(world.team, 5, day(5))
    good = computed()
    monkeypatch.setattr("kpi.metrics.actions.computing.rolled_up", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        computed(at=DECEMBER + HOUR)

    failed = ComputeRun.objects.get(state=RunState.FAILED)
    assert (failed.error, failed.values_count) == ("ZeroDivisionError", 0)
    assert fraction(good, world.team, "M01") == (1, 1)


@pytest.mark.parametrize("role", ["dept_mgr", "branch_leader", "auditor", "front"])
def test_only_the_groups_customer_service_asks_for_it(world: World, role: str) -> None:
    with pytest.raises(NotAllowed):
        compute_period(
            "2026-10", by=a_person(role, at=world.group if role == "auditor" else world.company), at=DECEMBER
        )
    assert not ComputeRun.objects.exists()


@pytest.mark.parametrize("text", ["", "2026-13", "2026-1", "10-2026", "2026-10-01", "二〇二六", "99999999999999"])
def test_a_month_that_is_none(text: str) -> None:
    with pytest.raises(WrongPeriod):
        compute_period(text, by=None, at=DECEMBER)


def test_a_month_that_has_not_begun() -> None:
    with pytest.raises(PeriodNotBegun):
        compute_period("2027-01", by=None, at=DECEMBER)


def test_the_night_computes_the_present_and_the_last_month_once(world: World) -> None:
    night = day(15, 2, 30, month=11)

    first, again, next_night = compute_due(night), compute_due(night + HOUR), compute_due(night + timedelta(days=1))

    assert [(run.period, run.cut_off_at) for run in first] == [
        ("2026-10", day(3, 0, month=11)),
        ("2026-11", night),
    ]
    assert again == []
    assert [run.period for run in next_night] == ["2026-11"]  # October is frozen: it cannot change any more


def test_the_first_night_of_a_month_has_nothing_of_it_yet(world: World) -> None:
    assert [run.period for run in compute_due(day(1, 0, 0, month=11))] == ["2026-10"]


def test_the_command(world: World) -> None:
    answer(world.team, 5, day(5))
    out = StringIO()

    call_command("compute_metrics", period="2026-10", stdout=out)

    assert out.getvalue().startswith("2026-10: 8 values, cut-off ")
    with pytest.raises(CommandError, match="written like 2026-10"):
        call_command("compute_metrics", period="October")


def test_errors_speak_both_languages() -> None:
    for error in (AlreadyComputing(period="2026-10", since="今天 10:00"), PeriodNotBegun(period="2026-10")):
        assert isinstance(error, BusinessError)
        assert "2026-10" in error.in_language("zh-hans")
        assert "2026-10" in error.in_language("en")


def test_a_month_knows_its_neighbours_and_its_freezing() -> None:
    december = Month.parse("2026-12")

    assert (str(december.shifted(1)), str(december.shifted(-12)), december.last.day) == ("2027-01", "2025-12", 31)
    assert december.freezes_at == day(3, 0, month=1).replace(year=2027)


def test_queries_do_not_grow_with_facts(world: World) -> None:
    answer(world.team, 5, day(5))
    a_round(world.team, due=day(8), replied=day(7))
    with CaptureQueriesContext(connection) as few:
        computed()
    for number in range(1, 4):
        answer(world.other, number, day(5))
        a_round(world.other, due=day(8), replied=day(7), confirmed=day(9))
    with CaptureQueriesContext(connection) as many:
        computed()

    assert len(few) == len(many)
