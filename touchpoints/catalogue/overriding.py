"""Which values a company may change for itself, and what holds for each of them. Never codes, never other fields.

A capability registers its values from `AppConfig.ready`, so that the catalogue need not know who is above it: values
kept in `Override` by the rule that cleans them, values kept elsewhere by the reader that knows what holds on a day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True)
class OwnValue:
    """A company's own value that holds on the day that was asked about."""

    value: Any
    since: date
    until: date | None = None


Reader = Callable[[Unit, date], dict[str, OwnValue]]
"""company, day (of the business zone) → row code → what the company has there of its own"""

_READERS: dict[str, Reader] = {}


def register_reader(kind: str, reader: Reader) -> None:
    """Let the map read a company's own values of section `kind`; the same section again replaces it."""
    _READERS[kind] = reader


def own_values(kind: str, company: Unit | None, on: date) -> dict[str, OwnValue]:
    """Row code → what `company` has of its own in section `kind` on the day `on`; nothing for the group."""
    reader = _READERS.get(kind)
    return reader(company, on) if reader is not None and company is not None else {}
