"""Reading few rows by statements that are not built anew each time; for the path of every submission.

A query set is compiled each time it runs, and following relations makes it longer still: reading one issue with four
related rows took twenty times as long as the database did.
"""

from functools import lru_cache
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection, models
from django.db.models import QuerySet

M = TypeVar("M", bound=models.Model)
Condition = tuple[str, tuple[Any, ...]]


def one(model: type[M], pk: int) -> M:
    """The row of `model` with the key `pk`, related rows not included. Raises `model.DoesNotExist`."""
    statement, names, converters = _reading(model, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, (pk,))
        row = cursor.fetchone()
    if row is None:
        raise model.DoesNotExist(f"{model.__name__} {pk}")  # type: ignore[attr-defined]
    values = list(row)
    for place, (converts, expression) in converters:
        for convert in converts:
            values[place] = convert(values[place], expression, connection)
    found: M = model.from_db(connection.alias, names, values)
    return found


def lock(model: type[models.Model], pk: int) -> None:
    """Keep the row `pk` of `model` for this transaction, where the database locks rows; elsewhere it locks all."""
    if connection.features.has_select_for_update:
        quote = connection.ops.quote_name
        table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
        with connection.cursor() as cursor:
            # names come from the model
            cursor.execute(f"SELECT {key} FROM {table} WHERE {key} = %s FOR UPDATE", (pk,))  # noqa: S608


def is_any(rows: QuerySet[Any]) -> bool:
    """Whether `rows`, a query set over one table, holds a row; `exists` without building a statement."""
    condition = condition_of(rows)
    if condition is None:
        return False
    table = connection.ops.quote_name(rows.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE {condition[0]} LIMIT 1", condition[1])  # noqa: S608 -- as above
        return cursor.fetchone() is not None


def condition_of(rows: QuerySet[Any]) -> Condition | None:
    """The WHERE clause of `rows` with its parameters, for a statement by hand that names the table as it is called.

    None where no row can match. ValueError when the condition reaches into other tables by joins.
    """
    query = rows.query
    if any(used for alias, used in query.alias_refcount.items() if alias != query.base_table):
        raise ValueError(f"{rows.model.__name__}: the condition joins other tables")
    try:
        clause, values = query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        return None
    except FullResultSet:
        return "1 = 1", ()
    return clause, tuple(values)


@lru_cache(maxsize=64)
def _reading(model: type[models.Model], _vendor: str) -> tuple[str, tuple[str, ...], list[Any]]:
    """Statement, field names and converters of one row by its key."""
    query = model._base_manager.filter(pk=0).order_by().query
    compiler = query.get_compiler(connection=connection)
    statement, _zero = compiler.as_sql()
    columns = [expression for expression, _sql, _alias in compiler.select]
    names = tuple(field.attname for field in model._meta.concrete_fields)
    return statement, names, list(compiler.get_converters(columns).items())
