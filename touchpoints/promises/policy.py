"""Who may do what about a promise."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from touchpoints.orders import policy as orders
from touchpoints.orders.models import Stage


def may_tell(user: User | None, stage: Stage) -> bool:
    """Note that the customer was told: who works on the stage, who manages it, who was asked first (X2)."""
    if user is None or orders.may_work(user, stage) or orders.may_manage(user, stage.order, stage):
        return True
    return may(user, "order.work") and stage.order.owner_id == user.pk
