"""The bench of the group's customer service: companies side by side, and what is late anywhere."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from cxorders.web import open_work
from cxorders.web.benches import managing
from cxorders.web.figures import beside, companies, counts_by, last_days
from feedback.issues.enums import IssueState
from kpi.metrics.queries import as_of
from touchpoints.standards.queries import count_waiting

WAITING_FOR_US = (IssueState.HQ_QUEUE, IssueState.HQ_DISPATCHED)
MOST = 8


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench: all companies."""
    scope = scope_of(user)
    rows = open_work.open_issues(scope)
    counts = counts_by(scope, last_days(at, managing.DAYS), "company", as_of=as_of(at))
    passed_up = rows.filter(state__in=WAITING_FOR_US).order_by("due_at", "pk")
    table = beside(companies(), counts, open_work.per_company(rows, at))
    return {
        **managing.pain(scope, at),
        **managing.tiles(scope, at),
        "companies": table,
        "open": sum(row.open for row in table),
        "late": sum(row.overdue for row in table),
        "overdue": open_work.lines(open_work.overdue(rows, at), at, MOST),
        "passed_up": open_work.lines(passed_up, at, MOST),
        "to_approve": count_waiting(user),
        "issues_url": reverse("issues:list"),
    }
