"""Counting the heat map; safe twice and safe late."""

from celery import shared_task
from django.utils import timezone

from touchpoints.heat.actions import refresh_heat


@shared_task
def count_heat() -> int:
    """Every ten minutes: company months that were marked, are missing or grew old."""
    return refresh_heat(timezone.now())
