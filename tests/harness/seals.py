"""Emptying the test database between transactional tests, although sealed tables refuse DELETE.

PostgreSQL truncates, which row triggers do not see. SQLite deletes: its triggers are lifted for the flush and put back
as they were. Nothing but the flush of a test database does this.
"""

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3.base import DatabaseWrapper

SQLiteOperations = DatabaseWrapper.ops_class


def install(patch: pytest.MonkeyPatch) -> None:
    """Let `flush` pass the seals on SQLite."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def unsealed_flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> Any:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            flush(self, sql_list)
            for _name, sql in triggers:
                cursor.execute(sql)

    patch.setattr(SQLiteOperations, "execute_sql_flush", unsealed_flush)
