"""The whole circle: a bad record, its issue, the answer, the call-back, the end; and every other way it can end."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback.callbacks.actions import claim, open_due, record_not_reached
from feedback.callbacks.enums import AttemptResult, CallbackState
from feedback.issues import actions
from feedback.issues.enums import IssueState
from tests.factories.issues import ANSWER, DAY, HOUR, MONDAY, a_callback, an_issue, an_office, called, in_window

pytestmark = pytest.mark.django_db
GROUND = (an_office,)


def test_a_bad_record_becomes_a_verified_and_closed_issue() -> None:
    office = an_office()

    issue = an_issue(office, at=MONDAY)
    assert (issue.state, issue.unit, issue.owner, issue.routing_rule) == (
        IssueState.DISPATCHED,
        office.home,
        office.technician,
        "RT-05",
    )

    actions.accept(issue, by=office.handler, at=MONDAY + HOUR)
    actions.contact_customer(issue, by=office.handler, at=MONDAY + 2 * HOUR, text="已致歉，约明早上门")
    actions.reply(issue, by=office.handler, at=MONDAY + DAY, **ANSWER)
    assert (issue.state, issue.owner) == (IssueState.VERIFYING, office.handler)

    callback = issue.callbacks.get()
    assert (callback.state, callback.rule_code, callback.unit) == (CallbackState.PLANNED, "CB-02", office.home)
    assert open_due(callback.window_start) == 1
    callback.refresh_from_db()
    called(callback, office, rating=4)

    issue.refresh_from_db()
    done = in_window(callback) + timedelta(minutes=5)
    assert (issue.state, issue.closed_how, issue.closing_rating, issue.closed_at) == ("closed", "confirmed", 4, done)
    round_ = issue.rounds.get()
    assert (round_.replied_at, round_.confirmed_at, round_.outcome) == (MONDAY + DAY, done, "confirmed")
    assert round_.replied_at <= round_.due_at
    assert round_.confirmed_at <= round_.closure_due_at
    assert (callback.record.source, callback.record.rating, callback.record.unit) == ("callback", 4, office.home)


def test_an_unsolved_matter_goes_back_with_half_the_time() -> None:
    office = an_office()
    callback = a_callback(office)

    called(callback, office, solved=False, rating=2, verbatim="还是没人来")

    issue = callback.issue
    issue.refresh_from_db()
    first, second = issue.rounds.all()
    reopened_at = in_window(callback) + timedelta(minutes=5)  # Thursday 17 September, 10:05
    assert (issue.state, issue.unit, issue.owner, issue.reopened_count) == (
        IssueState.REOPENED,
        office.home,
        office.handler,
        1,
    )
    assert (first.outcome, first.confirmed_at, first.closed_at) == ("reopened", None, reopened_at)
    assert (second.rework, second.started_at, second.first_due_at) == (True, reopened_at, issue.due_at)
    # half of five working days: Friday, the make-up Sunday, then 3.75 hours of Monday
    assert issue.due_at == datetime(2026, 9, 21, 5, 45, tzinfo=UTC)


def test_a_customer_nobody_reaches_closes_the_issue_by_the_full_rule() -> None:
    office = an_office()
    callback = a_callback(office)
    tries = [in_window(callback, hour=10), in_window(callback, hour=15), in_window(callback, hour=19, days=1)]

    for number, at in enumerate(tries, start=1):
        claim(callback, by=office.caller, at=at)
        record_not_reached(
            callback, by=office.caller, at=at, result=AttemptResult.NO_ANSWER, message_left=number == len(tries)
        )

    callback.issue.refresh_from_db()
    assert (callback.state, [attempt.slot for attempt in callback.attempts.all()]) == (
        "unreachable",
        ["AM", "PM", "EVE"],
    )
    assert (callback.issue.state, callback.issue.closed_how) == ("closed", "unreachable")
    assert callback.issue.rounds.get().confirmed_at == tries[-1]


def test_satisfied_with_nothing_but_the_words_reopens_at_a_low_rating() -> None:
    office = an_office()
    callback = a_callback(office)

    called(callback, office, solved=True, rating=2)

    callback.issue.refresh_from_db()
    assert callback.issue.state == IssueState.REOPENED
