"""The front line takes an order in on one page: customer, address, order, acceptance, together or not at all."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cxorders.customers.actions import add_premises, register_customer
from cxorders.customers.models import Customer, Premises
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import User
from touchpoints.orders.actions.accept import accept_order, create_order
from touchpoints.orders.models import Order, OrderType
from touchpoints.orders.queries import duplicates_of


class SameOrderOpen(BusinessError):
    """O2: duplicates are searched before acceptance."""

    code = "order_twice"
    zh = "这位客户在这个地址已有在办的“{name}”：{number}。确实要再开一单，请勾选“仍要受理”。"
    en = "{number} ({name}) is already open for this customer and address. Tick “accept anyway” for another one."


@dataclass(frozen=True)
class Newcomer:
    """A customer met for the first time."""

    name: str
    phone: str
    address: str


@transaction.atomic
def receive_order(
    *,
    order_type: OrderType,
    by: User,
    at: datetime,
    client_key: uuid.UUID | None,
    customer: Customer | None = None,
    premises: Premises | None = None,
    newcomer: Newcomer | None = None,
    address: str = "",
    title: str = "",
    anonymous_reason: str = "",
    decided: Mapping[str, bool] | None = None,
    anyway: bool = False,
) -> Order:
    """O1 and O2 at the counter or on the phone: the order is taken in by the unit of `by` and accepted.

    The customer is known (`customer`, at `premises` or a new `address`), new (`newcomer`), or nobody
    (`anonymous_reason`). The same `client_key` returns the order that exists.
    Effects: those of `register_customer`, `add_premises`, `create_order`, `accept_order`.
    Errors: theirs, and SameOrderOpen unless `anyway`.
    """
    known = Order.objects.filter(client_key=client_key).first() if client_key else None
    if known is not None:
        return known
    grant = by.active_grant
    if grant is None or grant.unit.company is None:
        raise NotAllowed()
    company = grant.unit.company
    if newcomer is not None:
        customer = register_customer(
            company=company, name=newcomer.name, phone=newcomer.phone, address=newcomer.address, by=by, at=at
        )
        premises = Premises.objects.filter(customer=customer).order_by("pk").first()
    elif customer is not None and premises is None and address.strip():
        premises = add_premises(customer, address=address, by=by, at=at)
    twice = duplicates_of(customer, premises, order_type)
    if twice is not None and not anyway:
        raise SameOrderOpen(name=order_type.name, number=twice.number, field="anyway")
    order = create_order(
        order_type=order_type,
        company=company,
        unit=grant.unit,
        customer=customer,
        premises=premises,
        by=by,
        at=at,
        client_key=client_key,
        title=title,
        anonymous_reason=anonymous_reason,
    )
    return accept_order(order, by=by, at=at, decided=decided)
