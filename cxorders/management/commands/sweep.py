"""`manage.py sweep`: what the scheduler finds in the database, once, now (DESIGN §5.6)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from feedback.callbacks.actions import open_due, release_expired
from feedback.issues.actions import end_pauses, mark_overdue
from kpi.metrics.actions import refresh_rollups
from touchpoints.compensation.actions import sweep_due
from touchpoints.heat.actions import refresh_heat
from touchpoints.orders.actions import close_finished, resume_expired

SWEEPS: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("order stages resumed", resume_expired),
    ("compensations due", sweep_due),
    ("issue pauses ended", end_pauses),
    ("issues marked overdue", mark_overdue),
    ("call-back claims given back", release_expired),
    ("call-backs due", open_due),
    ("orders closed", close_finished),
    ("rollup marks counted", refresh_rollups),
    ("heat map months counted", refresh_heat),
)
"""in this order: a pause that ended may have left a due time in the past"""


class Command(BaseCommand):
    help = "Run every sweep once: due times that passed, windows that opened, pauses and claims that ran out."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        for label, sweep in SWEEPS:
            self.stdout.write(f"{label}: {sweep(at)}")
