"""Who may do what with a promise made by word."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from touchpoints.pledges.models import Pledge


def may_keep(user: User | None, pledge: Pledge) -> bool:
    """Say it is kept, agree another day, let it go: who keeps it, and who manages the unit."""
    if user is None or pledge.owner_id == user.pk:
        return True
    return may(user, "order.manage") and scope_of(user).covers(pledge.unit)
