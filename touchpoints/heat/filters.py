"""What the heat map shows, out of the address and never raising: what makes no sense is left out."""

from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from touchpoints.heat.actions import month_before, month_of
from touchpoints.heat.queries import MEASURES, Wanted
from touchpoints.orders.filters import month_from

SETTLES_ON = 3
"""from this day of a month on its figures are worth looking at first"""


def wanted_from(query: QueryDict, now: datetime) -> Wanted:
    """The filters in `query`; without a month the running one, or the last one while the running one is too young."""
    unit, column = query.get("unit", ""), query.get("column", "")
    measure = query.get("measure", "")
    this = month_of(now)
    usual = this if timezone.localtime(now).day >= SETTLES_ON else month_before(this)
    month = month_from(query.get("month", "")) or usual
    return Wanted(
        month=min(month, this),
        order_type=query.get("type", "").replace("\x00", "")[:40],
        unit=int(unit) if unit.isascii() and unit.isdecimal() and len(unit) < 19 else None,
        measure=measure if measure in MEASURES else MEASURES[0],
        column=int(column) if column.isascii() and column.isdecimal() and len(column) < 19 else None,
    )
