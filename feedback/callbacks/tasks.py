"""Periodic work of call-backs; each task is safe twice and safe late."""

from celery import shared_task
from django.utils import timezone

from feedback.callbacks.actions import open_due, release_expired


@shared_task
def sweep_callbacks() -> None:
    """Give back claims that ran out, then open the windows that are due."""
    at = timezone.now()
    release_expired(at)
    open_due(at)
