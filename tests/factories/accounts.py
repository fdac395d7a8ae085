"""What hangs on the account of a customer in a test world, through the real verbs: people, care, hints, contacts."""

from datetime import datetime
from itertools import count
from typing import Any

from cxorders.customers.actions import add_care, add_member, write_hint
from cxorders.customers.models import Care, Customer, Hint, Member
from cxorders.organisation.models import Unit, User
from feedback.contacts.actions import register_contact
from feedback.contacts.models import Contact
from tests.factories.orders import MONDAY
from tests.factories.organisation import a_person

_serial = count(1)


def a_member(customer: Customer, *, at: datetime = MONDAY, by: User | None = None, **more: Any) -> Member:
    """A son of the customer with a number of his own."""
    values = {"name": "周强", "relation": "child", "phone": f"137{next(_serial):08d}", **more}
    return add_member(customer, by=by, at=at, **values)


def a_care(customer: Customer, *, code: str = "elderly", note: str = "先敲门", at: datetime = MONDAY) -> Care:
    """Special care of the customer."""
    return add_care(customer, code=code, note=note, by=None, at=at)


def a_hint(customer: Customer, *, by: User | None = None, at: datetime = MONDAY, **more: Any) -> Hint:
    """A hint for the next colleague, by the system unless somebody writes it."""
    return write_hint(customer, by=by, at=at, **{"text": "午休 12 点到 14 点不打电话", **more})


def a_contact(
    customer: Customer, *, by: User | None = None, unit: Unit | None = None, at: datetime = MONDAY, **more: Any
) -> Contact:
    """A call about the progress of an order, answered at once unless something else is said."""
    values = {
        "channel": "call",
        "reason_code": "CR-PROGRESS",
        "summary": "问什么时候来装",
        "outcome": "answered",
        **more,
    }
    author = by or a_person("agent", at=unit or customer.company)
    return register_contact(customer, by=author, at=at, **values)
