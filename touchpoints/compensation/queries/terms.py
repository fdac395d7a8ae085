"""What a company decided about compensation: in force, planned, and before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone

from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit
from cxorders.organisation.queries.calendars import calendar_for
from touchpoints.compensation.models import CompensationItem, CompensationTerms
from touchpoints.orders.models import StageType


def in_force(newest_first: Sequence[CompensationTerms], day: date) -> CompensationTerms | None:
    """The decision that counts for a promise that broke on `day`: the newest one whose day has come."""
    return next((terms for terms in newest_first if terms.valid_from <= day), None)


def coming(newest_first: Sequence[CompensationTerms], day: date) -> list[CompensationTerms]:
    """The decisions that will take effect after `day`, the nearest first; a newer one for an earlier day undoes one."""
    found: list[CompensationTerms] = []
    for terms in newest_first:
        if terms.valid_from <= day:
            break
        if not found or terms.valid_from < found[-1].valid_from:
            found.append(terms)
    return found[::-1]


def today_of(company: Unit, now: datetime) -> date:
    """The day it is in the company."""
    return now.astimezone(calendar_for(company).tz).date()


@dataclass(frozen=True)
class TermsLine:
    """One row of the table as a company has it."""

    item: CompensationItem
    present: CompensationTerms | None
    planned: list[CompensationTerms]
    history: list[CompensationTerms]
    """every decision, the newest first"""
    stages: int
    """how many kinds of stages promise by this standard"""

    @property
    def is_on(self) -> bool:
        """Whether promises that break today are paid for."""
        return self.present is not None and self.present.is_on and self.present.amount > 0


def terms_lines(company: Unit | None, now: datetime) -> list[TermsLine]:
    """The table of the catalogue with the decisions of `company` (None: the group, which decides nothing)."""
    decided: dict[int, list[CompensationTerms]] = {}
    if company is not None:
        rows = CompensationTerms.objects.filter(company=company).select_related("by").order_by("-pk")
        for terms in rows:
            decided.setdefault(terms.item_id, []).append(terms)
    used = dict(
        StageType.objects.filter(standard__isnull=False).order_by().values_list("standard_id").annotate(n=Count("pk"))
    )
    items = CompensationItem.objects.filter(retired=False).select_related("standard").order_by("position", "code")
    today = today_of(company, now) if company is not None else timezone.localdate(now)
    return [
        TermsLine(
            item=item,
            present=in_force(decided.get(item.pk, []), today),
            planned=coming(decided.get(item.pk, []), today),
            history=decided.get(item.pk, []),
            stages=used.get(item.standard_id, 0),
        )
        for item in items
    ]


@dataclass
class CompanyLine:
    """How many rows of the table one company has switched on."""

    company: Unit
    on: list[CompensationTerms] = field(default_factory=list)


def companies_on(now: datetime) -> list[CompanyLine]:
    """Every company with what it pays today, for the group. Two queries, and the calendars."""
    open_ones = Unit.objects.filter(kind=UnitKind.COMPANY, closed_on=None).order_by("path")
    lines = {unit.pk: CompanyLine(unit) for unit in open_ones}
    decided: dict[tuple[int, int], list[CompensationTerms]] = {}
    rows = CompensationTerms.objects.filter(item__retired=False).select_related("item__standard")
    for terms in rows.order_by("item__position", "-pk"):
        decided.setdefault((terms.company_id, terms.item_id), []).append(terms)
    for (company_id, _item), newest_first in decided.items():
        line = lines.get(company_id)
        present = in_force(newest_first, today_of(line.company, now)) if line is not None else None
        if line is not None and present is not None and present.is_on and present.amount > 0:
            line.on.append(present)
    return list(lines.values())
