"""What routing hears; wired in `FeedbackConfig.ready`."""

from feedback.issues.events import IssueTriaged
from feedback.routing.actions import route_within
from feedback.routing.queries import issue_to_route


def on_issue_triaged(event: IssueTriaged) -> None:
    """I5: a triaged issue goes on at once."""
    route_within(issue_to_route(event.issue_id), at=event.at)
