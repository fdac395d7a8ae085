"""Who may do what with a customer."""

from cxorders.customers.models import Customer, Hint
from cxorders.organisation.access import may
from cxorders.organisation.models import Unit, User

WRITERS = ("order.create", "record.create", "issue.create")
"""permissions of people who meet customers and may write them down"""


def may_register(user: User | None, company: Unit) -> bool:
    """Write customers of `company` down: people who meet customers there. `None` is the system."""
    if user is None:
        return True
    grant = user.active_grant
    here = grant is not None and grant.unit.company_id == company.pk
    return here and any(may(user, permission) for permission in WRITERS)


def may_reveal(user: User, customer: Customer) -> bool:
    """See the full number: the permission, and the customer within reach."""
    return may(user, "customer.reveal") and Customer.objects.visible_to(user).filter(pk=customer.pk).exists()


def may_end_hint(user: User | None, hint: Hint) -> bool:
    """End a hint before its day: its author, and who may merge customers (quality and management)."""
    if user is None or hint.author_id == user.pk:
        return True
    return may_merge(user, hint.customer)


def may_merge(user: User | None, customer: Customer) -> bool:
    """Declare two customers to be one, or undo that: managers and quality, never the front line alone."""
    if user is None:
        return True
    return may(user, "customer.merge") and Customer.objects.visible_to(user).filter(pk=customer.pk).exists()
