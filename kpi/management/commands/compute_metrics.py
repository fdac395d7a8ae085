"""`manage.py compute_metrics --period 2026-10`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cxorders.kit.errors import BusinessError
from kpi.metrics.actions import compute_period


class Command(BaseCommand):
    help = "Compute the indicators of a month for every unit: satisfaction, on time, closed loop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", required=True, help="the month, e.g. 2026-10")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = compute_period(options["period"], by=None, at=timezone.now())
        except BusinessError as error:
            raise CommandError(error.in_language("en")) from error
        self.stdout.write(f"{run.period}: {run.values_count} values, cut-off {run.cut_off_at.isoformat()}")
