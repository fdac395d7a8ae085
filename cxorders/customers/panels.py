"""What higher rooms add to the customer page and to the search for customers."""

from collections.abc import Callable

from cxorders.customers.models import Customer
from cxorders.kit.panels import Slot
from cxorders.organisation.models import User

CUSTOMER: Slot[Customer] = Slot()
"""panels of the customer page: `CUSTOMER.register("orders", provider)` in AppConfig.ready"""

Lookup = Callable[[User, str], list[int]]
_lookups: dict[str, Lookup] = {}


def register_lookup(code: str, lookup: Lookup) -> None:
    """Let a room find customers by its own numbers: `lookup(user, text)` gives customer keys, or none."""
    _lookups[code] = lookup


def looked_up(user: User, text: str) -> list[int]:
    """Customer keys the rooms above know for `text`, e.g. by an order number."""
    return [key for lookup in _lookups.values() for key in lookup(user, text)]
