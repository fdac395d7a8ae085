"""What a finished stage requires, what fulfils it, what the clock makes of it, and who may be excused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed, WrongState
from cxorders.organisation.models import CalendarDay
from cxorders.organisation.queries import forget_calendars
from feedback.intake.actions import submit_record
from feedback.intake.enums import NoAnswer, Source
from feedback.probes.actions import AlreadyHeard, ExcuseMissing, excuse, hand_over, launch, open_held_by, settle
from feedback.probes.enums import PROBE_TRANSITIONS, ExcuseCode, ProbeState
from feedback.probes.models import Probe
from feedback.probes.queries import marks_of_stages, unheard
from tests.factories.catalogue import stage_type, the_catalogue
from tests.factories.feedback import NOON, a_draft, a_record, a_stage_row
from tests.factories.orders import (
    MONDAY,
    an_order,
    complete_current_stage,
    finish,
    proofs_for,
    run_to,
    shanghai,
    stage_of,
)
from tests.factories.organisation import a_person, a_world, department_in, team_of
from tests.factories.probes import a_probe
from touchpoints.orders.actions import complete_stage, fail_stage
from touchpoints.orders.models import Stage
from touchpoints.orders.panels import StageMark

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def owed(stage):
    return {
        (row.method.code, row.key_point.code, row.due_at - row.created_at)
        for row in Probe.objects.filter(stage=stage).select_related("method", "key_point").order_by("pk")
    }


@pytest.fixture
def crew(world):
    return team_of(world.company, "D-HOME")


@pytest.fixture
def technician(crew):
    return a_person("field", at=crew)


# ---- creation ------------------------------------------------------------------------------------------------------


def test_a_finished_stage_owes_the_probes_of_its_type_with_their_key_points_and_deadlines(world):
    order = an_order(company=world.company)
    applied = complete_current_stage(order)
    survey = complete_current_stage(order)

    # both answered by the customer: 24 hours where the method names none; FM-RATE and FM-SMS are allowed at KP-BH-03
    assert owed(applied) == {
        ("FM-RATE", "KP-BH-03", timedelta(hours=24)),
        ("FM-SMS", "KP-BH-03", timedelta(hours=24)),
    }
    assert owed(survey) == {("FM-CB", "KP-EC-01", timedelta(hours=24))}
    assert {row.created_at for row in Probe.objects.filter(stage=applied)} == {applied.ended_at}


def test_the_key_point_is_the_first_of_the_stage_that_allows_the_method_else_its_first(world):
    for kind in stage_type("OT-RETAIL-INSTALL", "APPLY").order_type.stage_types.order_by("seq"):
        if not kind.probes or kind.process.code == "CC-CALLBACK":
            continue
        stage = a_stage_row(company=world.company, stage_code=kind.code, state="done", ended_at=NOON)
        launch(stage.pk)
        points = list(kind.key_points.values_list("code", "methods"))
        for method, point, _limit in owed(stage):
            allowed = [code for code, methods in points if method in methods]
            assert point in (allowed or [code for code, _methods in points])


def test_the_unit_of_the_stage_owes_it_and_who_did_it_is_asked_where_the_front_collects(world, crew, technician):
    kinds = stage_type("OT-RETAIL-INSTALL", "APPLY").order_type.stage_types.order_by("seq")
    signed = next(kind for kind in kinds if {"FM-SIGN", "FM-CB"} <= set(kind.probes))
    stage = a_stage_row(
        company=world.company, unit=crew, stage_code=signed.code, state="done", ended_at=NOON, assignee=technician
    )
    launch(stage.pk)

    by_method = {row.method.code: row for row in Probe.objects.filter(stage=stage).select_related("method")}
    assert (by_method["FM-SIGN"].unit, by_method["FM-SIGN"].asked) == (crew, technician)
    assert (by_method["FM-CB"].unit, by_method["FM-CB"].asked) == (department_in(world.company, "D-CC"), None)
    assert by_method["FM-CB"].by_hand
    assert all(row.company == world.company and row.order == stage.order for row in by_method.values())


def test_an_end_that_is_no_event_and_a_call_back_stage_owe_nothing(world):
    order = an_order(company=world.company)
    stage = complete_current_stage(order)
    Probe.objects.all().delete()
    survey = stage_of(order, "SURVEY")
    fail_stage(survey, by=None, at=MONDAY + 3 * HOUR, reason="没有人在家")
    assert not Probe.objects.exists()

    call = a_stage_row(company=world.company, stage_code="CALLBACK", state="done", ended_at=NOON)
    assert launch(call.pk) == []
    assert stage.state == "done"


def test_skipped_stages_owe_nothing_and_a_second_call_changes_nothing(world):
    order = finish(an_order(company=world.company))
    skipped = Stage.objects.filter(order=order, state="skipped")
    assert skipped.exists()
    assert not Probe.objects.filter(stage__in=skipped).exists()

    before = list(Probe.objects.order_by("pk").values())
    for stage in Stage.objects.filter(order=order, state="done").order_by("pk"):
        launch(stage.pk)
    assert list(Probe.objects.order_by("pk").values()) == before


def test_launching_costs_the_same_for_one_method_and_for_two(world):
    one = a_stage_row(company=world.company, stage_code="SURVEY", state="done", ended_at=NOON)
    kinds = stage_type("OT-RETAIL-INSTALL", "APPLY").order_type.stage_types.order_by("seq")
    both = next(kind.code for kind in kinds if {"FM-SIGN", "FM-CB"} <= set(kind.probes))
    two = a_stage_row(company=world.company, stage_code=both, state="done", ended_at=NOON)
    launch(one.pk)
    Probe.objects.all().delete()
    counts = []
    for stage in (one, two):
        with CaptureQueriesContext(connection) as queries:
            launch(stage.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


def test_a_year_without_holidays_stops_no_stage_and_the_date_is_found_later(world, crew):
    days = list(CalendarDay.objects.filter(date__year=2026))
    CalendarDay.objects.filter(date__year=2026).delete()
    forget_calendars()
    stage = a_stage_row(company=world.company, unit=crew, stage_code="SURVEY", state="done", ended_at=NOON)
    (probe,) = launch(stage.pk)
    assert probe.missing_at is None
    settle(NOON + timedelta(days=30))
    assert Probe.objects.get().state == ProbeState.OPEN

    CalendarDay.objects.bulk_create(days)
    forget_calendars()
    settle(NOON + timedelta(days=30))
    assert Probe.objects.get().state == ProbeState.MISSING


# ---- fulfilment ----------------------------------------------------------------------------------------------------


def record_at(stage, *, method="FM-SIGN", at=NOON + HOUR, source=Source.STAFF, by=None, rating=5, **more):
    if source == Source.CUSTOMER:
        draft = a_draft(
            company=stage.company, stage=stage, order=stage.order, key_point="KP-HS-05", method=method,
            occurred_at=at, rating=rating, source=source,
        )  # fmt: skip
        return submit_record(draft, by=None, at=at)
    return a_record(
        stage=stage, order=stage.order, method=method, at=at, source=source, by=by, rating=rating, **more
    )  # fmt: skip


@pytest.mark.parametrize(
    ("owed_by", "taken_by", "source", "heard"),
    [
        ("FM-SIGN", "FM-SIGN", Source.STAFF, True),
        ("FM-SIGN", "FM-VISIT", Source.STAFF, True),  # the voice is there, whoever holds the pen
        ("FM-CB", "FM-SIGN", Source.STAFF, True),
        ("FM-SIGN", "FM-CB", Source.CALLBACK, True),
        ("FM-SIGN", "FM-QR", Source.CUSTOMER, False),
        ("FM-SIGN", "FM-IMP", Source.IMPORT, False),
        ("FM-QR", "FM-QR", Source.CUSTOMER, True),
        ("FM-QR", "FM-SMS", Source.CUSTOMER, False),
        ("FM-QR", "FM-SIGN", Source.STAFF, False),
        ("FM-QR", "FM-QR", Source.STAFF, True),  # shown on the phone of the technician, typed by him
    ],
)
def test_what_fulfils_a_probe(crew, owed_by, taken_by, source, heard):
    probe = a_probe(unit=crew, method=owed_by)
    other = a_probe(unit=crew, method=owed_by)
    record = record_at(probe.stage, method=taken_by, source=source)

    assert set(unheard(Probe.objects.all()).values_list("pk", flat=True)) == (
        {other.pk} if heard else {probe.pk, other.pk}
    )
    settle(NOON + 2 * HOUR)
    probe.refresh_from_db()
    assert (probe.state, probe.record) == (("done", record) if heard else ("open", None))


def test_a_coded_no_answer_is_a_record_too(crew):
    probe = a_probe(unit=crew)
    record_at(probe.stage, rating=None, no_answer=NoAnswer.REFUSED, verbatim="没空评价")
    assert settle(NOON + 2 * HOUR) == {"done": 1, "late": 0, "missing": 0}


def test_a_record_adds_no_statement_for_probes(crew, technician):
    stage = a_stage_row(company=crew.company, unit=crew, state="done", ended_at=NOON)
    record_at(stage, by=technician)
    a_probe(unit=crew, stage=stage)
    with CaptureQueriesContext(connection) as queries:
        record_at(stage, by=technician)
    assert not [query for query in queries if "feedback_probe" in query["sql"]]


@pytest.mark.parametrize(("after", "state"), [(timedelta(0), "done"), (MINUTE, "late")])
def test_late_begins_one_minute_after_the_deadline(crew, after, state):
    probe = a_probe(unit=crew)
    record_at(probe.stage, at=probe.due_at + after)
    settle(probe.due_at + HOUR)
    probe.refresh_from_db()
    assert probe.state == state


def test_the_first_record_decides(crew):
    probe = a_probe(unit=crew)
    first = record_at(probe.stage, at=probe.due_at - MINUTE)
    record_at(probe.stage, at=probe.due_at + MINUTE)
    settle(probe.due_at + HOUR)
    probe.refresh_from_db()
    assert (probe.state, probe.record) == ("done", first)


def test_five_working_days_later_over_the_autumn_holidays_it_is_missing(crew):
    # Tuesday 29 September; holidays 1–7 October, Saturday 10 October is worked: 30, 8, 9, 10, 12
    probe = a_probe(unit=crew, at=shanghai("2026-09-29 10:00"))
    edge = shanghai("2026-10-12 17:30")
    assert probe.missing_at == edge

    assert settle(edge) == {"done": 0, "late": 0, "missing": 0}
    assert settle(edge + MINUTE) == {"done": 0, "late": 0, "missing": 1}
    assert settle(edge + MINUTE) == {"done": 0, "late": 0, "missing": 0}
    record_at(probe.stage, at=edge + HOUR)
    settle(edge + 2 * HOUR)
    probe.refresh_from_db()
    assert (probe.state, probe.settled_at) == ("missing", edge + MINUTE)


def test_a_sweep_that_comes_three_days_too_late_settles_what_was_true_in_time(crew):
    at = shanghai("2026-09-14 10:00")
    in_time, late, silent, after = (a_probe(unit=crew, at=at) for _ in range(4))
    record_at(in_time.stage, at=at + HOUR)
    record_at(late.stage, at=in_time.due_at + HOUR)
    record_at(after.stage, at=in_time.missing_at + HOUR)

    assert settle(in_time.missing_at + timedelta(days=3)) == {"done": 1, "late": 1, "missing": 2}
    states = dict(Probe.objects.values_list("pk", "state"))
    assert states == {in_time.pk: "done", late.pk: "late", silent.pk: "missing", after.pk: "missing"}
    assert settle(in_time.missing_at + timedelta(days=4)) == {"done": 0, "late": 0, "missing": 0}


# ---- excuses -------------------------------------------------------------------------------------------------------


def test_who_owes_it_says_why_and_the_order_tells_it(crew, technician):
    probe = a_probe(unit=crew, asked=technician)
    excuse(probe, by=technician, at=NOON + HOUR, code=ExcuseCode.UNREACHABLE, text=" 打了  三次 ")

    probe.refresh_from_db()
    assert (probe.state, probe.excuse_text, probe.excused_by, probe.record) == (
        "excused",
        "打了 三次",
        technician,
        None,
    )
    entry = Entry.objects.get(verb="probe.excused")
    assert (entry.subject_id, entry.unit_id, entry.data["code"]) == (probe.order_id, crew.pk, "unreachable")
    assert (entry.data["reason"], entry.data["text"]) == ("多次联系不上", "打了 三次")
    assert settle(NOON + timedelta(days=30)) == {"done": 0, "late": 0, "missing": 0}


def test_the_manager_may_excuse_and_nobody_else(world, crew, technician):
    probe = a_probe(unit=crew, asked=technician)
    colleague = a_person("field", at=crew)
    strangers = [
        colleague,
        a_person("field", at=team_of(world.other, "D-HOME")),
        a_person("dept_mgr", at=department_in(world.company, "D-HALL")),
        a_person("callback", at=department_in(world.company, "D-CC")),
        a_person("auditor", at=world.group),
    ]
    for person in strangers:
        with pytest.raises(NotAllowed):
            excuse(probe, by=person, at=NOON, code=ExcuseCode.REFUSED)
    excuse(probe, by=a_person("dept_mgr", at=department_in(world.company, "D-HOME")), at=NOON, code=ExcuseCode.REFUSED)


def test_a_probe_that_names_nobody_is_the_units_and_a_call_is_the_call_back_peoples(world, crew, technician):
    unnamed = a_probe(unit=crew, method="FM-QR")
    call = a_probe(unit=department_in(world.company, "D-CC"), method="FM-CB")
    caller = a_person("callback", at=department_in(world.company, "D-CC"))
    with pytest.raises(NotAllowed):
        excuse(call, by=technician, at=NOON, code=ExcuseCode.ENOUGH_CALLS)
    with pytest.raises(NotAllowed):
        excuse(unnamed, by=caller, at=NOON, code=ExcuseCode.REFUSED)
    excuse(call, by=caller, at=NOON, code=ExcuseCode.ENOUGH_CALLS)
    excuse(unnamed, by=technician, at=NOON, code=ExcuseCode.PASSER_BY)


@pytest.mark.parametrize(("code", "text"), [("", ""), ("nonsense", "x"), ("other", " \x00 ")])
def test_an_excuse_needs_a_reason_and_other_needs_words(crew, technician, code, text):
    probe = a_probe(unit=crew, asked=technician)
    with pytest.raises(ExcuseMissing):
        excuse(probe, by=technician, at=NOON, code=code, text=text)
    assert Probe.objects.get().state == "open"


def test_an_excuse_hides_no_voice(crew, technician):
    probe = a_probe(unit=crew, asked=technician)
    record_at(probe.stage)
    with pytest.raises(AlreadyHeard):
        excuse(probe, by=technician, at=NOON + 2 * HOUR, code=ExcuseCode.REFUSED)


def test_after_five_working_days_it_is_too_late_to_explain(crew, technician):
    probe = a_probe(unit=crew, asked=technician)
    with pytest.raises(WrongState):
        excuse(probe, by=technician, at=probe.missing_at + MINUTE, code=ExcuseCode.REFUSED)


@pytest.mark.parametrize("state", [state for state in PROBE_TRANSITIONS if not PROBE_TRANSITIONS[state]])
def test_what_is_settled_is_not_excused(crew, technician, state):
    probe = a_probe(unit=crew, asked=technician, state=state, excuse_code="refused")
    with pytest.raises(WrongState):
        excuse(probe, by=technician, at=NOON, code=ExcuseCode.REFUSED)


# ---- the order page ------------------------------------------------------------------------------------------------


def test_a_stage_lacks_its_feedback_from_the_deadline_on_and_not_before(world, crew, technician, monkeypatch):
    probe = a_probe(unit=crew, asked=technician)
    for moment, marks in (
        (probe.due_at - MINUTE, {}),
        (probe.due_at + MINUTE, {probe.stage_id: StageMark(missing=1)}),
    ):
        monkeypatch.setattr("django.utils.timezone.now", lambda at=moment: at)
        assert marks_of_stages(probe.stage.order, technician) == marks

    settle(probe.missing_at + MINUTE)
    assert marks_of_stages(probe.stage.order, technician) == {probe.stage_id: StageMark(missing=1)}
    assert marks_of_stages(probe.stage.order, a_person("admin", at=world.group)) == {}


def test_o8_completing_by_hand_names_the_person_who_did_it(world, crew, technician):
    order = an_order(company=world.company)
    kinds = stage_type("OT-RETAIL-INSTALL", "APPLY").order_type.stage_types.order_by("seq")
    signed = next(kind for kind in kinds if "FM-SIGN" in kind.probes and kind.department_code == "D-HOME")
    stage = run_to(order, signed.code)
    complete_stage(stage, by=technician, at=stage.started_at + HOUR, evidence=proofs_for(stage))

    assert Probe.objects.get(stage=stage, method__code="FM-SIGN").asked == technician


# ---- leaving -------------------------------------------------------------------------------------------------------


def test_who_leaves_hands_over_what_is_still_to_be_asked(crew, technician):
    successor = a_person("field", at=crew, name="孙建")
    waiting, heard = a_probe(unit=crew, asked=technician), a_probe(unit=crew, asked=technician)
    record_at(heard.stage)
    assert open_held_by(technician) == 1

    hand_over(technician, successor, None, NOON + HOUR)

    assert (open_held_by(technician), open_held_by(successor)) == (0, 1)
    assert set(Probe.objects.values_list("pk", "asked")) == {
        (waiting.pk, successor.pk),
        (heard.pk, technician.pk),
    }
    entry = Entry.objects.get(verb="probe.handed_over")
    assert (entry.subject_id, entry.data["assignee_name"]) == (waiting.order_id, "孙建")
