"""Reading the journal as a whole: newest first, by keyset, within the companies a person may look into."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from cxorders.customers.models import Customer
from cxorders.journal.models import Entry
from cxorders.organisation.access import may
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from cxorders.web.journalling.words import ORGANISATION
from feedback.intake.models import Record
from feedback.issues.models import Issue
from kpi.metrics.periods import start_of
from touchpoints.orders.models import Order, Stage

PAGE = 50
Place = tuple[datetime, int]

PAGES: dict[str, tuple[Any, str, str]] = {
    "touchpoints.order": (Order, "orders:detail", "order.read"),
    "feedback.issue": (Issue, "issues:detail", "issue.read"),
    "feedback.record": (Record, "intake:detail", "record.read"),
    "cxorders.customer": (Customer, "customers:detail", "customer.read"),
}
"""label of a subject → what it is, its page, who may open it"""


@dataclass(frozen=True)
class Wanted:
    """The filters of the journal, already clean."""

    actor: int | None = None
    family: str = ""
    company: int | None = None
    first: date | None = None
    last: date | None = None
    after: Place | None = None


@dataclass(frozen=True)
class Line:
    """One action with the way to what it was done to."""

    entry: Entry
    unit: str
    number: str
    url: str


def reach_of(user: User) -> Q:
    """Entries a person may read: all, those of the own company, or, without business content, the organisation's."""
    scope = scope_of(user)
    if scope.everything:
        return Q()
    if scope.blind:
        return _of_families(ORGANISATION)
    return Q(company_id=scope.company_id) if scope.company_id is not None else Q(unit_id__in=sorted(scope.unit_ids))


def _of_families(families: Iterable[str]) -> Q:
    where = Q(pk__in=())
    for family in families:
        where |= Q(verb__startswith=f"{family}.")
    return where


def page_of(user: User, wanted: Wanted, size: int = PAGE) -> tuple[list[Line], Place | None]:
    """One page of actions, newest first, and where the next one starts. Seven queries."""
    rows = Entry.objects.filter(reach_of(user))
    if wanted.actor is not None:
        rows = rows.filter(actor_id=wanted.actor)
    if wanted.family:
        rows = rows.filter(verb__startswith=f"{wanted.family}.")
    if wanted.company is not None:
        rows = rows.filter(company_id=wanted.company)
    if wanted.first is not None:
        rows = rows.filter(at__gte=start_of(wanted.first))
    if wanted.last is not None:
        rows = rows.filter(at__lt=start_of(wanted.last + timedelta(days=1)))
    if wanted.after is not None:
        moment, key = wanted.after
        rows = rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=key), at__lte=moment)
    found = list(rows.order_by("-at", "-pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return _lines(found[:size], user), None if last is None else (last.at, last.pk)


def _lines(entries: list[Entry], user: User) -> list[Line]:
    units = Unit.objects.in_bulk({key for entry in entries for key in (entry.unit_id, entry.company_id) if key})
    stages = dict(Stage.objects.filter(pk__in=_keys(entries, "touchpoints.stage")).values_list("pk", "order_id"))
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for label, (model, page, permission) in PAGES.items():
        wanted = _keys(entries, label) | (set(stages.values()) if label == "touchpoints.order" else set())
        if wanted and may(user, permission):
            for row in model.objects.visible_to(user).filter(pk__in=wanted):
                found[label, row.pk] = (row.number, reverse(page, args=[row.number]))
    lines = []
    for entry in entries:
        subject = (entry.subject_label, entry.subject_id)
        if entry.subject_label == "touchpoints.stage" and entry.subject_id in stages:
            subject = ("touchpoints.order", stages[entry.subject_id])
        number, url = found.get(subject, ("", ""))
        unit = units.get(entry.unit_id or entry.company_id or 0)
        lines.append(Line(entry, unit.name if unit else "", number, url))
    return lines


def _keys(entries: list[Entry], label: str) -> set[int]:
    return {entry.subject_id for entry in entries if entry.subject_label == label}
