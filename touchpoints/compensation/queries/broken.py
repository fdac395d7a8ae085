"""Broken promises that may give a compensation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from django.db.models import Exists, F, OuterRef

from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.models import Unit
from cxorders.organisation.queries.calendars import calendars_for
from touchpoints.compensation.models import Compensation, CompensationTerms
from touchpoints.compensation.queries.terms import in_force
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Stage, StageType
from touchpoints.promises.enums import ExemptionState
from touchpoints.promises.models import Exemption
from touchpoints.promises.queries import EXEMPTED, OVER


@dataclass(frozen=True)
class Candidate:
    """A stage whose promise is broken, and the terms of the day it broke."""

    stage_id: int
    broken_at: datetime
    terms: CompensationTerms
    calendar: WorkCalendar


def is_exempted(stage: Stage) -> bool:
    """Whether the level above has left this breach out."""
    return Exemption.objects.filter(stage=stage, state=ExemptionState.GRANTED).exists()


def candidates(at: datetime) -> Iterator[Candidate]:
    """Broken promises without a compensation, whose standard the company pays for since before they broke.

    Stages still open go by the index of running promises, ended ones by the index of those that ended too late;
    a company that never switched anything on costs nothing.
    """
    decided: dict[Unit, dict[int, list[CompensationTerms]]] = {}
    rows = CompensationTerms.objects.filter(item__retired=False).select_related("company", "item")
    for terms in rows.order_by("-pk"):
        decided.setdefault(terms.company, {}).setdefault(terms.item.standard_id, []).append(terms)
    calendars = calendars_for(decided)
    for company, by_standard in decided.items():
        paying = {key: rows for key, rows in by_standard.items() if any(terms.is_on for terms in rows)}
        if paying:
            yield from _of_company(company, paying, calendars[company.pk], at)


def _of_company(
    company: Unit, paying: dict[int, list[CompensationTerms]], calendar: WorkCalendar, at: datetime
) -> Iterator[Candidate]:
    first = min(terms.valid_from for rows in paying.values() for terms in rows if terms.is_on)
    since = _start_of(first, calendar.tz)
    standard_of = dict(StageType.objects.filter(standard__in=paying).order_by("pk").values_list("pk", "standard_id"))
    mine = Stage.objects.filter(
        company=company, stage_type__in=list(standard_of), due_at__gte=since, order__customer__isnull=False
    ).order_by()
    still_open = mine.filter(ended_at=None, due_at__lt=at, state=StageState.ACTIVE)
    ended = mine.filter(state__in=OVER, ended_at__gte=since, ended_at__gt=F("due_at"))
    paid_for = Exists(Compensation.objects.filter(stage=OuterRef("pk")))
    for stages in (still_open, ended):
        rows = stages.exclude(paid_for).exclude(EXEMPTED).order_by("due_at", "pk")
        for key, kind, due in rows.values_list("pk", "stage_type_id", "due_at"):
            if due is None:
                continue
            terms = in_force(paying[standard_of[kind]], due.astimezone(calendar.tz).date())
            if terms is not None and terms.is_on and terms.amount > 0:
                yield Candidate(key, due, terms, calendar)


def _start_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
