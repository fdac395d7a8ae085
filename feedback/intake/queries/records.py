"""Lists and details of records. Every way to a record starts at `visible_to`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from cxorders.customers.queries import same_customer
from cxorders.kit.numbering import key_of
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.intake.models import Record
from feedback.intake.seal import SEALED_FIELDS, digest

PAGE = 30
_SHOWN = ("key_point", "touchpoint", "unit", "collector", "method", "customer", "order", "company")


@dataclass(frozen=True)
class Wanted:
    """The filters of a list, already clean. `after` is the last row of the page before."""

    touchpoint: str = ""
    key_point: str = ""
    rating: str = ""
    """low (1–2), mid (3), high (4–5), none (no rating)"""
    negative: bool = False
    late: bool = False
    method: str = ""
    unit: int | None = None
    since: datetime | None = None
    text: str = ""
    order: int | None = None
    customer: int | None = None
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Page:
    """Records of one page, newest first, and where the next one starts (None on the last page)."""

    records: list[Record]
    next: tuple[datetime, int] | None


def page_of(user: User, wanted: Wanted, size: int = PAGE) -> Page:
    """One page of the records `user` may see, by keyset on (submitted_at, pk); nothing is counted."""
    rows = _filtered(Record.objects.visible_to(user), wanted)
    return _page(rows, wanted.after, size)


def mine(user: User, *, everything: bool = False, after: tuple[datetime, int] | None = None, size: int = PAGE) -> Page:
    """What `user` reported: the problems, or `everything` (X3)."""
    rows = Record.objects.visible_to(user).filter(collector=user)
    return _page(rows if everything else rows.filter(negative=True), after, size)


def _page(rows: QuerySet[Record], after: tuple[datetime, int] | None, size: int) -> Page:
    if after is not None:
        at, key = after
        rows = rows.filter(Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=key), submitted_at__lte=at)
    found = list(rows.select_related(*_SHOWN).order_by("-submitted_at", "-pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], None if last is None else (last.submitted_at, last.pk))


_RATINGS = {"low": Q(rating__lte=2), "mid": Q(rating=3), "high": Q(rating__gte=4), "none": Q(rating=None)}


def _filtered(rows: QuerySet[Record], wanted: Wanted) -> QuerySet[Record]:
    plain = {
        "touchpoint__code": wanted.touchpoint,
        "key_point__code": wanted.key_point,
        "method__code": wanted.method,
        "submitted_at__gte": wanted.since,
        "order_id": wanted.order,
    }
    if wanted.customer:
        rows = rows.filter(customer_id__in=same_customer(wanted.customer))
    rows = rows.filter(_RATINGS.get(wanted.rating, Q()), **{name: value for name, value in plain.items() if value})
    if wanted.negative:
        rows = rows.filter(negative=True)
    if wanted.late:
        rows = rows.filter(late=True)
    if wanted.unit is not None:
        rows = rows.filter(_inside(wanted.unit))
    return rows.filter(_fits(wanted.text)) if wanted.text else rows


def _inside(unit_id: int) -> Q:
    """Records of a unit and all below it; of a whole company by its own column, which has the index."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        return Q(pk__in=())
    if unit.kind == UnitKind.COMPANY:
        return Q(company=unit)
    return Q(unit__in=Unit.objects.below(unit).order_by().values("pk"))


def _fits(text: str) -> Q:
    """A record number, an order number, or words of the customer."""
    for prefix, column in (("TY", "pk"), ("DD", "order_id"), ("KH", "customer_id")):
        key = key_of(prefix, text)
        if key is not None:
            return Q(customer_id__in=same_customer(key)) if prefix == "KH" else Q(**{column: key})
    return Q(verbatim__icontains=text)


def unit_options(user: User) -> list[Unit]:
    """The units a person may filter by: companies for the group, else the units inside the own reach."""
    scope = scope_of(user)
    rows = Unit.objects.filter(closed_on=None).order_by("path")
    if scope.everything:
        return list(rows.filter(kind=UnitKind.COMPANY))
    if scope.company_id is not None:
        return list(rows.filter(company_id=scope.company_id).exclude(kind=UnitKind.COMPANY))
    return list(rows.filter(pk__in=scope.unit_ids)) if len(scope.unit_ids) > 1 else []


def record_by_number(user: User, number: str) -> Record | None:
    """The record a person may see under `number`, with all a page of it needs; None otherwise. Four queries."""
    key = key_of("TY", number)
    if key is None:
        return None
    rows = Record.objects.visible_to(user).filter(pk=key)
    record = (
        rows.select_related(*_SHOWN, "collector_unit", "stage__stage_type", "order__premises")
        .prefetch_related("answers__question", "notes__author", "attachments")
        .first()
    )
    return record if record is not None and record.number == number.upper() else None


def digest_of(record: Record) -> str:
    """The check code computed anew from the rows; equals `record.digest` unless somebody reached past the product."""
    return digest(
        {name: getattr(record, name) for name in SEALED_FIELDS},
        [(a.question_id, a.number_value, a.text_value) for a in record.answers.all()],
        [a.sha256 for a in record.attachments.all()],
    )


def broken_seals(size: int = 1000) -> Iterator[tuple[int, list[str]]]:
    """All records in batches: how many were checked, and the numbers of those that do not match their check code.

    Reads every record there is, whoever asks: for the auditor's command, never for a page.
    """
    last = 0
    while True:
        rows = Record.objects.filter(pk__gt=last).order_by("pk").prefetch_related("answers", "attachments")[:size]
        batch = list(rows)
        if not batch:
            return
        yield len(batch), [record.number for record in batch if digest_of(record) != record.digest]
        last = batch[-1].pk
