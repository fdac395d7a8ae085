"""Rows come in no order unless one is asked for: an unordered queryset is shuffled, taking a slice of one fails."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet
from django.db.models.query import MAX_GET_RESULTS


class UnorderedSlice(AssertionError):
    """The first five of no order are any five."""


def shuffled(rows: list[Any]) -> list[Any]:
    """The same rows in another order, the same one each time."""
    moved = rows[:]
    random.Random(len(rows)).shuffle(moved)  # noqa: S311
    return moved if moved != rows else rows[::-1]


def _refuse_slice(rows: QuerySet) -> None:
    """Counting a slice is fine, reading one needs an order. `get()` limits itself, to notice more than one row."""
    limits = (rows.query.low_mark, rows.query.high_mark)
    if rows.query.is_sliced and not rows.ordered and limits != (0, MAX_GET_RESULTS):
        raise UnorderedSlice(f"{rows.model.__name__}[{limits[0]}:{limits[1]}] without order_by")


def install(patch: pytest.MonkeyPatch) -> None:
    """Shuffle the results of unordered querysets and refuse to read slices of them."""
    fetch_all, iterate = QuerySet._fetch_all, QuerySet._iterator

    def fetch(self: QuerySet) -> None:
        fresh = self._result_cache is None
        if fresh:
            _refuse_slice(self)
        fetch_all(self)
        if fresh and not self.ordered and not self.query.is_sliced:
            self._result_cache = shuffled(self._result_cache)

    def iterator(self: QuerySet, *args: Any, **kwargs: Any) -> Iterator[Any]:
        _refuse_slice(self)
        rows = iterate(self, *args, **kwargs)
        yield from rows if self.ordered else shuffled(list(rows))

    patch.setattr(QuerySet, "_fetch_all", fetch)
    patch.setattr(QuerySet, "_iterator", iterator)
