"""The figures of the heat map against a slow count of the same facts, and when they are counted again."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import count
from random import Random

import pytest
from django.utils import timezone

from cxorders.organisation.models import Unit
from cxorders.organisation.queries import calendar_for
from kpi.formulas import intervals
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import HOUR, MONDAY, an_order, complete_current_stage, current_stage, shanghai, stage_of
from tests.factories.organisation import a_world, department_in, team_of
from touchpoints.heat import actions
from touchpoints.heat.actions import count_month, mark_stage, rebuild_heat, refresh_heat
from touchpoints.heat.models import HeatCount, HeatMark, StageHeat
from touchpoints.heat.percentiles import quantile, wilson
from touchpoints.orders.enums import PauseReason, StageState
from touchpoints.orders.models import Stage, StagePause
from touchpoints.orders.queries import is_callback
from touchpoints.orders.queries.passages import seconds_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
NOW = shanghai("2026-10-12 12:00")


def some_facts(world) -> None:
    """Nine orders of two companies whose stages began, ended and stood still at all kinds of times."""
    chance, kinds = Random(7), count()
    for company in [world.company] * 6 + [world.other] * 3:
        order = an_order(company=company)
        for stage in Stage.objects.filter(order=order).order_by("seq"):
            begin = MONDAY + timedelta(hours=chance.randint(0, 600))
            end = begin + timedelta(minutes=chance.randint(1, 20_000))
            state = (StageState.DONE, StageState.DONE, StageState.ACTIVE, StageState.FAILED)[next(kinds) % 4]
            stage.unit = chance.choice([team_of(company, "D-HALL"), department_in(company, "D-HOME"), stage.unit])
            stage.started_at, stage.state = begin, state
            stage.ended_at = None if state == StageState.ACTIVE else end
            stage.due_at = begin + timedelta(minutes=chance.randint(1, 20_000)) if chance.random() < 0.9 else None
            stage.save()
            if chance.random() < 0.3:
                StagePause.objects.create(
                    stage=stage,
                    reason=PauseReason.PERMIT,
                    started_at=begin + (end - begin) / 4,
                    ended_at=begin + (end - begin) / 2,
                    auto_end_at=end,
                )


def local_month(at) -> date | None:
    return timezone.localtime(at).date().replace(day=1) if at is not None else None


def slow_count(month: date, now) -> dict:
    """(unit, stage type) → what a row must say: stage by stage, with the percentiles of the KPI library."""
    times, due, late = defaultdict(list), defaultdict(int), defaultdict(int)
    for stage in Stage.objects.select_related("stage_type__process", "unit").order_by("pk"):
        if is_callback(stage.stage_type):
            continue
        keys = [(unit.pk, stage.stage_type_id) for unit in Unit.objects.above(stage.unit) if unit.company_id]
        over = stage.ended_at or now
        if stage.due_at is not None and local_month(stage.due_at) == month:
            kept = stage.state == StageState.DONE and over <= stage.due_at
            broken = stage.state in ("done", "active", "failed") and over > stage.due_at
            for key in keys if kept or broken else []:
                due[key] += 1
                late[key] += broken
        if stage.state == StageState.DONE and local_month(stage.ended_at) == month:
            pauses = [(one.started_at, one.ended_at) for one in stage.pauses.order_by("pk")]
            if stage.stage_type.promise_unit in ("WD", "WH"):
                took = calendar_for(stage.unit).elapsed(stage.started_at, stage.ended_at, pauses).total_seconds()
            else:
                stood = sum((until - since for since, until in pauses), timedelta())
                took = (stage.ended_at - stage.started_at - stood).total_seconds()
            for key in keys:
                times[key].append(took)
    return {
        key: (
            len(times[key]),
            pytest.approx(intervals.quantile(times[key], 0.5)) if times[key] else None,
            pytest.approx(intervals.quantile(times[key], 0.9)) if times[key] else None,
            due[key],
            late[key],
        )
        for key in times.keys() | due.keys()
    }


def stored(month: date) -> dict:
    rows = StageHeat.objects.filter(month=month).order_by("pk")
    return {(row.unit_id, row.stage_type_id): (row.taken, row.median, row.p90, row.due, row.late) for row in rows}


def test_every_figure_equals_a_slow_count_of_the_facts(world):
    some_facts(world)

    months = rebuild_heat(at=NOW)

    assert months == 2 * 2
    for month in (SEPTEMBER, OCTOBER):
        expected = slow_count(month, NOW)
        assert len(expected) > 20
        assert stored(month) == expected


def test_counting_twice_changes_nothing(world):
    some_facts(world)
    rebuild_heat(at=NOW)
    first = stored(OCTOBER)

    rebuild_heat(OCTOBER, at=NOW)

    assert stored(OCTOBER) == first


@pytest.mark.parametrize("size", [1, 2, 3, 10, 41])
def test_percentiles_and_intervals_are_those_of_the_kpi_library(size):
    values = sorted(Random(size).random() for _ in range(size))

    for q in (0, 0.5, 0.9, 1):
        assert quantile(values, q) == pytest.approx(intervals.quantile(values, q))
    interval = intervals.wilson(size // 2, size)
    assert wilson(size // 2, size) == pytest.approx((interval[0] * 100, interval[1] * 100))


def test_nothing_has_no_percentile():
    assert (quantile([], 0.5), wilson(0, 0)) == (None, None)


def test_the_example_of_the_definitions():
    """M13: twenty arrivals, median 25.5, P90 36.6."""
    arrivals = [12, 14, 16, 17, 19, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33, 35, 51, 58]

    assert quantile(arrivals, 0.5) == 25.5
    assert quantile(arrivals, 0.9) == pytest.approx(36.6)


def test_working_time_leaves_nights_and_pauses_out(world):
    calendar = calendar_for(world.team)
    begin, end = shanghai("2026-09-14 16:30"), shanghai("2026-09-15 10:30")
    pause = [(shanghai("2026-09-15 09:00"), shanghai("2026-09-15 10:00"))]

    worked = seconds_of(begin, end, pause, office=calendar)
    assert worked == calendar.elapsed(begin, end, pause).total_seconds()
    assert 0 < worked < 4 * 3600
    assert seconds_of(begin, end, pause, office=None) == 17 * 3600
    assert seconds_of(begin, end, [(end - HOUR, None)], office=None) == 17 * 3600


def test_a_stage_that_ends_marks_its_months_and_the_next_run_counts_them(world):
    order = an_order(company=world.company)
    refresh_heat(MONDAY)
    kind = current_stage(order).stage_type_id
    assert StageHeat.objects.filter(stage_type=kind, taken=1).count() == 0

    complete_current_stage(order)
    assert set(HeatMark.objects.values_list("company_id", "month")) == {(world.company.pk, SEPTEMBER)}
    counted = refresh_heat(MONDAY + timedelta(minutes=10))

    assert counted == 1
    assert HeatMark.objects.count() == 0
    heat = StageHeat.objects.get(stage_type=kind, unit=world.company, month=SEPTEMBER)
    assert (heat.taken, heat.median, heat.p90, heat.due, heat.late) == (1, 3600.0, 3600.0, 1, 0)


def test_a_promise_breaks_by_itself_and_is_counted_within_the_hour(world):
    stage = current_stage(an_order(company=world.company))
    refresh_heat(MONDAY)
    late_at = stage.due_at + timedelta(minutes=5)

    refresh_heat(late_at)

    heat = StageHeat.objects.get(stage_type=stage.stage_type_id, unit=world.company)
    assert (heat.taken, heat.median, heat.due, heat.late) == (0, None, 1, 1)


def test_what_is_fresh_is_left_alone(world):
    assert refresh_heat(NOW) == 4
    assert refresh_heat(NOW + timedelta(minutes=10)) == 0
    assert refresh_heat(NOW + actions.STALE_AFTER + timedelta(minutes=1)) == 2
    assert refresh_heat(shanghai("2026-11-01 00:10")) == 4  # both months: October ended, November begins


def test_a_month_nobody_asked_for_again_stays_as_it_is(world):
    count_month(world.company.pk, SEPTEMBER, at=NOW)

    assert list(HeatCount.objects.values_list("company_id", "month", "counted_at")) == [
        (world.company.pk, SEPTEMBER, NOW)
    ]


def test_a_stage_that_is_gone_marks_nothing(db):
    mark_stage(999_999, at=NOW)

    assert HeatMark.objects.count() == 0


def test_call_backs_are_not_counted(world):
    order = an_order(company=world.company)
    calls = [stage for stage in Stage.objects.filter(order=order) if is_callback(stage.stage_type)]
    assert calls
    Stage.objects.filter(pk__in=[stage.pk for stage in calls]).update(
        state=StageState.DONE, started_at=MONDAY, ended_at=MONDAY + HOUR, due_at=MONDAY
    )

    rebuild_heat(at=NOW)

    assert not StageHeat.objects.filter(stage_type__in=[stage.stage_type_id for stage in calls]).exists()
    assert stage_of(order, "APPLY").stage_type_id in set(StageHeat.objects.values_list("stage_type", flat=True))
