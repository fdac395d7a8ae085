"""Verbs of the organisation, one file per family; everybody imports them from here."""

from cxorders.organisation.actions.calendars import (
    CalendarLoad,
    clear_work_rule,
    drop_day,
    load_calendar,
    set_day,
    set_work_rule,
)
from cxorders.organisation.actions.grants import end_grant, grant_role, transfer
from cxorders.organisation.actions.people import add_person, change_password, choose_language, deactivate, edit_person
from cxorders.organisation.actions.units import close_unit, open_unit, rename_unit

__all__ = [
    "CalendarLoad",
    "add_person",
    "change_password",
    "choose_language",
    "clear_work_rule",
    "close_unit",
    "deactivate",
    "drop_day",
    "edit_person",
    "end_grant",
    "grant_role",
    "load_calendar",
    "open_unit",
    "rename_unit",
    "set_day",
    "set_work_rule",
    "transfer",
]
