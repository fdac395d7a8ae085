"""Rollups equal the raw rows after any history, and cost the submission one INSERT per event."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxorders.kit.events import publish
from cxorders.organisation.models import Unit
from feedback.intake.events import RecordLocked
from feedback.intake.models import Record
from feedback.issues.events import IssueChanged
from feedback.issues.models import IssuePause, Round
from kpi.metrics.actions import mark_issue, mark_record, rebuild_rollups, refresh_rollups
from kpi.metrics.actions.rollups import _refresh_batch
from kpi.metrics.models import (
    CountedRound,
    DirtyBucket,
    DirtyIssue,
    IssueRollup,
    MonthRollup,
    RecordRollup,
    RollupTurn,
)
from kpi.metrics.periods import local_day
from kpi.metrics.queries import as_of
from kpi.metrics.queries.tallies import ISSUE_COLUMNS, RECORD_COLUMNS
from tests.factories.issues import an_issue, an_office, brought_to
from tests.factories.kpi import DECEMBER, HOUR, a_round, answer, day
from tests.factories.organisation import World, a_world, team_of

pytestmark = pytest.mark.django_db
GROUND = (a_world, an_office)


def from_records() -> Counter[tuple[Any, ...]]:
    """Counts of every record by hand: (day, unit, key point, what)."""
    found: Counter[tuple[Any, ...]] = Counter()
    for record in Record.objects.order_by("pk"):
        place = (local_day(record.occurred_at), record.unit_id, record.key_point_id)
        found[*place, "records"] += 1
        found[*place, "negatives"] += record.negative
        found[*place, "late"] += record.late
        if record.rating:
            found[*place, f"r{record.rating}"] += 1
    return +found


def from_rounds() -> Counter[tuple[Any, ...]]:
    """Counts of every round by hand: (day, unit, what)."""
    found: Counter[tuple[Any, ...]] = Counter()
    for one in Round.objects.order_by("pk"):
        if one.replied_at is None and one.issue.pauses.filter(ended_at=None, started_at__lt=one.due_at).exists():
            continue
        counts = not one.exempt_reason

        def by(at: datetime | None, limit: datetime) -> bool:
            return at is not None and at <= limit

        due, closure = (local_day(one.due_at), one.unit_id), (local_day(one.closure_due_at), one.unit_id)
        found[*due, "due"] += 1
        found[*due, "exempt"] += not counts
        found[*due, "on_time"] += counts and by(one.replied_at, one.due_at)
        found[*due, "rework"] += one.rework
        found[*due, "moved"] += counts and one.due_at > one.first_due_at
        found[*closure, "closure_due"] += 1
        found[*closure, "closure_exempt"] += not counts
        limit = one.closure_due_at
        parts = (one.cause_at, one.action_at, one.replied_at, one.confirmed_at)
        found[*closure, "closed_loop"] += counts and all(by(part, limit) for part in parts)
        found[*closure, "formally_closed"] += counts and by(one.closed_at, limit) and one.outcome != "reopened"
    return +found


def rolled(model: Any, columns: tuple[str, ...], *places: str) -> Counter[tuple[Any, ...]]:
    """The rows of a rollup in the same shape."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in model.objects.order_by("pk").values():
        for column in columns:
            found[*(row[place] for place in places), column] += row[column]
    return +found


