"""Filters of the order list, out of the address and never raising: what makes no sense is left out."""

from datetime import date, datetime

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxorders.organisation.models import User
from cxorders.saved_views.lists import SavedList
from touchpoints.orders.enums import OrderState
from touchpoints.orders.queries.chips import told
from touchpoints.orders.queries.narrowing import OPEN, Wanted
from touchpoints.orders.queries.passages import DUE, ENDED, WantedPassages

ALL = "all"
STATES = [(OPEN, _("在办")), *OrderState.choices, (ALL, _("全部状态"))]
SORTS = [("new", _("最新登记")), ("risk", pgettext_lazy("sort order", "最急在前"))]
MOST_SEARCH = 60
EARLIEST, LATEST = 2000, 2100
FILTERS = ("state", "type", "stage", "unit", "whose", "owner", "late", "risk", "week", "homes", "q", "sort", ENDED, DUE)
"""parameters that may be kept as a view"""


def wanted_from(query: QueryDict, urgent_first: bool = False) -> Wanted:
    """The filters in `query`. A search looks through all states unless one was chosen.

    `urgent_first`: whether the nearest due time comes first where nothing else is said, as for managers.
    """
    text = _text(query, "q", MOST_SEARCH)
    usual = ALL if text else OPEN
    state = query.get("state", usual)
    if state not in (OPEN, ALL, *OrderState.values):
        state = usual
    sort = query.get("sort", "")
    whose = query.get("whose", "")
    return Wanted(
        state="" if state == ALL else state,
        order_type=_text(query, "type", 40),
        stage=_text(query, "stage", 40),
        unit=whole(query.get("unit", "")),
        whose=whose if whose in ("mine", "unit") else "",
        owner=whole(query.get("owner", "")),
        late=query.get("late") == "1",
        risk=query.get("risk") == "1",
        appointed=query.get("week") == "1",
        households=query.get("homes") == "1",
        text=text,
        sort=sort if sort in ("new", "risk") else usual_sort(urgent_first),
        after=place_from(query.get("after", "")),
    )


def usual_sort(urgent_first: bool) -> str:
    """How rows are ordered where nothing is said."""
    return "risk" if urgent_first else "new"


def passages_from(query: QueryDict) -> WantedPassages | None:
    """The month of one stage that `query` asks for; None where it asks for orders as they stand now."""
    for by in (ENDED, DUE):
        month, order_type, stage = month_from(query.get(by, "")), _text(query, "type", 40), _text(query, "stage", 40)
        if month is not None and order_type and stage:
            unit, after = whole(query.get("unit", "")), place_from(query.get("after", ""))
            return WantedPassages(by, month, order_type, stage, unit, after)
    return None


def _text(query: QueryDict, name: str, most: int) -> str:
    return query.get(name, "").replace("\x00", "").strip()[:most]


def month_from(text: str) -> date | None:
    """The first day of a month written as 2026-10; None for anything else and for other centuries."""
    try:
        month = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
    return month if month is not None and EARLIEST <= month.year < LATEST else None


def whole(text: str) -> int | None:
    """A key written in the address; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def place_from(text: str) -> tuple[datetime, int] | None:
    """The place in a list written by `place_text`; None for anything else."""
    at_text, _sep, key_text = text.rpartition("_")
    key = whole(key_text)
    try:
        at = parse_datetime(at_text)
    except ValueError:
        return None
    return None if at is None or is_naive(at) or key is None else (at, key)


def place_text(place: tuple[datetime, int] | None) -> str:
    """A place in a list as one parameter of the address; "" at the end of the list."""
    return "" if place is None else f"{place[0].isoformat()}_{place[1]}"


def _problems(user: User, query: QueryDict) -> list[str]:
    return told(user, query, wanted_from(query), passages_from(query)).problems


SAVED = SavedList("orders", _("订单旅程"), "orders:list", "order.read", FILTERS, _problems)
"""the list of orders as one whose filters people save"""
