"""Periods of rows that must not overlap, kept by the database itself on SQLite and PostgreSQL alike (DESIGN §5.5)."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FOREVER = "9999-12-31"


class KeepApart(migrations.RunPython):
    """Migration operation: from here on two rows of `table` in state `state` never share a day.

    Rows belong together when the integer columns `same` are equal; a period runs from `start` to `end`, both days
    included, an empty `end` is open. PostgreSQL gets an exclusion constraint made of ranges alone (no extension),
    SQLite two triggers: there writers come one after the other. Both raise IntegrityError. Reversing it lifts the rule.
    A later migration that rebuilds the table on SQLite reverses this one first and applies it again.
    """

    def __init__(self, table: str, name: str, *, same: Sequence[str], start: str, end: str, state: str) -> None:
        self.table, self.name, self.same = table, name, tuple(same)
        self.start, self.end, self.row_state = start, end, state
        super().__init__(self._apply, self._lift)

    def _apply(self, apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            same = ", ".join(f"int8range({column}, {column}, '[]') WITH &&" for column in self.same)
            schema_editor.execute(
                f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} EXCLUDE USING gist "
                f"({same}, daterange({self.start}, {self.end}, '[]') WITH &&) WHERE (state = '{self.row_state}')"
            )
            return
        for act in ("insert", "update"):
            schema_editor.execute(self._trigger(act))

    def _trigger(self, act: str) -> str:
        same = " AND ".join(f"other.{column} = NEW.{column}" for column in self.same)
        return (
            f"CREATE TRIGGER {self.name}_{act} AFTER {act.upper()} ON {self.table} "  # noqa: S608 -- names of our own
            f"WHEN NEW.state = '{self.row_state}' AND EXISTS (SELECT 1 FROM {self.table} AS other WHERE {same} "
            f"AND other.state = '{self.row_state}' AND other.id <> NEW.id "
            f"AND other.{self.start} <= COALESCE(NEW.{self.end}, '{FOREVER}') "
            f"AND NEW.{self.start} <= COALESCE(other.{self.end}, '{FOREVER}')) "
            f"BEGIN SELECT RAISE(ABORT, 'periods of {self.table} overlap'); END"
        )

    def _lift(self, apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {self.table} DROP CONSTRAINT IF EXISTS {self.name}")
            return
        for act in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}_{act}")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        fields = {"same": self.same, "start": self.start, "end": self.end, "state": self.row_state}
        return (self.__class__.__qualname__, [self.table, self.name], fields)
