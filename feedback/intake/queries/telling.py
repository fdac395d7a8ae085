"""What customers said, told on pages of the rooms below: at the stages of an order, and for a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.urls import reverse

from cxorders.customers.models import Customer
from cxorders.customers.panels import MOST_TOUCHES, Told, Touch
from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from feedback.intake.models import Record
from touchpoints.orders.models import Order
from touchpoints.orders.panels import StageMark

MOST = 12


@dataclass(frozen=True)
class Said:
    """Records for a block on a page of another room."""

    records: list[Record]
    url_query: str
    """filter of the record list that shows them all"""
    record_query: str = ""
    """where a new record starts; "" for people who take none"""
    more: bool = False

    @property
    def count(self) -> str:
        """How many are shown."""
        return f"{len(self.records)}+" if self.more else str(len(self.records))


def marks_of_stages(order: Order, user: User) -> dict[int, StageMark]:
    """Stage key → ratings given there, oldest first, and the last words. One query; probes tell what lacks."""
    if not may(user, "record.read"):
        return {}
    marks: dict[int, StageMark] = {}
    rows = Record.objects.visible_to(user).filter(order=order, stage__isnull=False).order_by("occurred_at", "pk")
    for stage_id, rating, words in rows.values_list("stage_id", "rating", "verbatim"):
        mark = marks.setdefault(stage_id, StageMark())
        mark.words = words or mark.words
        if rating is not None:
            mark.ratings.append(rating)
    return marks


def panels_of_order(order: Order, user: User) -> Sequence[Panel]:
    """The block 客户说了什么 of an order, and where to record what is heard now."""
    if not may(user, "record.read"):
        return []
    start = f"order={order.number}" if may(user, "record.create") else ""
    said = _said(Record.objects.visible_to(user).filter(order=order), f"order={order.number}", start)
    return [Panel("feedback/intake/_of_order.html", said)]


def told_of_customer(customer: Customer, user: User, at: datetime) -> Told:
    """The block 最近的反馈, and the last ratings for the history of contacts. Two queries.

    When and how a customer rated is told to everybody who serves the customer; the words only where the record itself
    is in reach (X1).
    """
    theirs = Record.objects.filter(customer_id__in=customer.keys)
    rows = theirs.select_related("method", "collector", "key_point").order_by("-submitted_at", "-pk")
    latest = list(rows[:MOST_TOUCHES])
    if not may(user, "record.read"):
        return Told(touches=[_touch(record, opens=False) for record in latest])
    start = f"customer={customer.number}" if may(user, "record.create") else ""
    query = f"customer={customer.number}"
    said = _said(Record.objects.visible_to(user).filter(customer_id__in=customer.keys), query, start)
    opens = {record.pk for record in said.records}
    return Told(
        panels=[Panel("feedback/intake/_of_customer.html", said, "after")],
        touches=[_touch(record, opens=record.pk in opens) for record in latest],
    )


METHOD_ICONS = {
    "FM-CB": "phone-call",
    "FM-IVR": "phone-call",
    "FM-QR": "grid-dots",
    "FM-RATE": "building-store",
    "FM-SIGN": "signature",
    "FM-VISIT": "home-check",
}


def _touch(record: Record, *, opens: bool) -> Touch:
    return Touch(
        at=record.occurred_at,
        channel=record.method.name,
        icon=METHOD_ICONS.get(record.method.code, "message-2"),
        what=record.verbatim if opens and record.verbatim else record.key_point.name,
        quoted=opens and bool(record.verbatim),
        rating=record.rating,
        by=record.collector.name if record.collector is not None else "",
        url=reverse("intake:detail", args=[record.number]) if opens else "",
    )


def count_of(keys: Sequence[int]) -> Mapping[int, int]:
    """Customer key → number of records."""
    rows = Record.objects.filter(customer_id__in=keys).order_by().values_list("customer_id")
    return {key: many for key, many in rows.annotate(many=Count("pk")) if key is not None}


def _said(rows: QuerySet[Record], query: str, start: str) -> Said:
    shown = rows.select_related("stage__stage_type", "key_point", "method", "touchpoint")
    found = list(shown.order_by("-submitted_at", "-pk")[: MOST + 1])
    return Said(found[:MOST], query, start, len(found) > MOST)
