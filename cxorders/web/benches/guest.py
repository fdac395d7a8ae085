"""The bench of everybody else: mystery customers, walkers, initiators: record, look at the map."""

from datetime import datetime
from typing import Any

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from feedback.intake import panels
from feedback.intake.queries import mine

MOST = 5


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench: what the role may do, and the person's own records with their fate."""
    records = mine(user, everything=True, size=MOST).records if may(user, "record.read") else []
    fates = panels.fates(records, user)
    return {
        "reported": [{"record": record, "fate": fates.get(record.pk)} for record in records],
        "may_record": may(user, "record.create"),
        "may_map": may(user, "catalogue.read"),
        "may_read": may(user, "record.read"),
    }
