"""Filters of the promise page, out of the address and never raising: what makes no sense is left out."""

from django.http import QueryDict

from touchpoints.orders.filters import place_from
from touchpoints.promises.enums import Standing
from touchpoints.promises.queries import Wanted


def wanted_from(query: QueryDict) -> Wanted:
    """The filters in `query`."""
    state, unit = query.get("state", ""), query.get("unit", "")
    return Wanted(
        state=Standing(state) if state in Standing.values else Standing.RUNNING,
        unit=int(unit) if unit.isascii() and unit.isdecimal() and len(unit) < 19 else None,
        order_type=query.get("type", "").replace("\x00", "")[:40],
        standard=query.get("standard", "").replace("\x00", "")[:40],
        after=place_from(query.get("after", "")),
    )
