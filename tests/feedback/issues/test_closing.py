"""Verification, closing and opening again (I18–I21, X4, X8)."""

import pytest

from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from feedback.issues import actions
from feedback.issues.actions.closing import ClosureIncomplete, ClosureNotConfirmed, SameHands, TooLateToReopen
from feedback.issues.actions.placing import ReasonMissing
from feedback.issues.models import Issue
from tests.factories.issues import ANSWER, DAY, HOUR, MONDAY, an_issue, an_office, brought_to, in_state

pytestmark = pytest.mark.django_db
GROUND = (an_office,)
LATER = MONDAY + 4 * DAY


def test_the_call_back_closes_with_the_customers_rating() -> None:
    office = an_office()
    issue = brought_to("verifying", an_issue(office), office)

    actions.close(issue, by=office.caller, at=LATER, how="confirmed", rating=3)

    round_ = issue.rounds.get()
    assert (issue.state, issue.closed_how, issue.closing_rating, issue.closed_at) == ("closed", "confirmed", 3, LATER)
    assert (round_.outcome, round_.confirmed_at, round_.closed_at) == ("confirmed", LATER, LATER)


def test_an_exception_needs_rank_and_reason_and_never_counts_as_confirmed() -> None:
    office = an_office()
    issue = brought_to("verifying", an_issue(office), office)

    with pytest.raises(NotAllowed):
        actions.close(issue, by=office.manager, at=LATER, how="exception", reason="客户已搬走")
    with pytest.raises(ReasonMissing):
        actions.close(issue, by=office.gatekeeper, at=LATER, how="exception")
    actions.close(issue, by=office.gatekeeper, at=LATER, how="exception", reason="客户已搬走")

    assert (issue.state, issue.rounds.get().confirmed_at, issue.rounds.get().outcome) == ("closed", None, "exception")


@pytest.mark.parametrize("how", ["confirmed", "unreachable", "exception"])
def test_nobody_closes_the_own_work(how: str) -> None:
    office = an_office()
    issue = brought_to("verifying", an_issue(office), office)

    with pytest.raises(SameHands):
        actions.close(issue, by=office.handler, at=LATER, how=how, reason="已办好")


def test_closing_without_a_cause_is_refused() -> None:
    office = an_office()
    issue = brought_to("verifying", an_issue(office), office)
    Issue.objects.filter(pk=issue.pk).update(cause="")
    issue.refresh_from_db()

    with pytest.raises(ClosureIncomplete):
        actions.close(issue, by=office.caller, at=LATER, how="confirmed", rating=5)


def test_a_rating_below_three_does_not_close() -> None:
    office = an_office()
    issue = brought_to("verifying", an_issue(office), office)

    with pytest.raises(ClosureNotConfirmed):
        actions.close(issue, by=office.caller, at=LATER, how="confirmed", rating=2)


def test_each_reopening_climbs_one_level_and_starts_a_round_of_rework() -> None:
    office = an_office()
    issue = brought_to("verifying", an_issue(office), office)
    climbed = []
    for day, worker in ((4, office.handler), (6, office.gatekeeper), (8, office.hq)):
        at = MONDAY + day * DAY
        actions.reopen(issue, by=office.caller, at=at, reason="回访：没有解决")
        climbed.append((issue.level, issue.unit.kind, issue.owner, issue.reply_text))
        actions.accept(issue, by=worker, at=at + HOUR)
        assert issue.state == "in_progress"
        actions.reply(issue, by=worker, at=at + 2 * HOUR, **ANSWER)

    assert climbed == [
        ("department", "department", office.handler, ""),
        ("gate", "company", office.gatekeeper, ""),
        ("hq_cs", "group", office.hq, ""),
    ]
    assert [(row.number, row.rework, row.outcome) for row in issue.rounds.all()] == [
        (1, False, "reopened"),
        (2, True, "reopened"),
        (3, True, "reopened"),
        (4, True, ""),
    ]
    assert issue.reopened_count == 3


def test_the_same_matter_within_thirty_days_opens_the_closed_issue_again() -> None:
    office = an_office()
    issue = brought_to("closed", an_issue(office), office)

    actions.reopen(issue, by=office.technician, at=issue.closed_at + 30 * DAY, reason="客户说又没来")

    assert (issue.state, issue.closed_at, issue.closed_how) == ("reopened", None, "")


@pytest.mark.parametrize(
    ("days", "who", "reason", "error"),
    [
        (31, "technician", "又来了", TooLateToReopen),
        (1, "caller", "又来了", NotAllowed),
        (1, "technician", "", ReasonMissing),
    ],
)
def test_reopening_a_closed_issue_has_its_conditions(
    days: int, who: str, reason: str, error: type[BusinessError]
) -> None:
    office = an_office()
    issue = brought_to("closed", an_issue(office), office)

    with pytest.raises(error):
        actions.reopen(issue, by=getattr(office, who), at=issue.closed_at + days * DAY, reason=reason)


def test_a_safety_limit_is_halved_on_its_own_clock() -> None:
    office = an_office()
    leak = an_issue(office, verbatim="漏气了，快来")
    in_state("verifying", leak)

    actions.reopen(leak, by=office.caller, at=MONDAY + DAY, reason="回访：没有解决")

    assert leak.due_at == MONDAY + DAY + 12 * HOUR


def test_a_closed_issue_changes_only_by_reopening() -> None:
    office = an_office()
    issue = brought_to("closed", an_issue(office), office)

    with pytest.raises(WrongState):
        actions.reply(issue, by=office.manager, at=LATER, **ANSWER)
    with pytest.raises(WrongState):
        actions.close(issue, by=office.caller, at=LATER, how="confirmed", rating=5)
    with pytest.raises(WrongState):
        actions.contact_customer(issue, by=office.manager, at=LATER, text="问候")
