"""Until when the customer must be told of a broken promise (workflows.md §11)."""

from datetime import datetime

from cxorders.kit.promise_clock import due_at
from cxorders.kit.worktime import CalendarYearMissing, WorkCalendar
from touchpoints.promises.enums import TELL_WITHIN_DAYS


def tell_by(due: datetime, calendar: WorkCalendar) -> datetime | None:
    """Until when the customer must have been told; None where the holiday table does not reach."""
    try:
        return due_at(due, TELL_WITHIN_DAYS, "WD", calendar)
    except CalendarYearMissing:
        return None
