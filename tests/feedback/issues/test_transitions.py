"""Every from/to pair of the issue table, and every verb from every state it does not start in."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from cxorders.kit.errors import BusinessError, Stale, WrongState
from cxorders.kit.states import may_move, move
from feedback.issues import actions
from feedback.issues.enums import ISSUE_TRANSITIONS, OPEN_STATES, RUNNING_STATES, IssueState
from feedback.issues.models import Issue
from tests.factories.catalogue import category
from tests.factories.issues import ANSWER, HOUR, MONDAY, Office, an_issue, an_office, in_state

GROUND = (an_office,)

STATES = [str(state) for state in IssueState]

STEPS = {
    ("new", "triaged"),
    ("triaged", "merged"),
    ("triaged", "rejected"),
    ("triaged", "dispatched"),
    ("dispatched", "accepted"),
    ("dispatched", "returned"),
    ("returned", "dispatched"),
    ("accepted", "in_progress"),
    ("in_progress", "pending_customer"),
    ("pending_customer", "in_progress"),
    ("in_progress", "gate_review"),
    ("gate_review", "in_progress"),
    ("gate_review", "hq_queue"),
    ("hq_queue", "hq_dispatched"),
    ("hq_queue", "in_progress"),
    ("hq_dispatched", "in_progress"),
    ("in_progress", "replied"),
    ("replied", "verifying"),
    ("verifying", "closed"),
    ("verifying", "reopened"),
    ("closed", "reopened"),
    ("reopened", "in_progress"),
}
"""I1–I24 of the rules, written out once more"""


def test_the_table_knows_exactly_the_steps_of_the_rules() -> None:
    known = {(a, b) for a, b in product(STATES, STATES) if may_move(ISSUE_TRANSITIONS, a, b)}

    assert known == STEPS


def test_every_state_is_in_the_table_and_closed_ones_are_not_open() -> None:
    assert set(ISSUE_TRANSITIONS) == set(STATES)
    assert set(STATES) - set(OPEN_STATES) == {"closed", "merged", "rejected"}
    assert set(OPEN_STATES) - set(RUNNING_STATES) == {"pending_customer", "replied", "verifying"}


@pytest.mark.django_db
def test_the_gate_moves_along_the_table_and_nowhere_else() -> None:
    office = an_office()
    issue = an_issue(office)
    for source, target in product(STATES, STATES):
        in_state(source, issue)
        extra: dict[str, Any] = {"closed_at": MONDAY} if target == "closed" else {}
        if (source, target) in STEPS:
            assert move(issue, target, table=ISSUE_TRANSITIONS, **extra).state == target
            continue
        with pytest.raises(WrongState):
            move(issue, target, table=ISSUE_TRANSITIONS, **extra)
        issue.refresh_from_db()
        assert issue.state == source


@pytest.mark.django_db
def test_the_gate_tells_who_came_too_late() -> None:
    issue = an_issue(an_office())
    late = Issue.objects.get(pk=issue.pk)
    move(issue, IssueState.ACCEPTED, table=ISSUE_TRANSITIONS)

    with pytest.raises(Stale):
        move(late, IssueState.ACCEPTED, table=ISSUE_TRANSITIONS)


def verbs(office: Office) -> dict[str, tuple[set[str], Callable[[Issue], object]]]:
    """Verb → the states it starts in, and a call that is right in every other respect."""
    at = MONDAY + HOUR
    return {
        "triage": ({"new"}, lambda i: actions.triage(i, by=None, at=at, category=category("IC-HOME-APPT"))),
        "dispatch": (
            {"triaged", "returned"},
            lambda i: actions.dispatch(i, by=None, at=at, unit=office.home, rule="x"),
        ),
        "accept": ({"dispatched", "reopened"}, lambda i: actions.accept(i, by=office.manager, at=at)),
        "contact": (
            {"accepted", "in_progress", "pending_customer"},
            lambda i: actions.contact_customer(i, by=office.manager, at=at, text="问候"),
        ),
        "pause": ({"in_progress"}, lambda i: actions.pause(i, by=office.manager, at=at, reason="permit", note="等")),
        "resume": ({"pending_customer"}, lambda i: actions.resume(i, by=office.manager, at=at)),
        "reply": ({"in_progress"}, lambda i: actions.reply(i, by=office.manager, at=at, **ANSWER)),
        "verify": ({"replied"}, lambda i: actions.start_verifying(i, by=None, at=at)),
        "close": ({"verifying"}, lambda i: actions.close(i, by=office.caller, at=at, how="confirmed", rating=5)),
        "reopen": ({"verifying", "closed"}, lambda i: actions.reopen(i, by=office.manager, at=at, reason="没有解决")),
    }


@pytest.mark.django_db
def test_no_verb_starts_from_a_wrong_state() -> None:
    office = an_office()
    issue = an_issue(office)
    for name, (starts, call) in verbs(office).items():
        for state in STATES:
            if state in starts:
                continue
            in_state(state, issue)
            with pytest.raises(BusinessError) as refusal:
                call(issue)
            issue.refresh_from_db()
            assert (name, state, refusal.type, issue.state) == (name, state, WrongState, state)
