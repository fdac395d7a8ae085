"""Filters of the page of expected feedback, out of the address and never raising: what makes no sense is left out."""

from django.http import QueryDict

from feedback.probes.enums import Duty, Whose
from feedback.probes.queries import Wanted
from touchpoints.orders.filters import place_from


def wanted_from(query: QueryDict, *, usual: Whose) -> Wanted:
    """What `query` asks for; `usual` is whose probes are shown where it names nobody."""
    duty, whose, unit = query.get("duty", ""), query.get("whose", ""), query.get("unit", "")
    return Wanted(
        duty=Duty(duty) if duty in Duty.values else Duty.TODAY,
        whose=Whose(whose) if whose in Whose.values else usual,
        unit=int(unit) if unit.isascii() and unit.isdecimal() and len(unit) < 19 else None,
        method=query.get("method", "").replace("\x00", "")[:20],
        after=place_from(query.get("after", "")),
    )
