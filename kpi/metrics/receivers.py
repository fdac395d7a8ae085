"""What the rollups hear from below; wired in `KpiConfig.ready`. One INSERT each: they stand on the submission path."""

from feedback.intake.events import RecordLocked
from feedback.issues.events import IssueChanged
from kpi.metrics.actions import mark_issue, mark_record


def on_record_locked(event: RecordLocked) -> None:
    """A record more at its unit on the day of its event."""
    mark_record(unit_id=event.unit_id, occurred_at=event.occurred_at, at=event.at)


def on_issue_changed(event: IssueChanged) -> None:
    """State, unit or limit of an issue moved."""
    mark_issue(issue_id=event.issue_id, at=event.at)
