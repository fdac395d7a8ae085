"""What contacts put on the customer page, and what they hear from orders."""

from dataclasses import dataclass
from datetime import datetime

from cxorders.customers.models import Customer
from cxorders.customers.panels import Told
from cxorders.customers.queries import same_customer
from cxorders.kit.among import among
from cxorders.kit.panels import Panel
from cxorders.organisation.models import User
from feedback.contacts import policy
from feedback.contacts.actions import became
from feedback.contacts.enums import ContactState, Outcome
from feedback.contacts.forms import ContactForm
from feedback.contacts.models import Contact
from feedback.contacts.queries import of_customer
from feedback.contacts.queries.reasons import reasons
from touchpoints.orders.events import OrderAccepted
from touchpoints.orders.models import Order


@dataclass(frozen=True)
class Register:
    """The form 登记联系 beside the customer."""

    form: ContactForm
    number: str


def told_of_customer(customer: Customer, user: User, at: datetime) -> Told:
    """The form to register a contact, the last contacts, what is still owed. Five queries."""
    contacts, words = of_customer.latest_of(customer), reasons()
    names = {one.code: one.name for one in words}
    opens = of_customer.opens_for(user, contacts) if contacts else set()
    owed = of_customer.waiting(contacts, names, opens, at)
    panels = []
    if policy.may_register(user, customer):
        data = Register(ContactForm(customer=customer, user=user, words=words), customer.number)
        panels.append(Panel("feedback/contacts/_register.html", data, "top"))
    return Told(
        panels=panels,
        clues=[*(clue for _, clue in owed if clue is not None), *of_customer.clues(contacts, names, at)],
        reasons=[reason for reason, _ in owed],
        touches=of_customer.touches(contacts, names, opens),
    )


def on_order_accepted(event: OrderAccepted) -> None:
    """An order the first-asked person takes in for the customer of an open contact is what that contact became."""
    if event.by_id is None:
        return
    waiting = Contact.objects.filter(among("state", (ContactState.OPEN,)), owner_id=event.by_id, outcome=Outcome.ORDER)
    found = list(waiting.order_by("pk")[:50])
    if not found:
        return
    order = Order.objects.filter(pk=event.order_id, customer__isnull=False).first()
    theirs = same_customer(order.customer_id) if order is not None and order.customer_id is not None else []
    for contact in found:
        if order is not None and contact.customer_id in theirs:
            became(contact, number=order.number, by=contact.owner, at=event.at)
