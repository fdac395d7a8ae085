"""Index for Django only: nobody imports this module, everybody imports the capability."""

from cxorders.customers.models import Customer, Premises
from cxorders.journal.models import Entry
from cxorders.organisation.models import CalendarDay, Grant, Unit, User, WorkRule

__all__ = ["CalendarDay", "Customer", "Entry", "Grant", "Premises", "Unit", "User", "WorkRule"]
