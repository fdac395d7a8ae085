"""`manage.py demo --companies N --months M --feedback N --seed S [--today YYYY-MM-DD[THH:MM]]`"""

from datetime import datetime
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from cxorders.demo.actions import build_group, count_up
from cxorders.kit.errors import BusinessError
from cxorders.kit.numbering import BUSINESS_ZONE


class Command(BaseCommand):
    help = "Load a simulated group into an empty database, with its dashboards and scores: deterministic by seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--companies", type=int, default=3)
        parser.add_argument("--months", type=int, default=3, help="months up to the present one")
        parser.add_argument("--feedback", type=int, default=6000, help="about so many experience records")
        parser.add_argument("--seed", type=int, default=1, help="the same seed and day give the same rows")
        parser.add_argument("--today", help="what the simulation calls now, local: YYYY-MM-DD[THH:MM]; default: now")

    def handle(self, *args: Any, **options: Any) -> None:
        at = moment(options["today"]) if options["today"] else timezone.now()
        began = monotonic()
        try:
            with transaction.atomic():
                built = build_group(
                    companies=options["companies"],
                    months=options["months"],
                    feedback=options["feedback"],
                    seed=options["seed"],
                    at=at,
                )
                loaded = monotonic()
                periods = count_up(built.now, options["months"])
        except BusinessError as error:
            raise CommandError(error.in_language("en")) from error
        ended = monotonic()
        for label, rows in built.rows.items():
            self.stdout.write(f"{label:<32}{rows:>12,}")
        if built.now < at:
            self.stdout.write(f"holidays are not known further: the group stands at {built.now:%Y-%m-%d %H:%M}")
        seconds = loaded - began
        self.stdout.write(f"{seconds:.1f} s, {built.records / seconds:,.0f} records/s with everything around them")
        self.stdout.write(f"{ended - loaded:.1f} s for rollups and the scores of {', '.join(periods)}")


def moment(text: str) -> datetime:
    """A local date, at 10:30, or a local date and time. Raises CommandError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--today {text}: write YYYY-MM-DD or YYYY-MM-DDTHH:MM") from error
    return (at if "T" in text else at.replace(hour=10, minute=30)).replace(tzinfo=BUSINESS_ZONE)
