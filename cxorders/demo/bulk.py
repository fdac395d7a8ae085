"""Writing many rows fast: COPY on PostgreSQL beside the simulation, executemany on SQLite; keys are dealt out here."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from itertools import count
from queue import Queue
from threading import Lock, Thread
from typing import Any, Protocol

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max

CHUNK = 10_000
"""rows that travel together"""
WAITING = 6
"""chunks that may wait for the database before the simulation waits too"""

NULL = "None"
"""what stands for no value in a COPY stream: the text Python gives it, so that a row is joined without looking at it"""


def _line(row: tuple[Any, ...] | list[Any]) -> str:
    """A row as a line of a COPY stream. Tabs, line ends and backslashes are escaped; nobody says just None."""
    line = "\t".join(map(str, row))
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") >= len(row):
        line = "\t".join([_escaped(value) if isinstance(value, str) else str(value) for value in row])
    return line + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


class Sink(Protocol):
    """Where full chunks go."""

    def send(self, statement: str, lines: list[str]) -> None:
        """Take the lines of one COPY statement."""


class Pipe:
    """One stream of COPY statements on the connection of the transaction, sent by a thread of its own.

    While a pipe is open nobody else may use the connection; leaving the `with` block waits for the last chunk.
    """

    def __init__(self) -> None:
        self._queue: Queue[tuple[str, list[str]] | None] = Queue(WAITING)
        self._error: BaseException | None = None
        self._one_by_one = Lock()
        self._thread = Thread(target=self._run, name="demo-copy", daemon=True)

    def __enter__(self) -> "Pipe":
        connection.ensure_connection()
        self._raw: Any = connection.connection
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def send(self, statement: str, lines: list[str]) -> None:
        """Queue lines of one statement. Raises what went wrong with an earlier one."""
        if self._error is not None:
            raise self._error
        self._queue.put((statement, lines))

    def copy(self, statement: str, text: str) -> None:
        """Send lines now, from any thread."""
        with self._one_by_one, self._raw.cursor() as cursor:
            cursor.copy_expert(statement, StringIO(text))

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            if self._error is not None:
                continue  # the simulation is told at its next chunk; until then the queue must not fill up
            try:
                self.copy(job[0], "".join(job[1]))
            except BaseException as error:
                self._error = error


class Table:
    """Rows on their way into one table: `add` deals the next key, `flush` writes. Columns left out take their default.

    JSON columns take text. Nothing is checked but the names of the columns: the database does the rest.
    """

    def __init__(self, model: type[models.Model], lane: int = 0, lanes: int = 1) -> None:
        """Keys are dealt from lane `lane` of `lanes`: two tables of one model in two lanes never deal the same key."""
        self.model = model
        self.queued = 0
        start = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
        self._keys = count(start + lane, lanes)
        self._lines: list[str] = []
        self._rows: list[tuple[Any, ...]] = []
        fields = model._meta.concrete_fields
        self._blank = {field.column: _blank(field) for field in fields}
        self._prepare = [_preparer(field) for field in fields]
        self.columns = tuple(self._blank)
        self._copies = connection.vendor == "postgresql"
        named = ", ".join(f'"{column}"' for column in self.columns)
        self._copy = f"COPY {model._meta.db_table} ({named}) FROM STDIN WITH (NULL '{NULL}')"
        places = ", ".join(["%s"] * len(self.columns))
        # every name comes from the model, no value is part of the statement
        self._insert = f"INSERT INTO {model._meta.db_table} ({named}) VALUES ({places})"  # noqa: S608

    def deal(self) -> int:
        """The next key, for a row whose values depend on it; pass it to `add` as `id`."""
        return next(self._keys)

    def add(self, **values: Any) -> int:
        """Queue one row by column names; the key it will have. Raises KeyError for a name the table lacks."""
        key: int = values.get("id") or next(self._keys)
        values["id"] = key
        row = self._blank | values
        if len(row) != len(self.columns):
            raise KeyError(sorted(values.keys() - set(self.columns)))
        if self._copies:
            self._lines.append(_line([*row.values()]))
        else:
            self._rows.append(tuple(row.values()))
        self.queued += 1
        return key

    def flush(self, pipe: Sink | None = None, *, full: bool = False) -> None:
        """Write what is queued; with `full` only when a chunk is full."""
        if full and len(self._lines) < CHUNK:
            return
        if self._lines:
            if pipe is not None:
                pipe.send(self._copy, self._lines)
            else:
                with connection.cursor() as cursor:
                    cursor.copy_expert(self._copy, StringIO("".join(self._lines)))
            self._lines = []
        if self._rows:
            prepare = self._prepare
            rows = [tuple(p(value) for p, value in zip(prepare, row, strict=True)) for row in self._rows]
            with connection.cursor() as cursor:
                cursor.executemany(self._insert, rows)
            self._rows = []


@dataclass(frozen=True)
class Lane:
    """One of several simulations that write into the same tables at the same time."""

    number: int
    of: int

    def table(self, model: type[models.Model]) -> Table:
        """The table of `model` with the keys of this lane."""
        return Table(model, self.number, self.of)


def _blank(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    return json.dumps(value) if isinstance(field, models.JSONField) and value is not None else value


def _preparer(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return lambda value: value
    return lambda value: field.get_db_prep_save(value, connection)


def settle(written: Sequence[type[models.Model]]) -> None:
    """Let the database deal keys after ours."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
            cursor.execute(statement)


CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('u', 'f') ORDER BY contype DESC, conname
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE conindid <> 0)
    ORDER BY 1
"""


@contextmanager
def bare(written: Sequence[type[models.Model]]) -> Iterator[None]:
    """PostgreSQL: the tables without foreign keys, unique constraints and secondary indexes inside the block.

    They come back at its end and check every row in one go, as the restore of a dump does it: several times faster
    than row by row. Everything is part of the transaction; the tables are locked until it ends.
    """
    if connection.vendor != "postgresql" or not written:
        yield
        return
    again: list[str] = []
    names = [model._meta.db_table for model in written]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was written before is checked now: it must not wait
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for name in names:
            cursor.execute(CONSTRAINTS, [name])
            found = [(f'"{constraint}"', definition) for constraint, definition in cursor.fetchall()]
            cursor.execute(INDEXES, [name])
            indexes = cursor.fetchall()
            for index, definition in indexes:
                cursor.execute(f"DROP INDEX {index}")
                again.append(definition)
            for constraint, definition in found:
                cursor.execute(f"ALTER TABLE {name} DROP CONSTRAINT {constraint}")
                again.append(f"ALTER TABLE {name} ADD CONSTRAINT {constraint} {definition}")
    yield
    with connection.cursor() as cursor:
        for statement in sorted(again, key=lambda text: "FOREIGN KEY" in text):
            cursor.execute(statement)
        for name in names:
            cursor.execute(f"ANALYZE {name}")
