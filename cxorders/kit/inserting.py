"""One plain INSERT for rows that are only ever appended: journal rows, marks for the rollup job.

`Model.save` prepares for updates, parents, signals and related rows; for a row that has none of these it takes several
times as long as the database does. Such rows stand on the path of every submission.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from io import StringIO
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
AT_ONCE = 500
"""rows of one INSERT"""


def insert(row: M) -> M:
    """Write the new `row`, give it its key and return it. No signals, no update of a row that exists already.

    For models with an automatic key and without parents, in the default database. Raises what the database raises.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(row), 1), _values(row))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
    return row


def insert_all(rows: Sequence[models.Model]) -> None:
    """Write a few new rows of one model in one statement, as `insert`; the instances do not learn their keys."""
    if rows:
        values = [value for row in rows for value in _values(row)]
        with connection.cursor() as cursor:
            cursor.execute(_statement(type(rows[0]), len(rows)), values)


def pour(rows: Sequence[models.Model]) -> None:
    """Write any number of new rows of one model, for loads in bulk: COPY on PostgreSQL, some INSERTs elsewhere.

    The instances do not learn their keys, which follow the order of `rows`. Raises what the database raises.
    """
    if connection.vendor != "postgresql":
        for begin in range(0, len(rows), AT_ONCE):
            insert_all(rows[begin : begin + AT_ONCE])
    elif rows:
        model = type(rows[0])
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field, _name, _plain in _columns(model))
        statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
        lines = StringIO("".join(["\t".join(map(_as_text, _values(row))) + "\n" for row in rows]))
        with connection.cursor() as cursor:
            cursor.copy_expert(statement, lines)


def _as_text(value: Any) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if hasattr(value, "dumps"):  # JSON as the driver takes it
        return str(value.dumps(value.adapted)).translate(_ESCAPES)
    return str(value)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _values(row: models.Model) -> list[Any]:
    values = []
    adapt = connection.ops.adapt_datetimefield_value
    for field, name, plain in _columns(type(row)):
        value = getattr(row, name)
        if type(value) is not plain and (plain is None or value is not None):
            value = field.get_db_prep_save(field.pre_save(row, True), connection)
        elif isinstance(value, datetime):
            # a naive value is told off by the field
            value = adapt(value) if value.tzinfo is not None else field.get_db_prep_save(value, connection)
        values.append(value)
    return values


_PLAIN: dict[type[Any], type] = {
    models.BigAutoField: int,
    models.BigIntegerField: int,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.SmallIntegerField: int,
    models.BooleanField: bool,
    models.CharField: str,
    models.TextField: str,
    models.DateTimeField: datetime,
}
"""field → the type of value that every database takes as it is"""


@lru_cache(maxsize=64)
def _columns(model: type[models.Model]) -> "tuple[tuple[models.Field[Any, Any], str, type | None], ...]":
    """Every written field with the name of its attribute and its plain type, None where a value must be prepared."""
    columns = []
    for field in model._meta.local_concrete_fields:
        if not field.primary_key:
            of = field.target_field if isinstance(field, models.ForeignKey) else field
            stamped = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
            columns.append((field, field.attname, None if stamped else _PLAIN.get(type(of))))
    return tuple(columns)


@lru_cache(maxsize=256)
def _statement(model: type[models.Model], rows: int) -> str:
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field, _name, _plain in _columns(model)]
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * rows)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    # names come from the model; values travel as parameters
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places} RETURNING {key}"  # noqa: S608
