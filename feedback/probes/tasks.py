"""The sweep of expected feedback: it finds its work in the database, so a lost message is only a delay."""

from celery import shared_task
from django.utils import timezone

from feedback.probes.actions import settle


@shared_task
def sweep_probes() -> dict[str, int]:
    """Probes that got their record are done or late; those without one after five working days are missing."""
    return settle(timezone.now())
