"""`manage.py rebuild_rollups [--first 2026-09-01] [--last 2026-11-30]`"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from kpi.metrics.actions import rebuild_rollups


class Command(BaseCommand):
    help = "Count the rollups behind the dashboards anew, day by day; needed after a bulk load, harmless at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--first", type=date.fromisoformat, help="first local day; default: the first fact")
        parser.add_argument("--last", type=date.fromisoformat, help="last local day; default: the last limit")

    def handle(self, *args: Any, **options: Any) -> None:
        days = rebuild_rollups(options["first"], options["last"], at=timezone.now())
        self.stdout.write(f"{days} days counted")
