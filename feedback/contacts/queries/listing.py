"""Lists of contacts: what a person answers for as first-asked, what a department owes."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from cxorders.kit.among import among
from cxorders.kit.numbering import key_of
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.contacts.enums import ContactState
from feedback.contacts.models import Contact, ContactQuerySet

PAGE = 50
VIEWS = ("mine", "unit", "done")
OPEN = among("state", (ContactState.OPEN,))
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """One page of contacts and whether more exist."""

    rows: list[Contact]
    more: bool


def page_of(user: User, view: str, size: int = PAGE) -> Page:
    """`mine`: not answered, this person is first-asked, nearest promise first; `unit`: not answered, handed to a unit
    in reach; `done`: the own ones that are over, newest first. One query.
    """
    if view == "done":
        rows = Contact.objects.filter(by=user).exclude(state=ContactState.OPEN).order_by("-pk")
    else:
        rows = waiting_for(user) if view == "mine" else Contact.objects.filter(OPEN, _handed_to(user))
        rows = rows.order_by(Coalesce(F("reply_due_at"), Value(NEVER)), "pk")
    found = list(rows.select_related("customer", "handed_to", "owner", "unit", "by")[: size + 1])
    return Page(found[:size], len(found) > size)


def waiting_for(user: User) -> ContactQuerySet:
    """Contacts without an answer for which this person is first-asked."""
    return Contact.objects.filter(OPEN, owner=user)


def _handed_to(user: User) -> Q:
    return scope_of(user).rows(unit=("handed_to",), company="handed_to__company")


def contact_by_number(user: User, number: str) -> Contact | None:
    """The contact in reach under its number (LX-…); None otherwise."""
    key = key_of("LX", number)
    if key is None:
        return None
    rows = Contact.objects.visible_to(user).filter(pk=key)
    return rows.select_related("customer", "company", "unit", "handed_to", "owner", "by", "ended_by").first()


def departments_of(company: Unit) -> QuerySet[Unit]:
    """Departments of the company that may answer."""
    rows = Unit.objects.filter(company=company, kind=UnitKind.DEPARTMENT, closed_on=None)
    return rows.order_by("path")
