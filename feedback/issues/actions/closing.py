"""The end of an issue: verification, closing, opening again (I18–I21)."""

from datetime import datetime

from django.db import transaction

from cxorders.journal import actions as journal
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.events import publish
from cxorders.kit.states import may_move, move
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import calendar_for, people_with
from feedback.issues import clocks, policy, queries
from feedback.issues.actions.placing import ReasonMissing, changed
from feedback.issues.enums import ISSUE_TRANSITIONS, ClosedHow, IssueState, Level
from feedback.issues.events import IssueClosed
from feedback.issues.models import Issue, Round

CONFIRMED_BY_RULE = (ClosedHow.CONFIRMED, ClosedHow.UNREACHABLE)
"""the two ways that fulfil part 4 of M15; an exception closes in form only"""
LOWEST_CLOSING_RATING = 3


class ClosureIncomplete(BusinessError):
    """I19: a matter whose cause, action or reply is not recorded is not closed."""

    code = "issue_closure_incomplete"
    zh = "还没有记录原因、措施和答复，不能关闭。"
    en = "Cause, action and reply are not all recorded yet, so the issue cannot be closed."


class ClosureNotConfirmed(BusinessError):
    """I19: below 3 the customer is not satisfied; the matter goes on."""

    code = "issue_closure_not_confirmed"
    zh = "客户评分低于 3 分，不能关闭，应当重开。"
    en = "The customer's rating is below 3: the issue is reopened, not closed."


class SameHands(BusinessError):
    """X4: nobody verifies the own work."""

    code = "issue_same_hands"
    zh = "处理人不能核实自己的工作。"
    en = "The person who handled an issue cannot verify it."
    status = 403


class TooLateToReopen(BusinessError):
    """I21: the same matter within 30 days; later it is a new one."""

    code = "issue_too_late_to_reopen"
    zh = "关闭已超过 30 天，请登记为新问题。"
    en = "It was closed more than 30 days ago; please register a new issue."


@transaction.atomic
def start_verifying(issue: Issue, *, by: User | None, at: datetime) -> Issue:
    """Hand the answered issue to the call-back (I18): replied → verifying; the system does it, `by` is None.

    Journal row, IssueChanged.
    """
    move(issue, IssueState.VERIFYING, table=ISSUE_TRANSITIONS, level=Level.CALLBACK)
    journal.record(issue, "issue.verifying", by=by, at=at)
    changed(issue, at)
    return issue


@transaction.atomic
def close(
    issue: Issue, *, by: User | None, at: datetime, how: str, rating: int | None = None, reason: str = ""
) -> Issue:
    """Close a verified issue (I19): verifying → closed.

    `how` confirmed: the customer says solved, `rating` (1–5, None when not given) is 3 or more; unreachable: the full
    call-back rule was followed; exception: somebody who decides for the company closes with a `reason`, which never
    counts as confirmed (M15). Ends the round, journal row, IssueClosed, IssueChanged.
    SameHands, ClosureIncomplete, ClosureNotConfirmed, NotAllowed, ReasonMissing, WrongState.
    """
    if by is not None and (by.pk == issue.owner_id or issue.rounds.filter(owner=by).exists()):
        raise SameHands()
    if how == ClosedHow.EXCEPTION:
        if by is None or not policy.may_close_by_exception(by, issue):
            raise NotAllowed()
        if not reason.strip():
            raise ReasonMissing(field="reason")
    if not may_move(ISSUE_TRANSITIONS, issue.state, IssueState.CLOSED):
        raise WrongState()
    if not (issue.cause and issue.action_taken and issue.reply_text):
        raise ClosureIncomplete()
    if how == ClosedHow.CONFIRMED and rating is not None and rating < LOWEST_CLOSING_RATING:
        raise ClosureNotConfirmed()
    move(
        issue,
        IssueState.CLOSED,
        table=ISSUE_TRANSITIONS,
        closed_at=at,
        closed_how=ClosedHow(how),
        closing_rating=rating,
    )
    confirmed = at if how in CONFIRMED_BY_RULE else None
    issue.rounds.filter(closed_at=None).update(closed_at=at, confirmed_at=confirmed, outcome=how)
    journal.record(issue, "issue.closed", by=by, at=at, how=how, rating=rating, reason=reason.strip())
    publish(IssueClosed(issue_id=issue.pk, order_id=issue.order_id, at=at, by_id=getattr(by, "pk", None)))
    changed(issue, at)
    return issue


@transaction.atomic
def reopen(issue: Issue, *, by: User | None, at: datetime, reason: str) -> Issue:
    """Open an issue again: the call-back says unsolved or rating ≤ 2 (I20), or the same matter within 30 days (I21).

    verifying or closed → reopened. The first time it goes back to the same department and person, the second to the
    gatekeeper of the company, the third to the group's customer service. A new round starts as rework with half of the
    original limit (one working day at least), the overdue mark and the answer of the last round are cleared (the
    journal keeps the words). Journal row, IssueChanged.
    NotAllowed (I21 without the right), TooLateToReopen, ReasonMissing, WrongState.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    last = queries.current_round(issue)
    if last is None or issue.severity is None or not may_move(ISSUE_TRANSITIONS, issue.state, IssueState.REOPENED):
        raise WrongState()
    if issue.state == IssueState.CLOSED:
        if by is not None and not policy.may_reopen(by, issue):
            raise NotAllowed()
        if issue.closed_at is not None and at - issue.closed_at > clocks.REOPEN_WITHIN:
            raise TooLateToReopen()
    count = issue.reopened_count + 1
    unit, level, owner = _destination(issue, last, count, at)
    calendar = calendar_for(unit)
    due = queries.resolve_limit(issue.severity).halved().due(at, calendar)
    move(
        issue,
        IssueState.REOPENED,
        table=ISSUE_TRANSITIONS,
        unit=unit,
        level=level,
        owner=owner,
        reopened_count=count,
        due_at=due,
        overdue_at=None,
        replied_at=None,
        closed_at=None,
        closed_how="",
        closing_rating=None,
        cause="",
        action_taken="",
        reply_text="",
    )
    issue.rounds.filter(closed_at=None).update(closed_at=at, outcome="reopened")
    window = queries.call_window(queries.verification_rule(issue))
    Round.objects.create(
        issue=issue,
        number=last.number + 1,
        rework=True,
        company_id=issue.company_id,
        unit=unit,
        owner=owner,
        started_at=at,
        due_at=due,
        first_due_at=due,
        closure_due_at=window.bounds(due, calendar)[1],
    )
    journal.record(issue, "issue.reopened", by=by, at=at, reason=reason.strip(), count=count, unit_name=unit.zh)
    changed(issue, at)
    return issue


def _destination(issue: Issue, last: Round, count: int, at: datetime) -> tuple[Unit, Level, User | None]:
    """Unit, level and accountable person of the next round (I20); a level nobody holds passes to the one below it."""
    if count >= 3:
        root = Unit.objects.above(issue.company).order_by("path")[0]
        people = people_with("hq_cs", root, at=at)
        if people:
            return root, Level.HQ_CS, people[0]
    if count >= 2:
        people = people_with("gatekeeper", issue.company, at=at)
        if people:
            return issue.company, Level.GATE, people[0]
    return last.unit, Level.DEPARTMENT, last.owner or issue.owner
