"""Triage and dispatch: what it is, how urgent, whose it is (I2, I5)."""

from datetime import datetime

from django.db import transaction

from cxorders.journal import actions as journal
from cxorders.kit.errors import BusinessError, NotAllowed, Stale, WrongState
from cxorders.kit.events import publish
from cxorders.kit.inserting import insert
from cxorders.kit.states import move
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import calendar_for
from feedback.issues import policy, queries
from feedback.issues.enums import ISSUE_TRANSITIONS, IssueState, Level
from feedback.issues.events import IssueChanged, IssueTriaged
from feedback.issues.models import Issue, Round
from touchpoints.catalogue.models import IssueCategory, Severity
from touchpoints.orders.models import Order


class ReasonMissing(BusinessError):
    """A decision that must be explained has no reason."""

    code = "issue_reason_missing"
    zh = "请写明原因。"
    en = "Please give the reason."


class SameUnit(BusinessError):
    """A new dispatch must go somewhere else."""

    code = "issue_same_unit"
    zh = "已经派给 {unit},请选另一个部门。"
    en = "It is with {unit} already; choose another department."


def attach_order(issue: Issue, order: Order, *, at: datetime) -> Issue:
    """Tie the emergency order that danger opened to its issue (X5); an issue of another order keeps that one too.

    Journal row with the number of the order.
    """
    if issue.order_id is None:
        Issue.objects.filter(pk=issue.pk, order=None).update(order=order)
        issue.order = order
    journal.record(issue, "issue.emergency", by=None, at=at, order=order.number, rule="RT-01")
    return issue


def changed(issue: Issue, at: datetime) -> None:
    """Tell whoever counts issues that state, unit or due time of `issue` moved."""
    publish(IssueChanged(issue_id=issue.pk, company_id=issue.company_id, opened_at=issue.opened_at, at=at))


@transaction.atomic
def triage(
    issue: Issue, *, by: User | None, at: datetime, category: IssueCategory | None, severity: Severity | None = None
) -> Issue:
    """Say what the issue is about and how urgent (I2): new → triaged.

    Severity is that of the category unless given. Journal row, IssueTriaged (routing dispatches it in the same
    transaction), IssueChanged. WrongState from any state but new.
    """
    triage_within(issue, by=by, at=at, category=category, severity=severity)
    issue.refresh_from_db()
    return issue


def triage_within(
    issue: Issue, *, by: User | None, at: datetime, category: IssueCategory | None, severity: Severity | None = None
) -> None:
    """`triage` as a step of a verb that is atomic already; `issue` does not learn here where routing sent it."""
    level = severity or (category.severity if category is not None else Severity.objects.get(code="SEV3"))
    move(issue, IssueState.TRIAGED, table=ISSUE_TRANSITIONS, category=category, severity=level)
    journal.record(
        issue, "issue.triaged", by=by, at=at, category=category.code if category else "", severity=level.code
    )
    publish(IssueTriaged(issue_id=issue.pk, at=at, by_id=getattr(by, "pk", None)))
    changed(issue, at)


@transaction.atomic
def dispatch(issue: Issue, *, by: User | None, at: datetime, unit: Unit, rule: str) -> Issue:
    """Give a triaged issue to the unit that answers for it and store every limit (I5): triaged → dispatched.

    Limits run from the receipt of the issue on the calendar of `unit`. The first-asked owner stays accountable until
    somebody there accepts (X2). Opens round 1, journal row with the routing rule, IssueChanged.
    NotAllowed unless `by` is the system (None) or manages the issue.
    """
    return dispatch_within(issue, by=by, at=at, unit=unit, rule=rule)


def dispatch_within(issue: Issue, *, by: User | None, at: datetime, unit: Unit, rule: str) -> Issue:
    """`dispatch` as a step of a verb that is atomic already."""
    if by is not None and not policy.may_manage(by, issue):
        raise NotAllowed()
    severity = issue.severity
    if severity is None:
        raise WrongState()
    calendar = calendar_for(unit)
    start = issue.opened_at
    due = queries.resolve_limit(severity).due(start, calendar)
    move(
        issue,
        IssueState.DISPATCHED,
        table=ISSUE_TRANSITIONS,
        unit=unit,
        level=Level.DEPARTMENT,
        routing_rule=rule,
        ack_due_at=queries.ack_limit(severity).due(start, calendar),
        contact_due_at=queries.contact_limit(severity).due(start, calendar),
        due_at=due,
    )
    window = queries.call_window(queries.verification_rule(issue))
    first_round = Round(
        issue=issue,
        number=1,
        company_id=issue.company_id,
        unit=unit,
        owner_id=issue.owner_id,
        started_at=at,
        due_at=due,
        first_due_at=due,
        closure_due_at=window.bounds(due, calendar)[1],
    )
    insert(first_round)
    journal.record(issue, "issue.dispatched", by=by, at=at, unit=unit.pk, unit_name=unit.zh, rule=rule)
    changed(issue, at)
    return issue


@transaction.atomic
def redispatch(issue: Issue, *, by: User, at: datetime, unit: Unit, reason: str) -> Issue:
    """Send a dispatched issue that nobody accepted yet to another unit; its limits stand, the clock keeps running.

    The round passes to the new unit. Journal row with the reason, IssueChanged.
    NotAllowed, ReasonMissing, SameUnit, WrongState outside dispatched, Stale when somebody was faster.
    """
    if not policy.may_manage(by, issue):
        raise NotAllowed()
    if issue.state != IssueState.DISPATCHED:
        raise WrongState()
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if unit.pk == issue.unit_id:
        raise SameUnit(field="unit", unit=unit.name)
    before = issue.unit
    here = Issue.objects.filter(pk=issue.pk, state=IssueState.DISPATCHED, unit=before)
    if not here.update(unit=unit, routing_rule="manual"):
        raise Stale()
    issue.unit, issue.routing_rule = unit, "manual"
    issue.rounds.filter(replied_at=None).update(unit=unit)
    journal.record(
        issue,
        "issue.redispatched",
        by=by,
        at=at,
        unit=unit.pk,
        unit_name=unit.zh,
        before=before.zh,
        reason=reason.strip(),
    )
    changed(issue, at)
    return issue
