"""Index for Django only: nobody imports this module, everybody imports the capability."""

from cxorders.customers.models import Care, Customer, Hint, Member, Merge, Premises
from cxorders.journal.models import Entry
from cxorders.organisation.models import CalendarDay, Grant, Unit, User, WorkRule

__all__ = [
    "CalendarDay",
    "Care",
    "Customer",
    "Entry",
    "Grant",
    "Hint",
    "Member",
    "Merge",
    "Premises",
    "Unit",
    "User",
    "WorkRule",
]
