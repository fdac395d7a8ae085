"""Which values a company may change for itself, and what holds for each of them. Never codes, never other fields.

A capability registers its values from `AppConfig.ready`, so that the catalogue need not know who is above it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cxorders.organisation.models import Unit


@dataclass(frozen=True)
class Overridable:
    """One value: section `kind`, column `field`, and `clean`, which turns what a person gave into the value to keep.

    `clean(company, code, given)` raises a BusinessError for an unknown row or a value the company may not set.
    """

    kind: str
    field: str
    clean: Callable[[Unit, str, Any], Any]


_REGISTERED: dict[tuple[str, str], Overridable] = {}


def register(value: Overridable) -> None:
    """Let companies change `value`; the same pair again replaces it."""
    _REGISTERED[value.kind, value.field] = value


def find(kind: str, field: str) -> Overridable | None:
    """What holds for `field` of `kind`; None where companies change nothing."""
    return _REGISTERED.get((kind, field))


def registered() -> list[tuple[str, str]]:
    """All values a company may change."""
    return sorted(_REGISTERED)
