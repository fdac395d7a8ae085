"""Settings follow the environment. Each case is a process of its own, as a real start is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).parents[2]
EMBEDDED: dict[str, str] = {}
PRODUCTION = {
    "DATABASE_URL": "postgres://cx:secret@db.example:5433/cx",
    "REDIS_URL": "redis://redis.example:6379/2",
    "SECRET_KEY": "given",
    "CX_ALLOWED_HOSTS": "cx.example.com",
    "CX_HTTPS": "1",
    "CX_PROXIES": "1",
}


def settings(folder: Path, environment: dict[str, str], *names: str) -> dict[str, Any]:
    """Return the named settings as a fresh process sees them in `environment`."""
    source = (
        "import json; from cxorders import settings as s; "
        f"print(json.dumps({{name: getattr(s, name, None) for name in {names!r}}}, default=str))"
    )
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "-c", source],
        cwd=ROOT,
        env={**clean, "CX_VAR_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_nothing_set_is_the_embedded_installation(tmp_path: Path) -> None:
    found = settings(
        tmp_path, EMBEDDED, "DEBUG", "DATABASES", "CELERY_BROKER_TRANSPORT", "CACHES", "SECRET_KEY", "CELERY_BROKER_URL"
    )

    assert found["DEBUG"] is False
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "cxorders.sqlite3")
    assert found["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["CELERY_BROKER_TRANSPORT"] == "cxorders.kit.sqlite_broker:SqliteTransport"
    assert found["CELERY_BROKER_URL"] is None
    assert found["SECRET_KEY"] == (tmp_path / "secret_key").read_text()


def test_two_addresses_make_it_the_production_one(tmp_path: Path) -> None:
    found = settings(
        tmp_path, PRODUCTION, "DATABASES", "CACHES", "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT", "SECRET_KEY"
    )
    database = found["DATABASES"]["default"]

    assert (database["ENGINE"], database["HOST"], database["PORT"], database["ATOMIC_REQUESTS"]) == (
        "django.db.backends.postgresql",
        "db.example",
        5433,
        False,
    )
    assert found["CELERY_BROKER_URL"] == "redis://redis.example:6379/2"
    assert found["CELERY_BROKER_TRANSPORT"] is None
    assert found["CACHES"]["default"]["LOCATION"] == "redis://redis.example:6379/3", "clearing it would empty the queue"
    assert found["SECRET_KEY"] == "given"
    assert not (tmp_path / "secret_key").exists()


def test_a_job_on_redis_cannot_outlive_its_visibility(tmp_path: Path) -> None:
    found = settings(tmp_path, PRODUCTION, "CELERY_BROKER_TRANSPORT_OPTIONS", "CELERY_TASK_TIME_LIMIT")

    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"] > found["CELERY_TASK_TIME_LIMIT"]


@pytest.mark.parametrize(("environment", "secure"), [(EMBEDDED, False), (PRODUCTION, True)])
def test_https_is_one_switch(tmp_path: Path, environment: dict[str, str], secure: bool) -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT")

    assert settings(tmp_path, environment, *names) == dict.fromkeys(names, secure)


def test_the_machine_itself_is_always_an_allowed_host(tmp_path: Path) -> None:
    hosts = settings(tmp_path, PRODUCTION, "ALLOWED_HOSTS")["ALLOWED_HOSTS"]

    assert hosts == ["localhost", "127.0.0.1", "[::1]", "cx.example.com"]


def test_every_variable_is_documented() -> None:
    read = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "cxorders" / "settings.py").read_text(encoding="utf-8"))
    documented = re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"))

    assert sorted(set(read) - set(documented)) == []
