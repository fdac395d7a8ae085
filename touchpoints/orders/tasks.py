"""Sweeps of orders: they find their work in the database, so a lost message is only a delay."""

from celery import shared_task
from django.utils import timezone

from touchpoints.orders.actions import close_finished, resume_expired


@shared_task
def sweep_orders() -> dict[str, int]:
    """Pauses whose end has come resume; orders whose call-back window is over close."""
    now = timezone.now()
    return {"resumed": resume_expired(now), "closed": close_finished(now)}
