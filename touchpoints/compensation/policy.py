"""Who may do what with compensations (workflows.md §14)."""

from cxorders.organisation.access import may
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.catalogue.policy import may_override
from touchpoints.compensation.models import Compensation


def may_set(user: User, company: Unit) -> bool:
    """Approve amounts: who keeps the values of the company ("branch values"); the group only looks on."""
    return may_override(user, company)


def may_settle(user: User | None, compensation: Compensation) -> bool:
    """Pay or refuse: who manages the unit, never the person who worked the stage that broke the promise (X4)."""
    if user is None:
        return True
    if compensation.stage.assignee_id == user.pk:
        return False
    return may(user, "compensation.settle") and scope_of(user).covers(compensation.unit)
