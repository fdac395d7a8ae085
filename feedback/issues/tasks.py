"""Periodic work of issues; each task is safe twice and safe late."""

from celery import shared_task
from django.utils import timezone

from feedback.issues.actions import end_pauses, mark_overdue


@shared_task
def sweep_issues() -> None:
    """End pauses that ran out, then mark what is overdue."""
    at = timezone.now()
    end_pauses(at)
    mark_overdue(at)
