"""The bench of a department manager: what is late, what will be late, where it hurts, who carries how much."""

from datetime import datetime
from typing import Any

from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from cxorders.web.benches import managing
from feedback.probes.queries import counts_for

STAGES = 6


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench: everything of the unit and what lies below it."""
    scope = scope_of(user)
    work = managing.work(user, scope, at)
    return {
        **work.context,
        **managing.pain(scope, at),
        **managing.tiles(scope, at),
        "owed": counts_for(user, at),
        "people": managing.people(work.backlog),
        "stages": managing.late_stages(sorted(scope.unit_ids), at, STAGES),
    }
