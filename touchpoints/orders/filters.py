"""Filters of the order list, out of the address and never raising: what makes no sense is left out."""

from datetime import datetime

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from touchpoints.orders.enums import OrderState
from touchpoints.orders.queries.listing import OPEN, Wanted

ALL = "all"
STATES = [(OPEN, _("在办")), *OrderState.choices, (ALL, _("全部状态"))]
SORTS = [("new", _("最新登记")), ("risk", pgettext_lazy("sort order", "最急在前"))]
MOST_SEARCH = 60


def wanted_from(query: QueryDict) -> Wanted:
    """The filters in `query`. A search looks through all states unless one was chosen."""
    text = query.get("q", "").replace("\x00", "").strip()[:MOST_SEARCH]
    usual = ALL if text else OPEN
    state = query.get("state", usual)
    if state not in (OPEN, ALL, *OrderState.values):
        state = usual
    return Wanted(
        state="" if state == ALL else state,
        order_type=query.get("type", "")[:40],
        unit=_whole(query.get("unit", "")),
        late=query.get("late") == "1",
        households=query.get("homes") == "1",
        text=text,
        sort="risk" if query.get("sort") == "risk" else "new",
        after=place_from(query.get("after", "")),
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def place_from(text: str) -> tuple[datetime, int] | None:
    """The place in a list written by `place_text`; None for anything else."""
    at_text, _sep, key_text = text.rpartition("_")
    key = _whole(key_text)
    try:
        at = parse_datetime(at_text)
    except ValueError:
        return None
    return None if at is None or is_naive(at) or key is None else (at, key)


def place_text(place: tuple[datetime, int] | None) -> str:
    """A place in a list as one parameter of the address; "" at the end of the list."""
    return "" if place is None else f"{place[0].isoformat()}_{place[1]}"
