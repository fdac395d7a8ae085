"""A condition with its values written into the SQL, so that a partial index is found on every database.

SQLite uses a partial index only where the query repeats the index's condition in literals; the parameters Django binds
are not known when it plans. Values are codes of ours, never anything a person typed.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Lookup

_CODE = re.compile(r"^[a-z0-9_]+$")


class Among(Lookup):
    """`filter(among("state", OPEN_STATES))`: as `state__in=OPEN_STATES`, with literals in their order."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """`column IN ('a', 'b')`, or `column = 'a'` as Django writes it for one; nothing to bind on the right."""
        column, params = self.process_lhs(compiler, connection)
        values = [f"'{value}'" for value in self.rhs]
        condition = f"= {values[0]}" if len(values) == 1 else f"IN ({', '.join(values)})"
        return f"{column} {condition}", tuple(params)


def among(field: str, values: Iterable[str]) -> Among:
    """Rows whose `field` is one of `values`, which must be the list of the partial index, in its order.

    ValueError for a value that is no code of lower-case letters, digits and underscores, and for no value at all.
    """
    codes = tuple(str(value) for value in values)
    if not codes or not all(_CODE.match(code) for code in codes):
        raise ValueError(f"{codes} are not codes")
    return Among(F(field), codes)
