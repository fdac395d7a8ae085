"""Promises made by word, of a test world.

pledge = a_pledge(order)                     # "后天上午带配件上门", due two days later, kept by `by`
"""

from datetime import datetime, timedelta
from typing import Any

from cxorders.organisation.models import Unit, User
from tests.factories.orders import MONDAY
from touchpoints.orders.models import Order
from touchpoints.pledges.actions import Word, give_pledge
from touchpoints.pledges.models import Pledge

TWO_DAYS = timedelta(days=2)


def a_pledge(
    order: Order, *, by: User | None = None, at: datetime = MONDAY, due_at: datetime | None = None,
    unit: Unit | None = None, **more: Any,
) -> Pledge:  # fmt: skip
    """A promise of the unit that took the order in (or of the post of `by`, or of `unit`) to its customer."""
    assert order.customer is not None
    post = by.active_grant.unit if by is not None and by.active_grant is not None else order.unit
    word = Word("后天上午带配件上门", "call", due_at or at + TWO_DAYS)
    return give_pledge(order.customer, word, by=by, at=at, unit=unit or post, order=order, **more)
