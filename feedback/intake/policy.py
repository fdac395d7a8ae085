"""What a person may do to one record."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from feedback.intake.models import Record


def may_note(user: User, record: Record) -> bool:
    """Whether `user` may append a note under a record the person can see (F3)."""
    return may(user, "record.note")
