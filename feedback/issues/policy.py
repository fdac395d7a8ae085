"""Who may do what to one issue (workflows.md §3, §14). Buttons and verbs ask the same functions."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from feedback.issues.enums import Level
from feedback.issues.models import Issue


def may_manage(user: User, issue: Issue) -> bool:
    """Dispatch, name a handler, approve a pause: the department's own issues, the company's, or all for the group."""
    return may(user, "issue.manage") and scope_of(user).covers(issue.unit)


def may_vet(user: User, issue: Issue) -> bool:
    """Decide for the company or the group: gatekeeper, company leader, group customer service."""
    return may(user, "issue.vet") and scope_of(user).covers(issue.unit)


def may_accept(user: User, issue: Issue) -> bool:
    """Take the issue over (I6, I22): a handler of the unit that holds it; at group level whoever decides there."""
    if issue.level == Level.HQ_CS:
        return may_vet(user, issue)
    return may(user, "issue.handle") and scope_of(user).covers(issue.unit)


def may_work(user: User, issue: Issue) -> bool:
    """Contact the customer, pause, answer: the accountable person, or who manages the unit."""
    own = issue.owner_id == user.pk and (may(user, "issue.handle") or may(user, "issue.vet"))
    return own or may_manage(user, issue)


def may_close_by_exception(user: User, issue: Issue) -> bool:
    """Close without the customer's confirmation, with a reason (I19): never the one who answered (X4)."""
    return may_vet(user, issue) and issue.owner_id != user.pk


def may_reopen(user: User, issue: Issue) -> bool:
    """Open a closed matter again (I21): first-line people who heard the customer, and everybody above them."""
    return may(user, "issue.create")
