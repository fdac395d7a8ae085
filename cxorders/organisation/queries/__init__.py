"""Reads of the organisation: posts and calendars for everybody; page data is in `queries.directory`."""

from cxorders.organisation.queries.calendars import (
    CalendarMissing,
    calendar_for,
    calendars_for,
    forget_calendars,
    work_rule_of,
)
from cxorders.organisation.queries.posts import department_of, grants_of, people_with

__all__ = [
    "CalendarMissing",
    "calendar_for",
    "calendars_for",
    "department_of",
    "forget_calendars",
    "grants_of",
    "people_with",
    "work_rule_of",
]
