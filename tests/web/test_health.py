"""The two pages for machines."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxorders.web import health


def broken() -> bool:
    """Stand for a part that cannot be reached."""
    raise ConnectionError("password=secret at 10.0.0.1")


def test_alive_answers_without_touching_the_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_names_every_part(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"ready": True, "database": "ok", "migrations": "ok", "cache": "ok", "broker": "ok"},
    )
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(("probe", "outcome"), [(broken, "failed"), (lambda: False, "pending")])
@pytest.mark.parametrize("part", ["database", "migrations", "cache", "broker"])
@pytest.mark.django_db
def test_not_ready_says_which_part_and_never_why(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str, probe: Callable[[], bool], outcome: str
) -> None:
    monkeypatch.setitem(health.PROBES, part, probe)
    answer = client.get("/readyz")
    parts: dict[str, Any] = dict.fromkeys(["database", "migrations", "cache", "broker"], "ok")

    assert (answer.status_code, answer.json()) == (503, {"ready": False, **parts, part: outcome})
    assert b"secret" not in answer.content


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_they_can_only_be_read(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_a_database_without_its_migrations_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one to go"])

    assert health._migrations() is False
