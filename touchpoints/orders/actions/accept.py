"""Taking an order in: create, accept, reject (O1–O3)."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cxorders.customers.models import Customer, Premises
from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.events import publish
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.kit.states import move
from cxorders.organisation.models import Unit, User
from touchpoints.orders import planning, policy
from touchpoints.orders.actions.flow import advance, hold
from touchpoints.orders.enums import ORDER_TRANSITIONS, OrderState, StageState
from touchpoints.orders.events import OrderAccepted, OrderEnded
from touchpoints.orders.models import Order, OrderType, Stage, StageType
from touchpoints.orders.queries import Calendars, departments_of, is_callback, is_per_household
from touchpoints.standards.queries import own_limits


class TypeRetired(BusinessError):
    code = "order_type_retired"
    zh = "“{name}”已停用，不能再受理。"
    en = "{name} is no longer offered."


class NobodyNamed(BusinessError):
    """O1: customer or anonymous reason."""

    code = "order_without_customer"
    zh = "请选择客户；没有客户的，写明原因。"
    en = "Choose the customer, or say why there is none."


class OtherCompany(BusinessError):
    code = "order_other_company"
    zh = "客户、地址和订单必须属于同一家公司。"
    en = "Customer, address and order must belong to one company."


class ReasonMissing(BusinessError):
    code = "reason_missing"
    zh = "请写明原因。"
    en = "Please give the reason."


@transaction.atomic
def create_order(
    *,
    order_type: OrderType,
    company: Unit,
    unit: Unit,
    customer: Customer | None,
    premises: Premises | None = None,
    by: User | None,
    at: datetime,
    client_key: uuid.UUID | None = None,
    parent: Order | None = None,
    title: str = "",
    anonymous_reason: str = "",
) -> Order:
    """O1: a draft taken in by `unit`, with `by` as first-asked owner (X2).

    The same `client_key` returns the order that exists. Effects: order row; journal `order.created`.
    Errors: NotAllowed, TypeRetired, NobodyNamed, OtherCompany.
    """
    known = Order.objects.filter(client_key=client_key).first() if client_key else None
    if known is not None:
        return known
    if not policy.may_create(by, unit):
        raise NotAllowed()
    if order_type.retired:
        raise TypeRetired(name=order_type.name, field="order_type")
    if customer is None and not anonymous_reason.strip():
        raise NobodyNamed(field="customer")
    if unit.company_id != company.pk or any(
        thing is not None and thing.company_id != company.pk for thing in (customer, premises, parent)
    ):
        raise OtherCompany()
    order = Order(
        company=company,
        unit=unit,
        order_type=order_type,
        customer=customer,
        premises=premises,
        parent=parent,
        title=title.strip(),
        anonymous_reason=anonymous_reason.strip(),
        owner=by,
        created_at=at,
        client_key=client_key,
    )
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError:
        if client_key is None:
            raise
        return Order.objects.get(client_key=client_key)
    record(order, "order.created", by=by, at=at, type=order_type.code)
    return order


def _stage_types(order: Order) -> list[StageType]:
    rows = StageType.objects.filter(order_type=order.order_type, retired=False).order_by("seq")
    types = list(rows.select_related("process", "standard", "touchpoint"))
    if order.parent_id is None:
        return types
    return [row for row in types if is_per_household(row) or is_callback(row)]


def _lay_out(order: Order, decided: Mapping[str, bool], day: date) -> list[Stage]:
    """The stages of the order with unit and the promise of standards in force on `day`, not saved yet."""
    own = own_limits(order.company, day)
    stages = planning.lay_out(order, _stage_types(order), departments=departments_of(order.company), own=own)
    for stage in stages:
        stage.needed = True if stage.stage_type.optional and decided.get(stage.stage_type.code) else None
    return stages


def _contract_forecasts(household: Order) -> dict[int, datetime]:
    """Stage type → when the contract of a household should be through with a stage it has not reached yet."""
    if household.parent_id is None:
        return {}
    rows = Stage.objects.filter(order_id=household.parent_id, state=StageState.PENDING)
    return {key: moment for key, moment in rows.values_list("stage_type_id", "forecast_at") if moment is not None}


@transaction.atomic
def accept_order(order: Order, *, by: User | None, at: datetime, decided: Mapping[str, bool] | None = None) -> Order:
    """O2 draft → accepted, then O4/O5: the first stage starts.

    `decided`: optional stages already known to be needed (stage code → True); they count in the expected finish.
    Effects, in order: promises (by the standards in force on the day of `at`) and responsible units
    frozen per stage; expected finish stored as promise;
    journal `order.accepted` and `order.customer_told`; OrderAccepted; first stage active.
    The finish is left open (None) where it lies in a year whose holiday table is missing: it is never guessed.
    Errors: NotAllowed, WrongState, Stale, CalendarMissing.
    """
    held = hold(order.pk)
    if not policy.may_take_in(by, held):
        raise NotAllowed()
    calendars = Calendars()
    stages = _lay_out(held, decided or {}, timezone.localdate(at, BUSINESS_ZONE))
    planning.foretell(stages, at, calendars, _contract_forecasts(held))
    promised = planning.promised_finish(stages)
    values: dict[str, Any] = {"accepted_at": at, "promised_at": promised, "expected_at": promised}
    move(order, OrderState.ACCEPTED, table=ORDER_TRANSITIONS, **values)
    Stage.objects.bulk_create(stages)
    told = promised.isoformat() if promised else None
    record(order, "order.accepted", by=by, at=at, stages=len(stages))
    record(order, "order.customer_told", by=by, at=at, promised_at=told)
    publish(OrderAccepted(order_id=order.pk, at=at, by_id=by.pk if by else None))
    return advance(order, by=by, at=at, calendars=calendars)


@transaction.atomic
def reject_order(order: Order, *, by: User | None, at: datetime, reason: str, alternative: str = "") -> Order:
    """O3 draft → rejected: the reason and the alternative offered are the written answer to the customer.

    Effects: end reason; journal; OrderEnded. Errors: NotAllowed, ReasonMissing, WrongState, Stale.
    """
    held = hold(order.pk)
    if not policy.may_take_in(by, held):
        raise NotAllowed()
    if not reason.strip():
        raise ReasonMissing(field="reason")
    move(order, OrderState.REJECTED, table=ORDER_TRANSITIONS, end_reason=reason.strip()[:300], closed_at=at)
    record(order, "order.rejected", by=by, at=at, reason=reason.strip(), alternative=alternative.strip())
    publish(OrderEnded(order_id=order.pk, state=OrderState.REJECTED, at=at, by_id=by.pk if by else None))
    return order
