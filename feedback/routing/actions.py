"""The verbs of routing."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from cxorders.organisation.models import Unit
from feedback.issues.actions import attach_order
from feedback.issues.actions.placing import dispatch_within
from feedback.issues.models import Issue
from feedback.routing.queries import HAZARD_RULE, destination
from touchpoints.orders.actions import accept_order, create_order
from touchpoints.orders.enums import OrderState
from touchpoints.orders.models import Order, OrderType

EMERGENCY = "OT-EMERG"


@transaction.atomic
def route(issue: Issue, *, at: datetime) -> Issue:
    """Dispatch a triaged issue to the unit its category names, by the system (RT-01, RT-05).

    Danger also opens an emergency order at once, before anybody fills in a form (X5).
    """
    return route_within(issue, at=at)


def route_within(issue: Issue, *, at: datetime) -> Issue:
    """`route` as a step of a verb that is atomic already."""
    target = destination(issue)
    dispatch_within(issue, by=None, at=at, unit=target.unit, rule=target.rule)
    if target.rule == HAZARD_RULE:
        order = open_emergency(issue, target.unit, at=at)
        if order is not None:
            attach_order(issue, order, at=at)
    return issue


def open_emergency(issue: Issue, unit: Unit, *, at: datetime) -> Order | None:
    """The emergency order of a dangerous issue, accepted and running; the same one however often it is asked for.

    None where the catalogue knows no such order (other trades than gas).
    """
    kind = OrderType.objects.filter(code=EMERGENCY, retired=False).first()
    if kind is None:
        return None
    customer = issue.customer
    order = create_order(
        order_type=kind,
        company=issue.company,
        unit=unit,
        customer=customer,
        premises=customer.premises.order_by("pk").first() if customer is not None else None,
        by=None,
        at=at,
        client_key=uuid5(NAMESPACE_URL, f"emergency:{issue.pk}"),
        title=issue.title[:120],
        anonymous_reason="" if customer is not None else "险情，客户未留名",
    )
    return accept_order(order, by=None, at=at) if order.state == OrderState.DRAFT else order
