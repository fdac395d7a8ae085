"""Sealed tables: the database itself refuses, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, migrations, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from cxorders.journal.actions import record
from cxorders.journal.models import Entry
from cxorders.kit.immutability import SealTable
from cxorders.kit.periods import KeepApart
from tests.factories.organisation import a_person

NOW = datetime(2026, 3, 2, tzinfo=UTC)

MUST_BE_SEALED = {
    "cxorders_entry",
    "touchpoints_evidence",
    "feedback_record",
    "feedback_answer",
    "feedback_attachment",
    "feedback_note",
    "kpi_metricvalue",
}
"""rows of these tables are evidence (DESIGN §5.5)"""


def tables_of(kind: type[SealTable] | type[KeepApart]) -> set[str]:
    """Tables the migrations put under operations of `kind`."""
    loader = MigrationLoader(None)
    return {
        operation.table
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, kind)
    }


def sealed_by_migrations() -> set[str]:
    return tables_of(SealTable)


def triggers() -> dict[str, int]:
    """Table → number of triggers the database has on it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT relname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        found = [row[0] for row in cursor.fetchall()]
    return {table: found.count(table) for table in found}


def test_everything_that_is_evidence_is_sealed() -> None:
    assert sealed_by_migrations() >= MUST_BE_SEALED


@pytest.mark.django_db
def test_the_seals_survived_every_later_migration() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid WHERE contype = 'x'"
            )
            assert {row[0] for row in cursor.fetchall()} == tables_of(KeepApart)
        assert triggers() == dict.fromkeys(sealed_by_migrations(), 1)
    else:
        assert triggers() == dict.fromkeys(sealed_by_migrations() | tables_of(KeepApart), 2)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE cxorders_entry SET verb = 'x'", "DELETE FROM cxorders_entry"])
def test_a_written_row_can_be_neither_changed_nor_deleted(statement: str) -> None:
    row = record(a_person(""), "test.written", by=None, at=NOW)

    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Entry.objects.get(pk=row.pk).verb == "test.written"


@pytest.mark.django_db
def test_the_framework_is_refused_as_well() -> None:
    row = record(a_person(""), "test.written", by=None, at=NOW)
    row.verb = "test.changed"
    attempts: list[Any] = [row.save, row.delete, Entry.objects.all().delete, lambda: Entry.objects.update(verb="x")]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


@pytest.mark.django_db(transaction=True)
def test_a_seal_can_be_lifted_and_put_back_by_a_migration() -> None:
    seal = SealTable("cxorders_choice_of_this_test")
    state = ProjectState.from_apps(apps)
    with connection.schema_editor() as editor:
        editor.execute("CREATE TABLE cxorders_choice_of_this_test (id integer)")
        editor.execute("INSERT INTO cxorders_choice_of_this_test VALUES (1)")
        seal.database_forwards("cxorders", editor, state, state)
    try:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE cxorders_choice_of_this_test SET id = 2")
        with connection.schema_editor() as editor:
            seal.database_backwards("cxorders", editor, state, state)
            editor.execute("UPDATE cxorders_choice_of_this_test SET id = 2")
    finally:
        with connection.schema_editor() as editor:
            editor.execute("DROP TABLE cxorders_choice_of_this_test")

    assert isinstance(seal, migrations.RunPython)
    assert seal.deconstruct() == ("SealTable", ["cxorders_choice_of_this_test"], {})
