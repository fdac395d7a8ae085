"""What a person who leaves held passes to a successor (X2: exactly one accountable person)."""

from datetime import datetime

from django.db import transaction

from cxorders.journal.actions import record
from cxorders.organisation.models import User
from touchpoints.orders.actions.flow import note
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import held_orders, held_stages


@transaction.atomic
def hand_over_stages(user: User, successor: User, by: User | None, at: datetime) -> None:
    """Open stages of `user` pass to `successor`; the unit stays. Effects: assignee; one journal row each."""
    for stage in held_stages(user).select_related("stage_type", "order").order_by("pk"):
        Stage.objects.filter(pk=stage.pk).update(assignee=successor)
        note(
            stage,
            "stage.assigned",
            by=by,
            at=at,
            assignee=successor.pk,
            assignee_name=successor.name,
            instead_of=user.name,
        )


@transaction.atomic
def hand_over_orders(user: User, successor: User, by: User | None, at: datetime) -> None:
    """Orders `user` was first asked for pass to `successor`. Effects: owner; one journal row each."""
    for order in held_orders(user).order_by("pk"):
        Order.objects.filter(pk=order.pk).update(owner=successor)
        record(order, "order.handed_over", by=by, at=at, assignee_name=successor.name, instead_of=user.name)
