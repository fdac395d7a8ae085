"""M34 and M54 of a month, counted by hand: what was owed, heard, late, missing, excused; the worked examples."""

from datetime import timedelta

import pytest

from feedback.intake.enums import Source
from feedback.probes.actions import settle
from feedback.probes.models import Probe
from kpi.formulas import m34_reporting, m54_probe_coverage
from kpi.metrics.models import MetricValue
from kpi.metrics.queries import rows_behind
from kpi.metrics.values import coverage, reporting
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import a_stage_row
from tests.factories.kpi import DECEMBER, HOUR, answer, computed, day, fraction, values
from tests.factories.organisation import World, a_person, a_world, team_of
from tests.factories.probes import a_probe, excused

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


@pytest.fixture
def crew(world: World):
    return team_of(world.company, "D-HOME")


# ---- the worked examples of the definitions --------------------------------------------------------------------------


def test_the_worked_example_of_m34() -> None:
    value = reporting({("timely",): 187, ("late",): 18, ("missing",): 15, ("excused",): 4})
    formula = m34_reporting(187, 18, 15)
    assert (value.figure.numerator, value.figure.denominator) == (187, 220)
    assert value.figure.value == formula.timely == pytest.approx(0.85)
    assert value.extra["late_share"] == pytest.approx(0.08181818181818182)
    assert value.extra["missing_share"] == pytest.approx(0.06818181818181818)
    assert value.excluded == {"excused": 4}


def test_the_worked_example_of_m54() -> None:
    counts = {("events",): 3180, ("covered",): 2767, ("required",): 2400, ("done",): 2184, ("excused", "refused"): 9}
    value = coverage(counts)
    assert (value.figure.numerator, value.figure.denominator) == (2184, 2400)
    assert value.figure.value == m54_probe_coverage(3180, 2767, 2400, 2184).required_rate == pytest.approx(0.91)
    assert value.extra["coverage"] == pytest.approx(0.870125786163522)
    assert value.excluded == {"refused": 9}


# ---- M54 -----------------------------------------------------------------------------------------------------------


def test_m54_counts_the_probes_due_in_the_month_and_leaves_the_excused_out(crew) -> None:
    in_time, late, after, silent, no, call = (a_probe(unit=crew, at=day(12)) for _ in range(6))
    answer(crew, 5, day(12), stage=in_time.stage, by="FM-SIGN")
    answer(crew, 4, day(12), submitted=late.due_at + HOUR, stage=late.stage, late=True)
    answer(crew, 4, day(12), submitted=after.missing_at + HOUR, stage=after.stage, late=True)
    answer(crew, 1, day(13), by_customer=True, stage=silent.stage, by="FM-SMS")
    excused(no, "refused", day(12, 16))
    answer(crew, 5, day(12), stage=call.stage, by="FM-VISIT")
    a_probe(unit=crew, at=day(31, 12))  # due in November

    value = values(computed(), crew)["M54"]

    assert (value.numerator, value.denominator, value.excluded) == (3, 5, {"refused": 1})


def test_m54_belongs_to_the_month_of_the_deadline_to_the_second(crew) -> None:
    a_probe(unit=crew, at=day(31, 0) - timedelta(seconds=1))
    a_probe(unit=crew, at=day(31, 0))
    assert fraction(computed(), crew, "M54") == (0, 1)
    assert fraction(computed("2026-11"), crew, "M54") == (0, 1)


def test_m54_counts_what_the_customer_owes_only_by_the_method(crew) -> None:
    probe = a_probe(unit=crew, method="FM-QR", at=day(12))
    answer(crew, 5, day(12), stage=probe.stage, by="FM-SIGN")
    assert fraction(computed(), crew, "M54") == (0, 1)
    answer(crew, 5, day(12), stage=probe.stage, by="FM-QR", by_customer=True)
    assert fraction(computed(), crew, "M54") == (1, 1)


def test_m54_says_the_same_whether_the_sweep_came_or_not(crew) -> None:
    for number in range(4):
        probe = a_probe(unit=crew, at=day(12))
        if number:
            answer(crew, 5, day(12), submitted=probe.due_at + (number - 2) * HOUR, stage=probe.stage)
    before = values(computed(), crew)["M54"]
    settle(DECEMBER)
    assert set(Probe.objects.values_list("state", flat=True)) == {"done", "late", "missing"}
    after = values(computed(), crew)["M54"]
    assert (before.numerator, before.denominator) == (after.numerator, after.denominator) == (3, 4)
    assert before.query_hash == after.query_hash


def test_m54_publishes_the_key_points_passed_and_those_with_a_record(crew) -> None:
    stage = a_stage_row(company=crew.company, unit=crew, state="done", ended_at=day(12))
    points = list(stage.stage_type.key_points.order_by("code").values_list("code", flat=True))
    a_probe(unit=crew, stage=stage, at=day(12))
    call = a_stage_row(company=crew.company, unit=crew, stage_code="CALLBACK", state="done", ended_at=day(12))
    assert call.stage_type.key_points.exists()  # asked by the call itself: no event
    answer(crew, 5, day(12), stage=stage, point=points[0])
    answer(crew, 4, day(12), stage=stage, point=points[0], by_customer=True)
    answer(crew, 5, day(12), stage=stage, point="KP-CC-09")

    extra = values(computed(), crew)["M54"].extra
    assert (extra["covered"], extra["events"]) == (1, len(points))


