"""Who may do what with a contact."""

from cxorders.customers.models import Customer
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from feedback.contacts.models import Contact


def may_register(user: User | None, customer: Customer) -> bool:
    """Register a contact: people of the company who meet its customers. `None` is the system."""
    if user is None:
        return True
    grant = user.active_grant
    here = grant is not None and grant.unit.company_id == customer.company_id
    return here and may(user, "contact.create")


def may_answer(user: User | None, contact: Contact) -> bool:
    """Say that the customer has the answer: the first-asked owner, and the department it was handed to."""
    if user is None or contact.owner_id == user.pk:
        return True
    handed = contact.handed_to
    return handed is not None and may(user, "contact.create") and scope_of(user).covers(handed)
