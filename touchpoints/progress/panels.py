"""Places the progress page has for rooms above, and what it puts on the order page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cxorders.kit.panels import Panel, Slot
from touchpoints.orders.enums import OrderState
from touchpoints.orders.models import Order
from touchpoints.progress import policy
from touchpoints.progress.models import CallWish, ProgressLink
from touchpoints.progress.queries import live_link, wish_of
from touchpoints.progress.tokens import token_of


@dataclass(frozen=True)
class Visit:
    """A customer on the page of one order."""

    link: ProgressLink
    token: str
    language: str
    at: datetime
    typed: Mapping[str, Any] = field(default_factory=dict)
    """what a refused form of the page had brought, and `error`"""


PROGRESS: Slot[Visit] = Slot()
"""blocks of the page: `PROGRESS.register("rating", provider)`; place main. The person is None"""


@dataclass(frozen=True)
class Given:
    """The block of the order page: the link, and when the customer wants to be called."""

    number: str
    token: str
    wish: CallWish | None
    may_share: bool


def panels_of_order(order: Order, user: Any) -> Sequence[Panel]:
    """The block 客户进度页 of an order, for those who may give the link or see a wish."""
    if order.state == OrderState.DRAFT:
        return []
    share, wish = policy.may_share(user, order), wish_of(order)
    link = live_link(order) if share else None
    if not share and wish is None:
        return []
    data = Given(order.number, token_of(link) if link is not None else "", wish, share)
    return [Panel("touchpoints/progress/_of_order.html", data, "aside")]
