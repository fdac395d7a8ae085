"""Periodic and asked-for work of metrics; each task is safe twice and safe late."""

from celery import shared_task
from django.utils import timezone

from kpi.metrics.actions import carry_out, compute_due, refresh_rollups
from kpi.metrics.models import ComputeRun


@shared_task
def count_rollups() -> None:
    """Every minute: count what was marked."""
    refresh_rollups(timezone.now())


@shared_task
def compute_scores() -> None:
    """Every night: the present and the last month."""
    compute_due(timezone.now())


@shared_task
def compute_run(run_id: int) -> None:
    """What somebody asked for on the page."""
    carry_out(ComputeRun.objects.get(pk=run_id), at=timezone.now())
