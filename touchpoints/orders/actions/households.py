"""Households under one contract order: each one a customer with an own promise (O1, O2)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cxorders.customers.actions import PhoneWrong, clean_phone, register_customer
from cxorders.customers.models import Premises
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import User
from touchpoints.orders import policy
from touchpoints.orders.actions.accept import accept_order, create_order
from touchpoints.orders.actions.flow import hold
from touchpoints.orders.enums import OrderState
from touchpoints.orders.households import MOST_LINES, HouseholdLine
from touchpoints.orders.models import Order
from touchpoints.orders.queries import is_per_household, stages_of

TAKES_HOUSEHOLDS = (OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED)
HOUSEHOLD_SEGMENT = "RETAIL"


class NoHouseholds(BusinessError):
    """Only a contract that is done household by household takes households, and only before that work is over."""

    code = "no_households"
    zh = "这个订单不能再登记住户。"
    en = "No more households can be added to this order."


class TooManyLines(BusinessError):
    code = "too_many_lines"
    zh = "一次最多粘贴 {limit} 行，您贴了 {count} 行；请分几次。"
    en = "At most {limit} lines at a time, you pasted {count}. Do it in several steps."


class BadLines(BusinessError):
    """Nothing is saved while any line is wrong; `lines` says which and why."""

    code = "household_lines_wrong"
    zh = "有 {count} 行要改，还没有保存任何一户。"
    en = "{count} lines have to be corrected; no household has been saved yet."

    def __init__(self, lines: Sequence[HouseholdLine]) -> None:
        self.lines = tuple(lines)
        super().__init__(count=len(lines), field="lines")


def takes_households(contract: Order) -> bool:
    """Whether households can be added: a running contract whose household work is not over."""
    if contract.parent_id is not None or contract.state not in TAKES_HOUSEHOLDS:
        return False
    per_household = [stage for stage in stages_of(contract) if is_per_household(stage.stage_type)]
    return any(stage.state not in policy.ENDED for stage in per_household)


@transaction.atomic
def add_household(
    contract: Order,
    *,
    name: str,
    phone: str,
    address: str,
    by: User | None,
    at: datetime,
    client_key: uuid.UUID | None = None,
) -> Order:
    """One household: customer, premises, an order of the same type with only the stages done per household.

    The same `client_key` returns the order that exists. Effects: those of `register_customer`, `create_order`,
    `accept_order`. Errors: NotAllowed, NoHouseholds, PhoneWrong, NameMissing, AddressMissing.
    """
    known = Order.objects.filter(client_key=client_key).first() if client_key else None
    if known is not None:
        return known
    held = hold(contract.pk)
    _require_open(held, by)
    return _add(held, name=name, phone=phone, address=address, by=by, at=at, client_key=client_key)


def _require_open(contract: Order, by: User | None) -> None:
    if not policy.may_take_in(by, contract):
        raise NotAllowed()
    if not takes_households(contract):
        raise NoHouseholds()


def _add(
    contract: Order,
    *,
    name: str,
    phone: str,
    address: str,
    by: User | None,
    at: datetime,
    client_key: uuid.UUID | None = None,
) -> Order:
    customer = register_customer(
        company=contract.company,
        name=name,
        phone=phone,
        address=address,
        segment_code=HOUSEHOLD_SEGMENT,
        by=None,
        at=at,
    )
    order = create_order(
        order_type=contract.order_type,
        company=contract.company,
        unit=contract.unit,
        customer=customer,
        premises=Premises.objects.filter(customer=customer).order_by("pk").first(),
        by=None,
        at=at,
        parent=contract,
        client_key=client_key,
    )
    if by is not None:
        Order.objects.filter(pk=order.pk).update(owner=by)
        order.owner = by
    return accept_order(order, by=None, at=at)


@transaction.atomic
def add_households(contract: Order, lines: Sequence[HouseholdLine], *, by: User | None, at: datetime) -> list[Order]:
    """All households of a paste, or none. Errors: those of `add_household`, TooManyLines, BadLines."""
    held = hold(contract.pk)
    _require_open(held, by)
    if len(lines) > MOST_LINES:
        raise TooManyLines(limit=MOST_LINES, count=len(lines), field="lines")
    present = set(
        Order.objects.filter(parent=held)
        .exclude(state=OrderState.CANCELLED)
        .values_list("premises__address", flat=True)
    )
    bad = [problem for line in lines if (problem := _problem(line, present)).problem]
    if bad or not lines:
        raise BadLines(bad)
    return [_add(held, name=line.name, phone=line.phone, address=line.address, by=by, at=at) for line in lines]


def _problem(line: HouseholdLine, present: set[str]) -> HouseholdLine:
    """`line` with the first thing wrong about it."""
    problem = line.problem
    if not problem and line.address in present:
        problem = "present"
    if not problem:
        try:
            clean_phone(line.phone)
        except PhoneWrong:
            problem = "phone"
    return HouseholdLine(line.line, line.name, line.phone, line.address, problem)