# ---- M34 -----------------------------------------------------------------------------------------------------------


def test_m34_counts_staff_records_in_time_and_late_and_what_nobody_reported(crew) -> None:
    told, late, silent, unknown, called = (a_probe(unit=crew, at=day(12)) for _ in range(5))
    answer(crew, 5, day(12), stage=told.stage)
    answer(crew, 2, day(12), submitted=day(14), stage=late.stage, late=True)
    answer(crew, 2, day(13), by_customer=True, stage=silent.stage)
    assert unknown.state == "open"  # nobody knows of it: silence is M54's
    answer(crew, 2, day(14), stage=called.stage)
    answer(crew, 4, day(12))  # at the counter, without a stage

    value = values(computed(), crew)["M34"]

    assert (value.numerator, value.denominator) == (3, 5)
    assert (value.extra["late"], value.extra["missing"], value.excluded) == (1, 1, {})


def test_m34_an_event_is_missing_or_late_never_both(crew) -> None:
    probe = a_probe(unit=crew, at=day(12))
    answer(crew, 2, day(13), by_customer=True, stage=probe.stage)
    answer(crew, 2, day(12), submitted=probe.missing_at + HOUR, stage=probe.stage, late=True)
    alone = a_probe(unit=crew, at=day(12))
    answer(crew, 2, day(12), submitted=alone.missing_at + HOUR, stage=alone.stage, late=True)

    value = values(computed(), crew)["M34"]
    assert (value.numerator, value.denominator, value.extra["late"], value.extra["missing"]) == (0, 2, 1, 1)


def test_m34_counts_a_stage_once_however_many_probes_it_has(crew) -> None:
    probe = a_probe(unit=crew, at=day(12))
    a_probe(unit=crew, stage=probe.stage, method="FM-QR", at=day(12))
    answer(crew, 2, day(13), by_customer=True, stage=probe.stage, by="FM-QR")
    assert fraction(computed(), crew, "M34") == (0, 1)


def test_m34_an_excuse_takes_a_silent_stage_out_and_is_counted(crew) -> None:
    probe = a_probe(unit=crew, at=day(12))
    answer(crew, 2, day(13), by_customer=True, stage=probe.stage)
    answer(crew, 5, day(13))
    excused(probe, "unreachable", day(12, 16))
    value = values(computed(), crew)["M34"]
    assert (value.numerator, value.denominator, value.excluded) == (1, 1, {"excused": 1})


def test_m34_is_missing_only_when_the_fifth_working_day_is_over(crew) -> None:
    probe = a_probe(unit=crew, at=day(12))
    answer(crew, 2, day(13), by_customer=True, stage=probe.stage)
    assert fraction(computed(at=probe.missing_at - HOUR), crew, "M34") == (0, 0)
    assert fraction(computed(at=probe.missing_at + HOUR), crew, "M34") == (0, 1)


@pytest.mark.parametrize("source", [Source.CUSTOMER, Source.CALLBACK, Source.IMPORT])
def test_m34_every_other_source_gives_silence_away(crew, source) -> None:
    other = a_probe(unit=crew, at=day(12))
    answer(crew, 2, day(13), stage=other.stage, source=source)
    assert fraction(computed(), crew, "M34") == (0, 1)


# ---- both ----------------------------------------------------------------------------------------------------------


def test_parents_are_made_of_raw_counts(world: World, crew) -> None:
    for unit, heard in ((crew, True), (team_of(world.other, "D-HOME"), False)):
        probe = a_probe(unit=unit, at=day(12))
        if heard:
            answer(unit, 5, day(12), stage=probe.stage)
    run = computed()
    assert [fraction(run, unit, "M54") for unit in (crew, world.company, world.other, world.group)] == [
        (1, 1),
        (1, 1),
        (0, 1),
        (1, 2),
    ]


def test_the_rows_say_why_in_words(world: World, crew) -> None:
    heard, silent, no = (a_probe(unit=crew, at=day(12)) for _ in range(3))
    answer(crew, 5, day(12), stage=heard.stage)
    answer(crew, 1, day(13), by_customer=True, stage=silent.stage)
    excused(no, "no_contact", day(12, 16))
    reader = a_person("auditor", at=world.group)
    run = computed()

    def said(code: str, part: str) -> list[tuple[str, str]]:
        value = MetricValue.objects.select_related("unit").get(run=run, code=code, unit=crew)
        return [(row.kind, row.reason) for row in rows_behind(value, part, user=reader).rows]

    assert said("M54", "counted") == [("order", "有记录")]
    assert said("M54", "missed") == [("order", "没有记录")]
    assert said("M54", "excluded") == [("order", "没有联系方式")]
    assert said("M34", "counted") == [("record", "按时记录")]
    assert said("M34", "missed") == [("order", "5 个工作日内员工没有记录")]
    assert said("M34", "excluded") == []
