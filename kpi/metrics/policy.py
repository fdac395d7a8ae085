"""Who may compute."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User


def may_compute(user: User) -> bool:
    """Whether `user` may run the month's computation."""
    return may(user, "score.compute")
