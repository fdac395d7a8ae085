from django.apps import AppConfig


class KpiConfig(AppConfig):
    name = "kpi"
    verbose_name = "考核"

    def ready(self) -> None:
        """Who hears which news."""
        from cxorders.kit.events import subscribe
        from feedback.intake.events import RecordLocked
        from feedback.issues.events import IssueChanged
        from kpi.metrics.receivers import on_issue_changed, on_record_locked

        subscribe(RecordLocked, on_record_locked)
        subscribe(IssueChanged, on_issue_changed)
