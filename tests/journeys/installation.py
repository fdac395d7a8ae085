"""A whole installation of the product for the journeys: the real settings, its own data, a real server.

Everything goes through `manage.py` and the browser, as it would for somebody who runs the product; no test reaches
into the database by itself. SQLite, or a database of its own on the PostgreSQL that `DATABASE_URL` names. The broker is
always the embedded one: several installations may run at once, and on one Redis they would take each other's jobs.
"""

import fcntl
import hashlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg2

from cxorders.kit.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results"
GROUP = {"companies": 2, "months": 3, "feedback": 1500, "seed": 7}
ELSEWHERE = {"DATABASE_URL", "REDIS_URL", "CX_TEST_DATABASE"}
ENGINE = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"


@dataclass(frozen=True)
class Installation:
    """A running product: where it is reached, and the environment its programs run in."""

    url: str
    environment: Mapping[str, str]
    folder: Path

    def manage(self, *command: str, given: str | None = None) -> str:
        """Run `manage.py command` in this installation and return what it printed; `given` is its input."""
        return manage(self.environment, *command, given=given)

    def sweep(self) -> None:
        """What the scheduler does every minute."""
        self.manage("sweep")

    def complaints(self) -> list[str]:
        """What every traceback in the logs of its programs ends with."""
        texts = [log.read_text(encoding="utf-8", errors="replace") for log in (self.folder / "log").glob("*.log")]
        return [end for text in texts for end in re.findall(r"^Traceback.*\n(?: .*\n|\n)*(\S.*)", text, flags=re.M)]


def manage(environment: Mapping[str, str], *command: str, given: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=dict(environment), input=given,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"manage.py {' '.join(command)}\n{done.stdout}"
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """A database of this run's own; yields the variables that name it. SQLite needs none: it lies in the var folder."""
    given = os.environ.get("DATABASE_URL")
    if not given:
        yield {}
        return
    name = f"cxorders_journeys_{os.getpid()}"
    with server_of(given) as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield {"DATABASE_URL": urlsplit(given)._replace(path=f"/{name}").geturl()}
    finally:
        with server_of(given) as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def server_of(url: str) -> Iterator["psycopg2.extensions.cursor"]:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def collected(environment: Mapping[str, str]) -> Path:
    """The folder of collected, hashed and compressed static files: made once for all runs on the same sources."""
    mark = hashlib.sha256()
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            mark.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    folder = RESULTS / "static" / mark.hexdigest()[:20]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:  # parallel workers want the same files at the same moment
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "staticfiles.json").exists():
            manage({**environment, "CX_STATIC_ROOT": str(folder)}, "collectstatic", "--no-input", "--verbosity", "0")
    return folder


def last_full_month() -> str:
    """The month before this one, as ``2026-10``."""
    first = datetime.now(ZoneInfo("Asia/Shanghai")).replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """A product with the whole catalogue and a small demo group, reachable until the block ends."""
    with database() as named:
        given = {key: value for key, value in os.environ.items() if key not in ELSEWHERE}
        environment = given | named | {"CX_VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "cxorders.settings"}
        environment["CX_STATIC_ROOT"] = str(collected(environment))
        port = free_port()
        web = ["-m", "gunicorn", "cxorders.wsgi:application", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        web += ["--worker-class", "gthread", "--workers", "1", "--threads", "4"]
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "load_catalogue")
        manage(environment, "demo", *(word for name, value in GROUP.items() for word in (f"--{name}", str(value))))
        manage(environment, "rebuild_rollups")
        manage(environment, "compute_metrics", "--period", last_full_month())
        jobs = ["-m", "celery", "-A", "cxorders", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"]
        programs = [Program("web", [sys.executable, *web]), Program("worker", [sys.executable, *jobs])]
        supervisor = Supervisor(programs, folder / "log", environment)
        supervisor.start()
        try:
            supervisor.wait_until_ready(f"http://127.0.0.1:{port}/readyz")
            yield Installation(f"http://127.0.0.1:{port}", environment, folder)
        finally:
            supervisor.stop()
