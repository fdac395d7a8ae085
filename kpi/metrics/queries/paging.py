"""Pages of rows behind a number: what a row is, and how one page follows another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cxorders.organisation.models import Unit

PAGE = 20
BASE, COUNTED, MISSED, EXCLUDED = "base", "counted", "missed", "excluded"
PARTS: Mapping[str, Promise] = {
    BASE: gettext_lazy("分母"),
    COUNTED: gettext_lazy("已计入"),
    MISSED: gettext_lazy("没有计入"),
    EXCLUDED: gettext_lazy("已剔除"),
}


@dataclass(frozen=True)
class Row:
    """One fact: its number, what it is about, when it counted, and why it did or did not.

    `title` is empty and `visible` False for a person who may know the count but not read the fact.
    """

    kind: str
    """record, issue or order"""
    number: str
    title: str
    at: datetime
    reason: str
    icon: str
    counts: bool
    visible: bool
    rating: int | None = None


@dataclass(frozen=True)
class Rows:
    """One page of rows; `after` opens the next one, empty on the last."""

    rows: list[Row]
    after: str


def below(unit: Unit) -> Q:
    """Rows of `unit` and everything below it."""
    return Q(unit__in=Unit.objects.below(unit).order_by().values("pk"))


def page_by(rows: QuerySet[Any], name: str, after: str, limit: int) -> tuple[list[Any], bool]:
    """One keyset page by (`name`, key), the latest first, and whether there is another one."""
    mark = place_of(after)
    if mark is not None:
        at, key = mark
        rows = rows.filter(Q(**{f"{name}__lt": at}) | Q(**{name: at, "pk__lt": key}))
    found = list(rows.order_by(f"-{name}", "-pk")[: limit + 1])
    return found[:limit], len(found) > limit


def mark_of(at: datetime, key: int) -> str:
    """The place a page ended at, as text."""
    return f"{at.isoformat()}~{key}"


def place_of(text: str) -> tuple[datetime, int] | None:
    """The place a page ended at; None for none, or for one that somebody typed."""
    moment, _tilde, key = text.partition("~")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    if at is None or at.tzinfo is None or not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    return at, int(key)


def seen_of(visible: QuerySet[Any], rows: list[Any]) -> set[int]:
    """The keys of those `rows` that are `visible`."""
    return set(visible.filter(pk__in=[row.pk for row in rows]).order_by().values_list("pk", flat=True))
