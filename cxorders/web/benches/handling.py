"""The bench of who solves issues: what waits to be accepted, what I have in hand, what came back."""

from datetime import datetime
from typing import Any

from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from cxorders.web.open_work import due_until, lines, open_issues, overdue, said, up_to
from feedback.issues.enums import RUNNING_STATES, IssueState
from feedback.issues.queries.listing import near_until
from touchpoints.pledges.queries import owed_by

MOST = 8


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench: queue of the unit, own issues overdue first, reopened ones. Twelve queries."""
    here = open_issues(scope_of(user))
    waiting = here.filter(state=IssueState.DISPATCHED).order_by("due_at", "pk")
    own = here.filter(owner=user, state__in=(*RUNNING_STATES, IssueState.PENDING_CUSTOMER)).exclude(
        state=IssueState.DISPATCHED
    )
    reopened = here.filter(state=IssueState.REOPENED).order_by("due_at", "pk")
    verifying = here.filter(owner=user, state__in=(IssueState.REPLIED, IssueState.VERIFYING))
    return {
        "promised": owed_by(user, at),
        "waiting": lines(waiting, at, MOST),
        "own": lines(own.order_by("due_at", "pk"), at, MOST),
        "reopened": lines(reopened, at, MOST),
        "counts": {
            "waiting": said(up_to(waiting)),
            "own": said(up_to(own)),
            "overdue": said(up_to(overdue(own, at))),
            "near": said(up_to(due_until(own, at, near_until(user, at)))),
            "reopened": said(up_to(reopened)),
            "verifying": said(up_to(verifying)),
        },
    }
