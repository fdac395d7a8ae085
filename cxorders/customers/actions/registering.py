"""Customers come to be: registering, premises, the looks at them that are logged."""

import re
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from cxorders.customers import policy
from cxorders.customers.models import Customer, Member, Premises
from cxorders.customers.queries.finding import digits_of, without_country
from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import Unit, User

MOBILE = re.compile(r"^1[3-9]\d{9}$")
LANDLINE = re.compile(r"^0\d{2,3}\d{7,8}$")
SHORT_LANDLINE = re.compile(r"^[2-9]\d{6,7}$")
SERVICE = re.compile(r"^(400|800)\d{7}$")


class PhoneWrong(BusinessError):
    code = "phone_wrong"
    zh = "“{phone}”不是电话号码。手机是 11 位，固定电话请带区号，例如 0532-85551234。"
    en = "“{phone}” is no phone number. A mobile has 11 digits; give a landline with its area code: 0532-85551234."


class NameMissing(BusinessError):
    code = "customer_name_missing"
    zh = "请填客户姓名或称呼。"
    en = "Give the customer's name."


class AddressMissing(BusinessError):
    code = "address_missing"
    zh = "请填地址。"
    en = "Give the address."


def clean_phone(text: str) -> str:
    """The digits of a telephone number: mobile (11), landline with or without area code, 400/800; "" for nothing.

    A country code +86 is dropped. Raises PhoneWrong.
    """
    digits = digits_of(text)
    if not digits and not text.strip():
        return ""
    digits = without_country(digits)
    known = any(form.match(digits) for form in (MOBILE, LANDLINE, SHORT_LANDLINE, SERVICE))
    strange = re.sub(r"[\d\s()（）+＋\-－—]", "", text)
    if not known or strange:
        raise PhoneWrong(phone=text.strip()[:30], field="phone")
    return digits


@transaction.atomic
def register_customer(
    *,
    company: Unit,
    name: str,
    phone: str,
    by: User | None,
    at: datetime,
    address: str | None = None,
    salutation: str = "",
    segment_code: str = "RETAIL",
    district: str = "",
    meter_number: str = "",
    client_key: uuid.UUID | None = None,
) -> Customer:
    """A customer of `company`, with the premises at `address` where one is given.

    The same `client_key` returns the customer that exists. Effects: customer, premises; journal without the number.
    Errors: NotAllowed, NameMissing, PhoneWrong.
    """
    known = Customer.objects.filter(client_key=client_key).first() if client_key else None
    if known is not None:
        return known
    if not policy.may_register(by, company):
        raise NotAllowed()
    if not name.strip():
        raise NameMissing(field="name")
    customer = Customer(
        company=company,
        name=name.strip()[:80],
        salutation=salutation.strip()[:20],
        segment_code=segment_code,
        phone=clean_phone(phone),
        created_at=at,
        client_key=client_key,
    )
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError:
        if client_key is None:
            raise
        return Customer.objects.get(client_key=client_key)
    record(customer, "customer.registered", by=by, at=at)
    if address and address.strip():
        add_premises(customer, address=address, district=district, meter_number=meter_number, by=by, at=at)
    return customer


@transaction.atomic
def add_premises(
    customer: Customer, *, address: str, by: User | None, at: datetime, district: str = "", meter_number: str = ""
) -> Premises:
    """One more address of the customer; the same address again is the same premises, unless that has ended.

    Effects: premises; journal. Errors: NotAllowed, AddressMissing.
    """
    if not policy.may_register(by, customer.company):
        raise NotAllowed()
    address = " ".join(address.split())[:200]
    if not address:
        raise AddressMissing(field="address")
    same = Premises.objects.filter(customer_id__in=customer.keys, address=address, ended_on=None)
    known = same.order_by("pk").first()
    if known is not None:
        return known
    premises = Premises.objects.create(
        company=customer.company,
        customer=customer,
        address=address,
        district=district.strip()[:60],
        meter_number=meter_number.strip()[:40],
    )
    record(customer, "customer.premises_added", by=by, at=at, premises=premises.pk)
    return premises


@transaction.atomic
def reveal_phone(customer: Customer, *, by: User, at: datetime, member: Member | None = None) -> str:
    """The full number of the customer, or of a person of the account, for this person, now (X9).

    Effects: journal `customer.phone_revealed`. Raises NotAllowed.
    """
    if not policy.may_reveal(by, customer):
        raise NotAllowed()
    whose = {} if member is None else {"member": member.pk}
    record(customer, "customer.phone_revealed", by=by, at=at, **whose)
    return customer.phone if member is None else member.phone


def note_opening(customer: Customer, *, by: User, at: datetime) -> None:
    """Somebody opened the page of the customer (§13: access is logged). Effects: journal `customer.opened`."""
    record(customer, "customer.opened", by=by, at=at)
