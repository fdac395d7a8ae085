"""`manage.py rebuild_heat [--first 2026-09-01] [--last 2026-11-30]`"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from touchpoints.heat.actions import rebuild_heat


class Command(BaseCommand):
    help = "Count the heat map of stages anew from the facts, month by month, for every company."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--first", type=date.fromisoformat, help="first month; default: the first fact")
        parser.add_argument("--last", type=date.fromisoformat, help="last month; default: this one")

    def handle(self, *args: Any, **options: Any) -> None:
        months = rebuild_heat(options["first"], options["last"], at=timezone.now())
        self.stdout.write(f"{months} company months counted")
