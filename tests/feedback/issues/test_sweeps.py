"""Sweeps: late, twice, after days of standstill (DESIGN §5.6)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxorders.journal.models import Entry
from cxorders.organisation import holdings
from feedback.issues import actions
from feedback.issues.actions.sweeping import hand_over, open_held_by
from feedback.issues.models import Issue
from tests.factories.issues import DAY, HOUR, MONDAY, an_issue, an_office, brought_to
from tests.factories.organisation import a_person

pytestmark = pytest.mark.django_db
GROUND = (an_office,)


def test_what_is_late_is_marked_once_with_the_time_it_was_due() -> None:
    office = an_office()
    late, answered = an_issue(office), brought_to("verifying", an_issue(office), office)
    running = an_issue(office, at=MONDAY + 7 * DAY)
    after_three_days = late.due_at + 3 * DAY

    marked = [actions.mark_overdue(at) for at in (late.due_at, after_three_days, after_three_days + HOUR)]

    assert marked == [0, 1, 0]
    assert dict(Issue.objects.values_list("pk", "overdue_at")) == {
        late.pk: late.due_at,
        answered.pk: None,
        running.pk: None,
    }
    row = Entry.objects.get(verb="issue.overdue")
    assert (row.subject_id, row.at, row.unit_id) == (late.pk, late.due_at, office.home.pk)


def test_a_paused_issue_is_not_late_and_a_resumed_one_may_be() -> None:
    office = an_office()
    issue = brought_to("in_progress", an_issue(office), office)
    due = issue.due_at
    actions.pause(
        issue, by=office.manager, at=due - timedelta(minutes=30), reason="permit", note="等许可", until=due + DAY
    )

    assert actions.mark_overdue(due + timedelta(hours=12)) == 0
    actions.end_pauses(due + 30 * DAY)
    assert actions.mark_overdue(due + 30 * DAY) == 1


def test_a_new_round_starts_without_the_mark() -> None:
    office = an_office()
    issue = an_issue(office)
    actions.mark_overdue(issue.due_at + DAY)
    issue.refresh_from_db()
    brought_to("verifying", issue, office)
    assert issue.overdue_at is not None

    actions.reopen(issue, by=office.caller, at=issue.due_at + 2 * DAY, reason="没有解决")

    assert issue.overdue_at is None


def test_marking_many_costs_as_many_writes_as_marking_one() -> None:
    office = an_office()
    counts = []
    for number in (1, 3):
        issues = [an_issue(office, at=MONDAY + number * HOUR) for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert actions.mark_overdue(issues[0].due_at + DAY) == number
        counts.append(sum("UPDATE" in query["sql"] for query in captured))

    assert counts[0] == counts[1]


def test_who_leaves_hands_over_the_open_issues() -> None:
    office = an_office()
    issue = brought_to("accepted", an_issue(office), office)
    successor = a_person("handler", at=office.home)
    assert open_held_by(office.handler) == 1

    hand_over(office.handler, successor, office.leader, MONDAY + DAY)

    issue.refresh_from_db()
    assert (issue.owner, issue.rounds.get().owner, open_held_by(office.handler)) == (successor, successor, 0)


def test_issues_and_call_backs_are_known_as_holdings() -> None:
    assert {"issues", "callbacks"} <= {holding.code for holding in holdings.registered()}
