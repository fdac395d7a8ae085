"""The bench of a company's gatekeeper and leader: as a manager's, with the departments side by side."""

from datetime import datetime
from typing import Any

from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from cxorders.web import open_work
from cxorders.web.benches import managing
from cxorders.web.figures import beside, counts_by, departments_of, last_days
from feedback.issues.enums import IssueState
from feedback.probes.queries import counts_for
from kpi.metrics.queries import as_of
from touchpoints.standards.queries import count_waiting

STAGES, MOST_GATE = 6, 6
AT_THE_GATE = (IssueState.GATE_REVIEW, IssueState.RETURNED)


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench: the whole company."""
    scope = scope_of(user)
    grant = user.active_grant
    company = grant.unit.company if grant is not None else None
    work = managing.work(user, scope, at)
    context = {**work.context, **managing.pain(scope, at), **managing.tiles(scope, at)}
    context |= {"owed": counts_for(user, at), "to_approve": count_waiting(user)}
    gate = open_work.open_issues(scope).filter(state__in=AT_THE_GATE).order_by("due_at", "pk")
    context["gate"] = open_work.lines(gate, at, MOST_GATE)
    if company is None:
        return {**context, "departments": [], "stages": [], "above": (0, 0)}
    departments = departments_of(company)
    counts = departments.together(counts_by(scope, last_days(at, managing.DAYS), "unit", as_of=as_of(at)))
    per_unit = open_work.counted_by(work.backlog.rows, "unit_id", work.backlog)
    rows = beside(departments.units, counts, departments.added(per_unit))
    higher = [held for unit, held in per_unit.items() if unit not in departments.home]
    context["above"] = (sum(total for total, _late in higher), sum(late for _total, late in higher))
    context["departments"] = [row for row in rows if row.open or row.csat.n or row.on_time.n or row.closure.n]
    context["stages"] = managing.late_stages(sorted(departments.home), at, STAGES)
    return context
