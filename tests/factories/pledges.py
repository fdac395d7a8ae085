"""Promises made by word, and breaches to be left out, of a test world.

pledge = a_pledge(order)                     # "后天上午带配件上门", due two days later, kept by `by`
"""

from datetime import datetime, timedelta
from typing import Any

from cxorders.organisation.models import Unit, User
from tests.factories.orders import MONDAY, a_picture
from touchpoints.orders.models import Order, Stage
from touchpoints.pledges.actions import Word, give_pledge
from touchpoints.pledges.models import Pledge
from touchpoints.promises.models import Exemption

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


def an_exemption(stage: Stage, *, unit: Unit, by: User) -> Exemption:
    """A request about `stage` from the post `unit`, whatever the clock says."""
    return Exemption.objects.create(
        stage=stage, company_id=stage.company_id, unit=unit, reason="customer", text="客户要求改到周五",
        file=a_picture(), sha256="0" * 64, asked_by=by, asked_at=MONDAY,
    )  # fmt: skip
