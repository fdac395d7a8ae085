"""`make test`: the suite on the embedded set-up, then again on PostgreSQL and Redis where they are reachable.

Reachable means `DATABASE_URL` and `REDIS_URL`, or else the standard local ports. `REQUIRE_SERVICES=1` makes an
unreachable service, or anything else that this machine lacks, a failure.
Every run has a database, a Redis database and a var folder of its own.
Tests marked `embedded` do not depend on a service and run once; those marked `services` need one.
Tests marked `pages` draw pages; on the services they run with `THOROUGH=1`, as CI does.
Tests marked `thorough` repeat a check for more accounts or examples; they run with `THOROUGH=1` too.
Arguments go to pytest.
"""

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
THOROUGH = os.environ.get("THOROUGH", "") not in {"", "0"}
REQUIRED = os.environ.get("REQUIRE_SERVICES", "") not in {"", "0"}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
HERE = {
    "browser": any(shutil.which(name) for name in BROWSERS),
    "gettext": shutil.which("xgettext") is not None,
    "linux": sys.platform == "linux",
}
"""marker of tests that need something of this machine, and whether it is there"""
SERVICES = ("DATABASE_URL", "REDIS_URL")


def postgres_url() -> str | None:
    """Return the address of a PostgreSQL that answers, or None."""
    given = os.environ.get("DATABASE_URL")
    users = dict.fromkeys([os.environ.get("PGUSER", ""), getpass.getuser(), "postgres"])
    for url in [given] if given else [f"postgres://{user}@127.0.0.1:5432/postgres" for user in users if user]:
        try:
            psycopg2.connect(url, connect_timeout=3).close()
        except psycopg2.Error as problem:
            print(f"PostgreSQL: {str(problem).strip().splitlines()[-1]}")
        else:
            return url
    return None


def redis_url() -> str | None:
    """Return the address of a Redis database that answers, or None. Without `REDIS_URL`: an empty one here."""
    given = os.environ.get("REDIS_URL")
    for url in [given] if given else [f"redis://127.0.0.1:6379/{number}" for number in range(14, 0, -1)]:
        try:
            client = redis.Redis.from_url(url, socket_connect_timeout=3)
            if given or client.dbsize() == 0:
                return url
        except redis.RedisError as problem:
            print(f"Redis: {problem}")
            return None
    print("Redis: no empty database on this machine")
    return None


def services() -> dict[str, str]:
    """Return the variables that name the services found."""
    found = {"DATABASE_URL": postgres_url(), "REDIS_URL": redis_url()}
    return {name: url for name, url in found.items() if url}


def run(title: str, addresses: dict[str, str]) -> bool:
    """Run the suite once; tell whether it passed."""
    print(f"\n=== {title} ===", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as var:
        environment = {name: value for name, value in os.environ.items() if name not in SERVICES}
        environment |= {"CX_VAR_DIR": var, **addresses}
        if "DATABASE_URL" in addresses:
            environment["CX_TEST_DATABASE"] = f"test_cxorders_{os.getpid()}"
        once = "not embedded" if addresses else "not services"
        without = [name for name, there in HERE.items() if not there]
        without += [] if THOROUGH else ["thorough", *(["pages"] if addresses else [])]
        selection = ["-m", " and not ".join([once, *without])]
        workers = ["-n", os.environ.get("TEST_PROCESSES", str(min((os.cpu_count() or 2) + 1, 8)))]
        command = [sys.executable, "-m", "pytest", "-q", *workers, "--dist", "loadscope", *selection, *sys.argv[1:]]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    if "REDIS_URL" in addresses and "REDIS_URL" not in os.environ:
        redis.Redis.from_url(addresses["REDIS_URL"]).flushdb()  # it was empty before
    print(f"=== {title}: {'passed' if code == 0 else 'failed'} in {time.monotonic() - began:.0f} s ===", flush=True)
    return code == 0


def main() -> int:
    """Run the suite on both set-ups; 0 when all of it passed."""
    found = services()
    missing = [name for name in SERVICES if name not in found]
    lacking = [name for name, there in HERE.items() if not there]
    if lacking and (REQUIRED or os.environ.get("REQUIRE_BROWSER", "") not in {"", "0"}):
        print(f"This machine lacks what is required: {', '.join(lacking)}")
        return 1
    if missing and REQUIRED:
        print(f"REQUIRE_SERVICES is set, but there is no service for: {', '.join(missing)}")
        return 1
    passed = run("SQLite, embedded broker", {})
    if found:
        passed = run(" and ".join(sorted(found)).replace("_URL", ""), found) and passed
    if missing:
        print(f"Not tested, no service reachable: {', '.join(missing)}")
    if lacking:
        print(f"Not tested, this machine has none: {', '.join(lacking)}")
    return 0 if passed else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
