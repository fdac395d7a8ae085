"""Tables that the database itself keeps from changing (DESIGN §5.5), on SQLite and PostgreSQL alike."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION cx_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are sealed: corrections are new rows', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def _create(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRES_FUNCTION, params=None)
        schema_editor.execute(
            f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION cx_refuse_change()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are sealed: corrections are new rows'); END"
        )


def _drop(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_sealed ON {table}")
        return
    for act in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")


class SealTable(migrations.RunPython):
    """Migration operation: from here on UPDATE and DELETE on `table` are refused; reversing it lifts the seal.

    A later migration that must rebuild a sealed table on SQLite unseals it first and seals it again.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(self._seal, self._unseal)

    def _seal(self, apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        _create(schema_editor, self.table)

    def _unseal(self, apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        _drop(schema_editor, self.table)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.table], {})
