"""Who owes a probe, and who may say why it could not be asked."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from feedback.probes.enums import CALLBACK
from feedback.probes.models import Probe
from touchpoints.orders.models import pool_of


def owes(user: User, probe: Probe) -> bool:
    """Whether it is `user` who should ask: the person named; where none is, anybody of the unit that owes it, and the
    call-back people of the company for what they ask by telephone."""
    if not may(user, "record.create"):
        return False
    if probe.asked_id is not None:
        return probe.asked_id == user.pk
    if probe.method.collector == CALLBACK and may(user, "callback.work"):
        return scope_of(user).covers(probe.company)
    return probe.unit_id in scope_of(user).unit_ids or pool_of(user) == probe.unit_id


def may_collect(user: User, probe: Probe) -> bool:
    """Take the record: who owes it, and everybody of the unit who takes records; people of the group only where the
    method is theirs."""
    if not may(user, "record.create"):
        return False
    if scope_of(user).everything:
        grant = user.active_grant
        return grant is not None and grant.role_code == probe.method.collector
    return owes(user, probe) or scope_of(user).covers(probe.unit)


def may_excuse(user: User, probe: Probe) -> bool:
    """Say why nobody could be asked: who owes it, and the managers of the unit."""
    return owes(user, probe) or (may(user, "order.manage") and scope_of(user).covers(probe.unit))
