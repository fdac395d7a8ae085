"""Promises made by word: lists for their page, what an order and a customer show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.customers.models import Customer
from cxorders.customers.panels import Clue, Reason, Told, Why
from cxorders.kit import formats
from cxorders.kit.numbering import key_of
from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from touchpoints.orders.enums import OPEN_ORDER_STATES
from touchpoints.orders.models import Order
from touchpoints.pledges.enums import PledgeState, View
from touchpoints.pledges.models import Pledge

PAGE = 50
MOST_COUNTED = 99
SHOWN_DAYS = 90


def pledges_in(user: User, view: View, now: datetime, *, mine: bool = False) -> QuerySet[Pledge]:
    """The promises of one list the person may see: open ones and overdue ones by their day, ended ones newest first."""
    rows = Pledge.objects.visible_to(user)
    if mine:
        rows = rows.filter(owner=user)
    if view == View.ENDED:
        ended = rows.exclude(state=PledgeState.OPEN).filter(ended_at__gte=now - timedelta(days=SHOWN_DAYS))
        return ended.order_by("-ended_at", "-pk")
    rows = rows.filter(state=PledgeState.OPEN)
    return (rows.filter(due_at__lt=now) if view == View.OVERDUE else rows).order_by("due_at", "pk")


def page_of(user: User, view: View, now: datetime, *, mine: bool, start: int = 0) -> tuple[list[Pledge], bool]:
    """One page of a list, and whether more follow. One query."""
    rows = pledges_in(user, view, now, mine=mine).select_related("customer", "order", "owner", "unit", "company")
    found = list(rows[start : start + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def counts(user: User, now: datetime, *, mine: bool) -> dict[str, str]:
    """Open and overdue, counted to 99 at the most. Two queries."""
    found = {
        view.value: pledges_in(user, view, now, mine=mine).order_by()[: MOST_COUNTED + 1].count()
        for view in (View.OPEN, View.OVERDUE)
    }
    return {view: f"{MOST_COUNTED}+" if n > MOST_COUNTED else str(n) for view, n in found.items()}


@dataclass(frozen=True)
class Owed:
    """Open promises by word one person keeps: past their time, and those whose time comes before tomorrow ends."""

    overdue: int
    soon: int


def owed_by(user: User, now: datetime) -> Owed:
    """The reminder of the work bench, in Shanghai days. One query."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Pledge.objects.filter(owner=user, state=PledgeState.OPEN, due_at__lt=midnight + timedelta(days=2))
    found = rows.order_by().aggregate(all=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)))
    return Owed(found["overdue"], found["all"] - found["overdue"])


def pledge_by_number(user: User, number: str) -> Pledge | None:
    """The promise CN-…, where the person may see it."""
    key = key_of("CN", number)
    rows = Pledge.objects.visible_to(user).select_related("customer__company", "order", "owner", "given_by", "unit")
    return rows.filter(pk=key).first() if key is not None else None


# ---- on the page of the order ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderPledges:
    """The card of an order."""

    order: Order
    rows: list[Pledge]
    may_give: bool
    now: datetime


def order_panel(order: Order, user: User) -> Sequence[Panel]:
    """What was promised by word for this order. One query."""
    rows = list(Pledge.objects.filter(order=order).select_related("owner").order_by("state", "due_at", "pk"))
    give = may(user, "order.work") and order.customer_id is not None and order.state in OPEN_ORDER_STATES
    if not rows and not give:
        return []
    return [Panel("touchpoints/pledges/_of_order.html", OrderPledges(order, rows, give, timezone.now()), "aside")]


# ---- on the page of the customer ---------------------------------------------------------------------------------


def told_of_customer(customer: Customer, user: User, at: datetime) -> Told:
    """Open promises by word: overdue ones first, they are what the customer calls about. Two queries."""
    own = Q(customer_id__in=customer.keys, state=PledgeState.OPEN)
    rows = list(Pledge.objects.filter(own).select_related("owner", "unit").order_by("due_at", "pk")[:10])
    opens = set(Pledge.objects.visible_to(user).filter(own).order_by().values_list("pk", flat=True)) if rows else set()
    late = [row for row in rows if row.is_late(at)]
    return Told(
        clues=[_clue(row, row.pk in opens, at) for row in rows[:3]],
        reasons=[Reason(Why.PROMISE_OVERDUE, row.text, _source(row), _url(row, row.pk in opens), row.due_at)
                 for row in late],
    )  # fmt: skip


def _clue(row: Pledge, opens: bool, at: datetime) -> Clue:
    when = {"at": formats.date_prose(row.due_at), "text": row.text}
    text = _("答应过：%(text)s（%(at)s 前）") % when
    if row.is_late(at):
        text = _("答应过的事已过期：%(text)s（应在 %(at)s 前）") % when
    return Clue(text, _source(row), _url(row, opens), "bad" if row.is_late(at) else "run", "message-check")


def _source(row: Pledge) -> str:
    who = row.owner.name if row.owner is not None else row.unit.name
    return _("口头承诺 %(number)s，%(who)s") % {"number": row.number, "who": who}


def _url(row: Pledge, opens: bool) -> str:
    return reverse("pledges:detail", args=[row.number]) if opens else ""