def by_month(counts: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Day counts as month counts of units."""
    found: Counter[tuple[Any, ...]] = Counter()
    for (when, unit, *_rest, what), n in counts.items():
        found[when.replace(day=1), unit, what] += n
    return found


def the_rollups_are_right() -> None:
    records, rounds = from_records(), from_rounds()
    assert rolled(RecordRollup, RECORD_COLUMNS, "day", "unit_id", "key_point_id") == records
    assert rolled(IssueRollup, ISSUE_COLUMNS, "day", "unit_id") == rounds
    months = rolled(MonthRollup, (*RECORD_COLUMNS, *ISSUE_COLUMNS), "month", "unit_id")
    assert months == by_month(records) + by_month(rounds)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(0, 2), st.integers(0, 40), st.sampled_from([None, 1, 2, 3, 4, 5])),
        st.tuples(st.just("round"), st.integers(0, 2), st.integers(0, 40), st.booleans()),
        st.tuples(st.just("reply"), st.integers(0, 9), st.integers(0, 40), st.none()),
        st.tuples(st.just("confirm"), st.integers(0, 9), st.integers(0, 60), st.none()),
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 40), st.integers(0, 2)),
        st.tuples(st.just("pause"), st.integers(0, 9), st.integers(0, 40), st.booleans()),
        st.tuples(st.just("exempt"), st.integers(0, 9), st.none(), st.none()),
        st.tuples(st.just("refresh"), st.none(), st.none(), st.none()),
    ),
    max_size=14,
)


def do(step: tuple[Any, ...], units: list[Unit]) -> None:
    """One step of a history, with the mark its event would leave."""
    act, one, two, three = step
    at = day(1) + timedelta(days=two or 0, hours=9 * (one or 0))
    if act == "refresh":
        refresh_rollups(DECEMBER)
        return
    if act == "record":
        record = answer(units[one], three, at)
        mark_record(unit_id=record.unit_id, occurred_at=record.occurred_at, at=at)
        return
    if act == "round":
        made = a_round(units[one], due=at, rework=three)
    else:
        rounds = list(Round.objects.order_by("pk"))
        if not rounds:
            return
        made = rounds[one % len(rounds)]
        change(made, act, at, units, three)
    mark_issue(issue_id=made.issue_id, at=at)


def change(made: Round, act: str, at: datetime, units: list[Unit], choice: Any) -> None:
    """What a verb of issues would do to a round."""
    if act == "reply":
        made.replied_at = made.cause_at = made.action_at = at
    elif act == "confirm":
        made.confirmed_at = made.closed_at = at
    elif act == "move":
        made.due_at, made.closure_due_at, made.unit = at, at + timedelta(days=7), units[choice]
    elif act == "exempt":
        made.exempt_reason = "不可抗力"
    elif choice and not made.issue.pauses.filter(ended_at=None).exists():
        IssuePause.objects.create(
            issue=made.issue, reason="customer", started_at=made.due_at - HOUR, auto_end_at=at + timedelta(days=99)
        )
    else:
        made.issue.pauses.filter(ended_at=None).update(ended_at=at)
    made.save()


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rollups_equal_the_raw_rows_after_any_history(steps: list[tuple[Any, ...]], world: World) -> None:
    with transaction.atomic():
        units = [world.team, team_of(world.other, "D-HALL"), world.group]
        for step in steps:
            do(step, units)
        refresh_rollups(DECEMBER)
        the_rollups_are_right()
        assert not DirtyBucket.objects.exists()
        assert not DirtyIssue.objects.exists()

        MonthRollup.objects.all().delete()
        RecordRollup.objects.update(records=99)
        IssueRollup.objects.all().delete()
        CountedRound.objects.all().delete()
        rebuild_rollups(at=DECEMBER)
        the_rollups_are_right()
        assert CountedRound.objects.count() == Round.objects.count()
        transaction.set_rollback(True)


def test_the_whole_circle_through_the_real_verbs(world: World) -> None:
    office = an_office()
    issue = an_issue(office)
    refresh_rollups(DECEMBER)
    the_rollups_are_right()

    brought_to("reopened", issue, office)
    refresh_rollups(DECEMBER)

    the_rollups_are_right()
    assert IssueRollup.objects.aggregate(n=Sum("rework"))["n"] == 1


def test_an_event_costs_the_submission_one_insert(world: World) -> None:
    locked = RecordLocked(
        record_id=1, company_id=world.company.pk, unit_id=world.team.pk, key_point_id=1, occurred_at=day(5),
        negative=False, at=day(5), by_id=None,
    )  # fmt: skip
    moved = IssueChanged(issue_id=1, company_id=world.company.pk, opened_at=day(5), at=day(5))

    with CaptureQueriesContext(connection) as queries:
        publish(locked)
        publish(moved)

    assert [query["sql"].split()[0] for query in queries] == ["INSERT", "INSERT"]


def test_a_change_of_unit_or_limit_empties_the_place_it_left(world: World) -> None:
    one = a_round(world.team, due=day(8))
    mark_issue(issue_id=one.issue_id, at=day(5))
    refresh_rollups(DECEMBER)
    one.unit, one.due_at = team_of(world.other, "D-HALL"), day(20)
    one.save()
    mark_issue(issue_id=one.issue_id, at=day(9))

    refresh_rollups(DECEMBER)

    assert [(row.day, row.unit_id) for row in IssueRollup.objects.filter(due__gt=0).order_by("pk")] == [
        (date(2026, 10, 20), one.unit_id)
    ]
    the_rollups_are_right()


def test_nothing_marked_is_nothing_done(world: World) -> None:
    assert refresh_rollups(DECEMBER) == 0
    assert rebuild_rollups(at=DECEMBER) == 0


def test_only_what_was_taken_is_removed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mark_record(unit_id=world.team.pk, occurred_at=day(5), at=day(5))
    late = []

    def meanwhile(place: date, units: Any) -> None:
        late.append(DirtyBucket.objects.create(day=place, unit_id=world.team.pk, at=day(6)))
        monkeypatch.undo()

    monkeypatch.setattr("kpi.metrics.actions.rollups._count_records", meanwhile)
    monkeypatch.setattr("kpi.metrics.actions.rollups.BATCH", 1)
    assert _refresh_batch(DECEMBER) == 1
    assert list(DirtyBucket.objects.order_by("pk")) == late


def test_pages_know_until_when_the_rollups_are_complete(world: World) -> None:
    assert as_of(DECEMBER) == DECEMBER

    mark_issue(issue_id=1, at=day(9))
    mark_record(unit_id=world.team.pk, occurred_at=day(3), at=day(7))
    assert as_of(DECEMBER) == day(7)

    refresh_rollups(DECEMBER)
    assert as_of(DECEMBER) == DECEMBER
    assert RollupTurn.objects.get().counted_at == DECEMBER
