"""Index for Django only: nobody imports this module, everybody imports the capability."""

from cxorders.customers.models import Care, Customer, Hint, Member, Merge, Premises
from cxorders.journal.models import Entry
from cxorders.organisation.models import CalendarDay, Grant, Unit, User, WorkRule
from cxorders.saved_views.models import SavedView, UsualView
from cxorders.transfer.models import Batch, ColumnMemory, Made, RowError

__all__ = [
    "Batch",
    "CalendarDay",
    "Care",
    "ColumnMemory",
    "Customer",
    "Entry",
    "Grant",
    "Hint",
    "Made",
    "Member",
    "Merge",
    "Premises",
    "RowError",
    "SavedView",
    "Unit",
    "User",
    "UsualView",
    "WorkRule",
]
