"""Migrations have names, one order, and a way back."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

from cxorders.celery import ROOMS


@pytest.fixture(scope="module")
def own() -> dict[tuple[str, str], migrations.Migration]:
    loader = MigrationLoader(None)
    return {key: found for key, found in loader.disk_migrations.items() if key[0] in ROOMS}


def test_every_migration_has_a_name_of_its_own(own: dict[tuple[str, str], migrations.Migration]) -> None:
    nameless = [name for _, name in own if not re.fullmatch(r"\d{4}_[a-z0-9_]+", name) or "auto_" in name]

    assert [name for name in nameless if not name.endswith("and_more")] == []
    assert [name for _, name in own if name.endswith("and_more")] == []


def test_migrations_of_a_room_stand_in_one_line(own: dict[tuple[str, str], migrations.Migration]) -> None:
    for room in ROOMS:
        numbers = sorted(int(name[:4]) for app, name in own if app == room)
        assert numbers == list(range(1, len(numbers) + 1)), room


def test_every_migration_can_be_taken_back(own: dict[tuple[str, str], migrations.Migration]) -> None:
    one_way = [
        f"{app}.{name}: {operation.describe()}"
        for (app, name), migration in own.items()
        for operation in migration.operations
        if not operation.reversible
    ]

    assert one_way == []


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_rooms_are_applications() -> None:
    assert {config.name for config in apps.get_app_configs()} >= set(ROOMS)
