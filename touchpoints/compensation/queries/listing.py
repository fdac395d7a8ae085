"""Lists of compensations: by state, with counts and sums; what an order shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum
from django.utils import timezone

from cxorders.kit.numbering import key_of
from cxorders.kit.panels import Panel
from cxorders.organisation.models import User
from touchpoints.compensation.enums import CompensationState, View
from touchpoints.compensation.models import Compensation
from touchpoints.orders.models import Order

PAGE = 50
SHOWN_DAYS = 365
"""paid and refused ones are listed for a year"""
SHOWN = (
    "stage__order__customer", "stage__order__order_type", "stage__stage_type__standard",
    "stage__stage_type__touchpoint", "unit", "company", "ended_by", "terms__item",
)  # fmt: skip


def _condition(view: View, now: datetime) -> Q:
    due, recent = Q(state=CompensationState.DUE), Q(ended_at__gte=now - timedelta(days=SHOWN_DAYS))
    return {
        View.DUE: due & Q(due_at__gte=now),
        View.LATE: due & Q(due_at__lt=now),
        View.PAID: Q(state=CompensationState.PAID) & recent,
        View.REFUSED: Q(state=CompensationState.REFUSED) & recent,
    }[view]


def compensations_in(user: User, view: View, now: datetime) -> QuerySet[Compensation]:
    """The compensations of one list the person may see: waiting ones by their day, ended ones newest first."""
    rows = Compensation.objects.visible_to(user).filter(_condition(view, now))
    return rows.order_by("due_at", "pk") if view in (View.DUE, View.LATE) else rows.order_by("-ended_at", "-pk")


def page_of(user: User, view: View, now: datetime, *, start: int = 0) -> tuple[list[Compensation], bool]:
    """One page of a list, and whether more follow. One query."""
    found = list(compensations_in(user, view, now).select_related(*SHOWN)[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


@dataclass(frozen=True)
class Tally:
    """One list: how many, how many yuan."""

    n: int
    yuan: Decimal


def tallies(user: User, now: datetime) -> Mapping[View, Tally]:
    """Every list with its count and its sum, the second sum of late ones included. One query."""
    wanted: dict[str, Aggregate] = {}
    for view in View:
        wanted[f"n_{view.value}"] = Count("pk", filter=_condition(view, now))
        paid = F("amount") + F("extra")
        wanted[f"yuan_{view.value}"] = Sum(paid, filter=_condition(view, now))
    found = Compensation.objects.visible_to(user).order_by().aggregate(**wanted)
    twice = {View.LATE: 2}  # nobody has written down the second sum before it is paid
    return {
        view: Tally(
            found[f"n_{view.value}"],
            (found[f"yuan_{view.value}"] or Decimal(0)) * twice.get(view, 1),
        )
        for view in View
    }


def compensation_by_number(user: User, number: str) -> Compensation | None:
    """The compensation PF-…, where the person may see it."""
    key = key_of("PF", number)
    rows = Compensation.objects.visible_to(user).select_related(*SHOWN, "stage__assignee", "stage__unit", "terms__by")
    return rows.filter(pk=key).first() if key is not None else None


# ---- on the page of the order ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderCompensations:
    """The card of an order."""

    rows: list[tuple[Compensation, Decimal]]
    """each with the yuan owed now, or its own where it was refused"""
    opens: set[int]
    """those the person may open"""
    now: datetime


def order_panel(order: Order, user: User) -> Sequence[Panel]:
    """What is owed for broken promises of this order. One query, two where there is something."""
    own = Q(stage__order=order)
    rows = list(Compensation.objects.filter(own).select_related("stage__stage_type").order_by("broken_at", "pk"))
    if not rows:
        return []
    opens = set(Compensation.objects.visible_to(user).filter(own).order_by().values_list("pk", flat=True))
    now = timezone.now()
    shown = OrderCompensations([(row, row.owed(now) or row.amount) for row in rows], opens, now)
    return [Panel("touchpoints/compensation/_of_order.html", shown, "aside")]
