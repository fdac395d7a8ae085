"""What call-backs tell on the pages of issues."""

from collections.abc import Sequence

from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from feedback.callbacks.models import Callback
from feedback.issues.models import Issue


def panels_of_issue(issue: Issue, user: User) -> Sequence[Panel]:
    """The block with the call-backs of an answered issue, for people who may read call-backs."""
    if issue.replied_at is None and not issue.reopened_count:
        return []
    if not may(user, "callback.read"):
        return []
    rows = list(Callback.objects.filter(issue=issue).select_related("finished_by").order_by("-pk"))
    return [Panel("feedback/callbacks/_of_issue.html", rows, "aside")] if rows else []
