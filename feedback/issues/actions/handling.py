"""Working on an issue: accept, contact the customer, pause, answer (I6, I9, I10, I17, I22)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cxorders.journal import actions as journal
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.events import publish
from cxorders.kit.states import move
from cxorders.organisation.models import User
from cxorders.organisation.queries import calendar_for
from feedback.issues import clocks, policy, queries
from feedback.issues.actions.placing import ReasonMissing, changed
from feedback.issues.enums import ISSUE_TRANSITIONS, CauseCode, IssueState
from feedback.issues.events import IssueReplied
from feedback.issues.models import Issue, IssuePause
from touchpoints.orders.enums import PauseReason

PAUSES_AT_MOST = 2


class NotOfTheUnit(BusinessError):
    """I6: only a named person of the unit that holds the issue takes it over."""

    code = "issue_not_of_the_unit"
    zh = "{name} 不是 {unit} 的处理人。"
    en = "{name} is not a handler of {unit}."


class ReplyIncomplete(BusinessError):
    """I17: an answer without cause, action and reply is no answer."""

    code = "issue_reply_incomplete"
    zh = "答复要写全：原因、已采取的措施、给客户的答复，缺一不可。"
    en = "An answer needs all three: the cause, the action taken and the reply to the customer."


class TextMissing(BusinessError):
    """A contact with the customer is logged in words."""

    code = "issue_text_missing"
    zh = "请记下与客户说了什么。"
    en = "Please write down what was said."


class PauseSafety(BusinessError):
    """Metrics 0.5: SEV1 never pauses."""

    code = "issue_pause_safety"
    zh = "特急（安全）问题不能挂起。"
    en = "A safety issue is never paused."


class PauseTooOften(BusinessError):
    """Metrics 0.5: at most two pauses per item."""

    code = "issue_pause_too_often"
    zh = "每件问题最多挂起 2 次，已经用完。"
    en = "An issue may be paused twice at most, and has been."


class PauseTooLate(BusinessError):
    """Metrics 0.5: nothing pauses after its due time."""

    code = "issue_pause_too_late"
    zh = "已过办结时限，不能再挂起。"
    en = "The due time has passed; it cannot be paused any more."


class PauseNeedsApproval(BusinessError):
    """Metrics 0.5: more than one working day needs the department manager."""

    code = "issue_pause_needs_approval"
    zh = "挂起超过 1 个工作日要由部门负责人批准。"
    en = "A pause of more than one working day needs the department manager."


class PauseWithoutEnd(BusinessError):
    """A pause ends after it starts."""

    code = "issue_pause_without_end"
    zh = "恢复时间要晚于现在。"
    en = "The clock must start again later than now."


@transaction.atomic
def accept(issue: Issue, *, by: User, at: datetime, handler: User | None = None) -> Issue:
    """Take the issue over by name (I6), or take it up again after it was reopened (I22).

    dispatched → accepted, reopened → in_progress. First-asked responsibility moves to `handler` (default: `by`);
    journal row with the previous owner, IssueChanged. A manager may name one of the unit's people.
    NotAllowed, NotOfTheUnit, WrongState, Stale.
    """
    person = handler or by
    allowed = policy.may_accept(by, issue) if person.pk == by.pk else policy.may_manage(by, issue)
    if not allowed:
        raise NotAllowed()
    if not queries.can_hold(person, issue.unit, at=at):
        raise NotOfTheUnit(field="handler", name=person.name, unit=issue.unit.name)
    target = IssueState.IN_PROGRESS if issue.state == IssueState.REOPENED else IssueState.ACCEPTED
    before = issue.owner
    move(issue, target, table=ISSUE_TRANSITIONS, owner=person, acknowledged_at=issue.acknowledged_at or at)
    issue.rounds.filter(closed_at=None).update(owner=person)
    journal.record(issue, "issue.accepted", by=by, at=at, owner=person.name, before=before.name if before else "")
    changed(issue, at)
    return issue


@transaction.atomic
def contact_customer(issue: Issue, *, by: User, at: datetime, text: str) -> Issue:
    """Log a contact with the customer (I9). The first one moves accepted → in_progress; later ones only add a row.

    Journal row with the words, IssueChanged when the state moved. NotAllowed, TextMissing, WrongState.
    """
    _require_worker(by, issue)
    if not text.strip():
        raise TextMissing(field="text")
    if issue.state == IssueState.ACCEPTED:
        move(issue, IssueState.IN_PROGRESS, table=ISSUE_TRANSITIONS, contacted_at=issue.contacted_at or at)
        changed(issue, at)
    elif issue.state not in (IssueState.IN_PROGRESS, IssueState.PENDING_CUSTOMER):
        raise WrongState()
    elif issue.contacted_at is None:
        Issue.objects.filter(pk=issue.pk, contacted_at=None).update(contacted_at=at)
        issue.contacted_at = at
    journal.record(issue, "issue.contacted", by=by, at=at, text=text.strip())
    return issue


@transaction.atomic
def pause(
    issue: Issue,
    *,
    by: User,
    at: datetime,
    reason: str,
    note: str,
    until: datetime | None = None,
    approved_by: User | None = None,
) -> IssuePause:
    """Stop the clock while the matter is out of our hands (I10, metrics 0.5): in_progress → pending_customer.

    `until` is when it starts again by itself (default and at most 15 days); beyond one working day a manager of the
    unit must act or approve. Pause row, journal row, IssueChanged.
    NotAllowed, PauseSafety, PauseTooOften, PauseTooLate, PauseNeedsApproval, PauseWithoutEnd, ReasonMissing,
    WrongState, Stale.
    """
    _require_worker(by, issue)
    if reason not in PauseReason.values or not note.strip():
        raise ReasonMissing(field="note")
    if issue.severity is not None and not issue.severity.pausable:
        raise PauseSafety()
    if issue.due_at is not None and at >= issue.due_at:
        raise PauseTooLate()
    if issue.pauses.count() >= PAUSES_AT_MOST:
        raise PauseTooOften()
    latest = at + clocks.PAUSE_ENDS_AFTER
    end = min(until or latest, latest)
    if end <= at:
        raise PauseWithoutEnd(field="until")
    approver = next((p for p in (approved_by, by) if p is not None and policy.may_manage(p, issue)), None)
    if approver is None and end > calendar_for(issue.unit).add_working_days(at, 1):
        raise PauseNeedsApproval(field="until")
    move(issue, IssueState.PENDING_CUSTOMER, table=ISSUE_TRANSITIONS)
    row = IssuePause.objects.create(
        issue=issue,
        reason=reason,
        note=note.strip()[:300],
        started_at=at,
        auto_end_at=end,
        by=by,
        approved_by=approver,
    )
    journal.record(issue, "issue.paused", by=by, at=at, reason=reason, note=row.note, until=end.isoformat())
    changed(issue, at)
    return row


@transaction.atomic
def resume(issue: Issue, *, by: User | None, at: datetime) -> Issue:
    """Start the clock again (I10): pending_customer → in_progress; `by` is None when the sweep ends the pause.

    The due time moves by what the pause took from the same clock, and the closure limit with it. Journal row,
    IssueChanged. NotAllowed, WrongState.
    """
    if by is not None:
        _require_worker(by, issue)
    row = issue.pauses.filter(ended_at=None).first()
    if row is None or issue.due_at is None or issue.severity is None:
        raise WrongState()
    calendar = calendar_for(issue.unit)
    due = clocks.moved(issue.due_at, (row.started_at, at), issue.severity.resolve_unit, calendar)
    move(issue, IssueState.IN_PROGRESS, table=ISSUE_TRANSITIONS, due_at=due)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    window = queries.call_window(queries.verification_rule(issue))
    issue.rounds.filter(replied_at=None).update(due_at=due, closure_due_at=window.bounds(due, calendar)[1])
    journal.record(issue, "issue.resumed", by=by, at=at, due_at=due.isoformat())
    changed(issue, at)
    return issue


@transaction.atomic
def reply(issue: Issue, *, by: User, at: datetime, cause: str, action_taken: str, reply_text: str) -> Issue:
    """Answer the customer and the author (I17): in_progress → replied.

    All three parts are needed. Fills cause, action and reply times of the round (M15 parts 1–3, M11), journal row
    with the words for customer and author, IssueReplied (a call-back is planned and verification starts in the same
    transaction), IssueChanged. NotAllowed, ReplyIncomplete, WrongState, Stale.
    """
    _require_worker(by, issue)
    given: dict[str, Any] = {"cause": cause, "action_taken": action_taken.strip(), "reply_text": reply_text.strip()}
    if cause not in CauseCode.values:
        raise ReplyIncomplete(field="cause")
    for name in ("action_taken", "reply_text"):
        if not given[name]:
            raise ReplyIncomplete(field=name)
    move(issue, IssueState.REPLIED, table=ISSUE_TRANSITIONS, replied_at=at, **given)
    issue.rounds.filter(closed_at=None).update(cause_at=at, action_at=at, replied_at=at)
    author = issue.author.name if issue.author else ""
    journal.record(issue, "issue.replied", by=by, at=at, author=author, **given)
    publish(IssueReplied(issue_id=issue.pk, at=at, by_id=by.pk))
    issue.refresh_from_db()
    changed(issue, at)
    return issue


def _require_worker(by: User, issue: Issue) -> None:
    if not policy.may_work(by, issue):
        raise NotAllowed()
