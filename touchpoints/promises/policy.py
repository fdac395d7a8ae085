"""Who may do what about a promise."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from touchpoints.orders import policy as orders
from touchpoints.orders.models import Stage
from touchpoints.promises.models import Exemption


def may_tell(user: User | None, stage: Stage) -> bool:
    """Note that the customer was told: who works on the stage, who manages it, who was asked first (X2)."""
    if user is None or orders.may_work(user, stage) or orders.may_manage(user, stage.order, stage):
        return True
    return may(user, "order.work") and stage.order.owner_id == user.pk


def may_decide(user: User | None, exemption: Exemption) -> bool:
    """Grant or refuse an exemption: somebody else, whose post lies above the post of who asked (§11)."""
    grant = user.active_grant if user is not None else None
    if user is None or grant is None or user.pk == exemption.asked_by_id or not may(user, "promise.exempt"):
        return False
    post, asked = grant.unit, exemption.unit
    above = post.pk != asked.pk and asked.path.startswith(post.path)
    return above or (scope_of(user).everything and asked.company_id is not None)
