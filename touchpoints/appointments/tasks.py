"""The sweep of appointments: it finds its work in the database, so a lost message is only a delay."""

from celery import shared_task
from django.utils import timezone

from touchpoints.appointments.actions import mark_missed


@shared_task
def sweep_appointments() -> dict[str, int]:
    """Appointments whose day is over without the crew are missed."""
    return {"missed": mark_missed(timezone.now())}
