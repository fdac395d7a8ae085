"""The sweep of compensations: it finds its work in the database, so a lost message is only a delay."""

from celery import shared_task
from django.utils import timezone

from touchpoints.compensation.actions import sweep_due


@shared_task
def sweep_compensations() -> dict[str, int]:
    """Broken promises the company pays for become compensations."""
    return {"due": sweep_due(timezone.now())}
