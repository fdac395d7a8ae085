"""Run the bench: `make bench [ARGS="--small 10000 --large 1000000"]`. Prints a table for docs/performance.md."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2

SERVER = os.environ.get("DATABASE_URL") or "postgres://127.0.0.1:5432/postgres"
NAME = os.environ.get("CX_BENCH_DATABASE") or "cxorders_bench"


def main() -> int:
    """Parse the command line, find a database, run, say how it went."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, help="rows of the small table")
    parser.add_argument("--large", type=int, default=1_000_000, help="rows of the large table")
    parser.add_argument("--rounds", type=int, default=200, help="requests of each kind")
    parser.add_argument(
        "--only",
        choices=("submission", "issues", "orders", "scoring", "customers", "imports"),
        nargs="+",
        help="a part alone",
    )
    parser.add_argument("--sqlite", action="store_true", help="use SQLite even where PostgreSQL answers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cxorders-bench-") as folder, _database(options.sqlite) as url:
        os.environ |= {"CX_VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.bench.settings", "CX_LOG_LEVEL": "ERROR"}
        if url:
            os.environ["DATABASE_URL"] = url
        else:
            os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        import django

        django.setup()
        from tests.bench.suite import run

        missed = run(small=options.small, large=options.large, rounds=options.rounds, only=options.only)
    return 1 if missed else 0


@contextmanager
def _database(sqlite: bool) -> Iterator[str]:
    """Address of an empty PostgreSQL database that is dropped at the end; empty text for SQLite."""
    connection = None if sqlite else _server()
    if connection is None:
        yield ""
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {NAME}")
    try:
        yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{NAME}"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.close()


def _server() -> "psycopg2.extensions.connection | None":
    try:
        connection = psycopg2.connect(SERVER)
    except psycopg2.OperationalError:
        return None
    connection.autocommit = True
    return connection


if __name__ == "__main__":
    sys.exit(main())
