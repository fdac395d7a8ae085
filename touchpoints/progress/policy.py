"""Who may give a customer the link to an order."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from touchpoints.orders.models import Order


def may_share(user: User | None, order: Order) -> bool:
    """Make, withdraw and renew the link: who works on orders of the same company."""
    if user is None:
        return True
    grant = user.active_grant
    return may(user, "order.work") and grant is not None and grant.unit.company_id == order.company_id
