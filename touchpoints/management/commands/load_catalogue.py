"""`manage.py load_catalogue [FILE]`: the catalogue, all capabilities in one transaction, and the public holidays."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from cxorders import organisation
from cxorders.kit.errors import BusinessError
from cxorders.organisation.actions import load_calendar
from touchpoints.catalogue.actions import DEFAULT_FILE, load_catalogue
from touchpoints.compensation.loading import PART as COMPENSATION
from touchpoints.orders.loading import PART as ORDER_TYPES
from touchpoints.standards.loading import PART as STANDARDS

HOLIDAYS = Path(organisation.__path__[0]) / "data" / "china_public_holidays.csv"


class Command(BaseCommand):
    help = "Load the catalogue file and the public holidays; the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default=str(DEFAULT_FILE), help="YAML file (default: the product's own)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            with transaction.atomic():
                load = load_catalogue(options["file"], at=now, parts=(STANDARDS, ORDER_TYPES, COMPENSATION))
                days = load_calendar(HOLIDAYS, at=now)
        except BusinessError as error:
            raise CommandError(str(error)) from error
        for section, n in load.moved.items():
            told = f"{n['created']} new, {n['changed']} changed, {n['retired']} retired, {n['same']} unchanged"
            self.stdout.write(f"{section}: {told}")
        if days.added or days.changed or days.removed:
            self.stdout.write(f"holidays: {days.added} new, {days.changed} changed, {days.removed} removed")
        self.stdout.write(f"catalogue {load.version}: {'loaded' if load.moved else 'nothing changed'}")
