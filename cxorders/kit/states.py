"""One gate for every state field (DESIGN §5.3)."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

from cxorders.kit.errors import Stale, WrongState

M = TypeVar("M", bound=models.Model)
Table = Mapping[str, frozenset[str]]


def may_move(table: Table, source: str, target: str) -> bool:
    """Whether the transition table knows `source → target`; buttons ask this too."""
    return target in table.get(source, frozenset())


def move(obj: M, target: str, *, table: Table, field: str = "state", **values: Any) -> M:
    """Move `obj` to `target` and write `values` with it, as one compare-and-swap update.

    Raises WrongState when the table has no such step, Stale when another transaction moved the row first.
    The instance carries the new values afterwards.
    """
    source = getattr(obj, field)
    if not may_move(table, source, target):
        raise WrongState()
    manager = type(obj)._default_manager
    changed = manager.filter(pk=obj.pk, **{field: source}).update(**{field: target, **values})
    if not changed:
        raise Stale()
    for name, value in {field: target, **values}.items():
        setattr(obj, name, value)
    return obj
