"""Verbs of contacts."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from cxorders.customers.models import Customer
from cxorders.journal.actions import record
from cxorders.kit.among import among
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.states import move
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import calendar_for
from feedback.contacts import policy
from feedback.contacts.enums import (
    CONTACT_TRANSITIONS,
    MOST_SUMMARY,
    MOST_TAGS,
    Channel,
    ContactState,
    Outcome,
    Within,
)
from feedback.contacts.models import Contact
from feedback.contacts.queries.reasons import reasons, tags_known


class ReasonUnknown(BusinessError):
    code = "contact_reason_unknown"
    zh = "请选联系原因。"
    en = "Choose the reason of the contact."


class SummaryMissing(BusinessError):
    code = "contact_summary_missing"
    zh = "请用一句话写下客户说的事。"
    en = "Write in one line what the customer said."


class DepartmentMissing(BusinessError):
    code = "contact_department_missing"
    zh = "请选由本公司哪个部门答复。"
    en = "Choose the department of this company that will answer."


class PromiseMissing(BusinessError):
    code = "contact_promise_missing"
    zh = "请选答应客户多久答复。"
    en = "Choose by when the customer was promised an answer."


class AnswerMissing(BusinessError):
    code = "contact_answer_missing"
    zh = "请写怎样答复了客户。"
    en = "Say what the customer was told."


def reply_due(unit: Unit, within: str, at: datetime) -> datetime:
    """The moment promised to the customer: working hours or working days of the department from `at`."""
    amount, clock = int(within[:-2]), within[-2:]
    calendar = calendar_for(unit)
    return calendar.add(at, timedelta(hours=amount)) if clock == "WH" else calendar.add_working_days(at, amount)


# long: one argument and one column a line
@transaction.atomic
def register_contact(
    customer: Customer,
    *,
    by: User,
    at: datetime,
    channel: str,
    reason_code: str,
    summary: str,
    outcome: str,
    tags: Sequence[str] = (),
    handed_to: Unit | None = None,
    within: str = "",
    client_key: uuid.UUID | None = None,
) -> Contact:
    """A customer reached us and `by` took it: the first-asked owner until it is answered or became something else.

    The same `client_key` returns the contact that exists. Effects: contact; journal `contact.registered`.
    Errors: NotAllowed, ReasonUnknown, SummaryMissing, DepartmentMissing, PromiseMissing.
    """
    known = Contact.objects.filter(client_key=client_key).first() if client_key else None
    if known is not None:
        return known
    if not policy.may_register(by, customer) or by.active_grant is None:
        raise NotAllowed()
    said = " ".join(summary.split())[:MOST_SUMMARY]
    if reason_code not in {one.code for one in reasons()}:
        raise ReasonUnknown(field="reason")
    if not said:
        raise SummaryMissing(field="summary")
    is_handed = outcome == Outcome.HANDED
    if is_handed:
        _require_promise(customer, handed_to, within)
    over = outcome == Outcome.ANSWERED
    contact = Contact(
        company_id=customer.company_id,
        unit=by.active_grant.unit,
        customer=customer,
        by=by,
        owner=by,
        channel=channel if channel in Channel.values else Channel.CALL,
        reason_code=reason_code,
        tags=[code for code in dict.fromkeys(tags) if code in {one.code for one in tags_known()}][:MOST_TAGS],
        summary=said,
        outcome=outcome if outcome in Outcome.values else Outcome.ANSWERED,
        state=ContactState.ANSWERED if over else ContactState.OPEN,
        at=at,
        handed_to=handed_to if is_handed else None,
        reply_due_at=reply_due(handed_to, within, at) if is_handed and handed_to is not None else None,
        ended_at=at if over else None,
        ended_by=by if over else None,
        client_key=client_key,
    )
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:
        if client_key is None:
            raise
        return Contact.objects.get(client_key=client_key)
    record(contact, "contact.registered", by=by, at=at, customer=customer.number, how=contact.outcome, text=said)
    return contact


def _require_promise(customer: Customer, unit: Unit | None, within: str) -> None:
    if unit is None or unit.company_id != customer.company_id or unit.kind != UnitKind.DEPARTMENT:
        raise DepartmentMissing(field="handed_to")
    if within not in Within.values:
        raise PromiseMissing(field="within")


@transaction.atomic
def answer_contact(contact: Contact, *, by: User | None, at: datetime, text: str) -> Contact:
    """The customer has the answer. Effects: state; journal `contact.answered`.

    Errors: NotAllowed, AnswerMissing, WrongState, Stale.
    """
    if not policy.may_answer(by, contact):
        raise NotAllowed()
    said = text.strip()[:300]
    if not said:
        raise AnswerMissing(field="text")
    move(
        contact, ContactState.ANSWERED, table=CONTACT_TRANSITIONS, answer=said, ended_at=at, ended_by=by
    )  # fmt: skip
    record(contact, "contact.answered", by=by, at=at, text=said)
    return contact


@transaction.atomic
def became(contact: Contact, *, number: str, by: User | None, at: datetime) -> Contact:
    """The contact was made a record or an order with this number, which carries the duty on.

    A contact that is over stays as it is. Effects: state; journal `contact.passed`.
    """
    if contact.state != ContactState.OPEN:
        return contact
    move(contact, ContactState.PASSED, table=CONTACT_TRANSITIONS, became=number, ended_at=at, ended_by=by)
    record(contact, "contact.passed", by=by, at=at, note=number)
    return contact


# ---- leaving (workflows §14) -------------------------------------------------------------------------------------


def open_held_by(user: User) -> int:
    """How many contacts `user` still answers for."""
    return Contact.objects.filter(among("state", (ContactState.OPEN,)), owner=user).count()


@transaction.atomic
def hand_over(user: User, successor: User, by: User | None, at: datetime) -> None:
    """Every open contact of `user` is answered for by `successor`. Effects: owners; journal rows."""
    for contact in Contact.objects.filter(among("state", (ContactState.OPEN,)), owner=user).order_by("pk"):
        contact.owner = successor
        contact.save(update_fields=["owner"])
        record(contact, "contact.handed_over", by=by, at=at, successor=successor.name)
