"""`manage.py verify_records`: every record against its check code."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.intake.queries import broken_seals


class Command(BaseCommand):
    help = "Compute the check code of every record anew and name those whose rows no longer match it."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        checked = 0
        for count, numbers in broken_seals():
            checked += count
            broken += len(numbers)
            for number in numbers:
                self.stdout.write(f"{number}: the rows do not match the check code")
        if broken:
            raise CommandError(f"{broken} of {checked} records do not match their check code")
        self.stdout.write(f"{checked} records match their check codes")
