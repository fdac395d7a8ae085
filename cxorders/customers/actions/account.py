"""Verbs on the account of a customer: people, premises that end, care, hints, the wish not to be called."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cxorders.customers import policy
from cxorders.customers.actions.registering import NameMissing, clean_phone
from cxorders.customers.enums import HINT_DAYS, MOST_HINT_DAYS, CareCode, Relation
from cxorders.customers.models import Care, Customer, Hint, Member, Premises
from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import Unit, User


class DayWrong(BusinessError):
    code = "account_day_wrong"
    zh = "结束日期不能早于 {since}，也不能晚于今天。"
    en = "The last day cannot lie before {since} nor after today."


class HintMissing(BusinessError):
    code = "hint_missing"
    zh = "请写下要提示的内容。"
    en = "Write what the next colleague should know."


class HintDays(BusinessError):
    code = "hint_days"
    zh = "提示的有效期要在明天到 {last} 之间。"
    en = "A hint stands until a day between tomorrow and {last}."


class CareUnknown(BusinessError):
    code = "care_unknown"
    zh = "请选特殊关怀的种类。"
    en = "Choose a kind of special care."


class ReasonMissing(BusinessError):
    code = "customer_reason_missing"
    zh = "请写原因。"
    en = "Give the reason."


def _require_writer(by: User | None, company: Unit) -> None:
    if not policy.may_register(by, company):
        raise NotAllowed()


@transaction.atomic
def set_do_not_call(customer: Customer, *, by: User, at: datetime, value: bool, reason: str = "") -> Customer:
    """The customer wants no calls for marketing or surveys and says why, or takes that back.

    Effects: journal `customer.do_not_call` or `customer.may_call`. Raises NotAllowed.
    """
    _require_writer(by, customer.company)
    said = reason.strip()[:200] if value else ""
    if customer.do_not_call != value or (value and said and customer.do_not_call_reason != said):
        customer.do_not_call, customer.do_not_call_reason = value, said
        customer.save(update_fields=["do_not_call", "do_not_call_reason"])
        record(customer, "customer.do_not_call" if value else "customer.may_call", by=by, at=at, reason=said)
    return customer


# ---- people and premises -----------------------------------------------------------------------------------------


@transaction.atomic
def add_member(
    customer: Customer, *, name: str, relation: str, phone: str, by: User | None, at: datetime,
    client_key: uuid.UUID | None = None,
) -> Member:  # fmt: skip
    """A further person on the account, from today on; the same `client_key` is the same person.

    Effects: member; journal without the number. Errors: NotAllowed, NameMissing, PhoneWrong.
    """
    _require_writer(by, customer.company)
    known = Member.objects.filter(client_key=client_key).first() if client_key else None
    if known is not None:
        return known
    if not name.strip():
        raise NameMissing(field="name")
    member = Member.objects.create(
        company=customer.company,
        customer=customer,
        name=name.strip()[:80],
        relation=relation if relation in Relation.values else Relation.OTHER,
        phone=clean_phone(phone),
        since=timezone.localdate(at),
        client_key=client_key,
    )
    record(customer, "customer.member_added", by=by, at=at, member=member.pk, relation=member.relation)
    return member


def _last_day(on: date | None, since: date, at: datetime) -> date:
    today = timezone.localdate(at)
    day = on or today
    if not since <= day <= today:
        raise DayWrong(since=since.isoformat(), field="on")
    return day


@transaction.atomic
def end_member(member: Member, *, by: User | None, at: datetime, on: date | None = None) -> Member:
    """The person belongs to the account no longer, from the day `on` (today) on; ended twice is ended once.

    Effects: journal. Errors: NotAllowed, DayWrong.
    """
    _require_writer(by, member.customer.company)
    if member.ended_on is None:
        member.ended_on = _last_day(on, member.since, at)
        member.save(update_fields=["ended_on"])
        record(member.customer, "customer.member_ended", by=by, at=at, member=member.pk, on=str(member.ended_on))
    return member


@transaction.atomic
def end_premises(premises: Premises, *, by: User | None, at: datetime, on: date | None = None) -> Premises:
    """The account covers this address no longer, from the day `on` (today) on. Orders there keep it.

    Effects: journal. Errors: NotAllowed, DayWrong.
    """
    customer = premises.customer
    _require_writer(by, customer.company)
    if premises.ended_on is None:
        premises.ended_on = _last_day(on, timezone.localdate(customer.created_at), at)
        premises.save(update_fields=["ended_on"])
        record(customer, "customer.premises_ended", by=by, at=at, premises=premises.pk, on=str(premises.ended_on))
    return premises


# ---- care and hints ----------------------------------------------------------------------------------------------


@transaction.atomic
def add_care(customer: Customer, *, code: str, note: str = "", by: User | None, at: datetime) -> Care:
    """The customer needs this care from now on; the same care again only gets the new note.

    Effects: care; journal. Errors: NotAllowed, CareUnknown.
    """
    _require_writer(by, customer.company)
    if code not in CareCode.values:
        raise CareUnknown(field="code")
    told = note.strip()[:100]
    care, made = Care.objects.get_or_create(
        customer=customer, code=code, ended_at=None, defaults={"note": told, "by": by, "at": at}
    )
    if not made and told and care.note != told:
        care.note = told
        care.save(update_fields=["note"])
    record(customer, "customer.care_added", by=by, at=at, care=code, note=told)
    return care


@transaction.atomic
def end_care(care: Care, *, by: User | None, at: datetime) -> Care:
    """The care is needed no longer. Effects: journal. Raises NotAllowed."""
    _require_writer(by, care.customer.company)
    if care.ended_at is None:
        care.ended_at = at
        care.save(update_fields=["ended_at"])
        record(care.customer, "customer.care_ended", by=by, at=at, care=care.code)
    return care


@transaction.atomic
def write_hint(
    customer: Customer, *, text: str, by: User | None, at: datetime, expires_on: date | None = None,
    client_key: uuid.UUID | None = None,
) -> Hint:  # fmt: skip
    """What the next colleague should know, until `expires_on` (default: 90 days). The same `client_key` is one hint.

    Effects: hint; journal. Errors: NotAllowed, HintMissing, HintDays.
    """
    _require_writer(by, customer.company)
    known = Hint.objects.filter(client_key=client_key).first() if client_key else None
    if known is not None:
        return known
    said = " ".join(text.split())[:200]
    if not said:
        raise HintMissing(field="text")
    today = timezone.localdate(at)
    until, last = expires_on or today + timedelta(days=HINT_DAYS), today + timedelta(days=MOST_HINT_DAYS)
    if not today < until <= last:
        raise HintDays(field="expires_on", last=last.isoformat())
    hint = Hint.objects.create(
        customer=customer, text=said, author=by, at=at, expires_on=until, client_key=client_key
    )  # fmt: skip
    record(customer, "customer.hint_written", by=by, at=at, hint=hint.pk, text=said, until=until.isoformat())
    return hint


@transaction.atomic
def end_hint(hint: Hint, *, by: User | None, at: datetime) -> Hint:
    """Its author, or somebody responsible, ends the hint before its day. Effects: journal. Raises NotAllowed."""
    if not policy.may_end_hint(by, hint):
        raise NotAllowed()
    if hint.ended_at is None:
        hint.ended_at = at
        hint.save(update_fields=["ended_at"])
        record(hint.customer, "customer.hint_ended", by=by, at=at, hint=hint.pk)
    return hint
