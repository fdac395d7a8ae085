"""Filters of the record list, out of the address and never raising: what makes no sense is left out."""

from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext_lazy as _

from cxorders.kit.numbering import key_of
from feedback.intake.queries import Wanted

PERIODS = {"7": _("近 7 天"), "30": _("近 30 天"), "90": _("近 90 天"), "365": _("近一年"), "all": _("全部时间")}
USUAL_PERIOD = "30"
RATINGS = {"low": _("1–2 分"), "mid": _("3 分"), "high": _("4–5 分"), "none": _("未评分")}
MOST_SEARCH = 60


def wanted_from(query: QueryDict, now: datetime) -> Wanted:
    """The filters in `query`; a period counts back from `now`. An order or a customer asks for its whole history."""
    order, customer = key_of("DD", query.get("order", "")), key_of("KH", query.get("customer", ""))
    usual = "all" if order or customer else USUAL_PERIOD
    period = query.get("period", usual)
    period = period if period in PERIODS else usual
    days = None if period == "all" else int(period)
    return Wanted(
        touchpoint=query.get("touchpoint", "")[:40],
        key_point=query.get("key_point", "")[:40],
        rating=query.get("rating", "") if query.get("rating", "") in RATINGS else "",
        negative=query.get("negative") == "1",
        late=query.get("late") == "1",
        method=query.get("method", "")[:40],
        unit=_whole(query.get("unit", "")),
        since=None if days is None else now - timedelta(days=days),
        text=query.get("q", "").replace("\x00", "").strip()[:MOST_SEARCH],
        order=order,
        customer=customer,
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
    return None if at is None or is_naive(at) or key is None or not 2000 <= at.year <= 9000 else (at, key)


def place_text(place: tuple[datetime, int] | None) -> str:
    """A place in a list as one parameter of the address; "" at the end of the list."""
    return "" if place is None else f"{place[0].isoformat()}_{place[1]}"
