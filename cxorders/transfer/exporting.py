"""Lists that can be taken away: each is made known by the capability that shows it, in `AppConfig.ready`.

An exporter reads the same filters out of the address as the page does and gives every row they let through, in the
order of the page, without a limit. Rows are read page by page along the page's own keyset, so that memory stays flat.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import QueryDict
from django.utils.functional import Promise

from cxorders.kit.formats import mask_phone
from cxorders.organisation.access import may
from cxorders.organisation.models import User

SIZE = 1_000
"""rows read at a time"""
Words = str | Promise
R = TypeVar("R")
P = TypeVar("P")


@dataclass(frozen=True)
class Asked:
    """Who asks, with which filters, and whether telephone numbers are wanted in full."""

    user: User
    query: QueryDict
    in_full: bool = False

    def phone(self, number: str | None) -> str:
        """A telephone number as this person gets it."""
        if not number:
            return ""
        return number if self.in_full else mask_phone(number)


@dataclass(frozen=True)
class Exporter:
    """One list: code, name of the file, permission of its page, headings, rows. `phones`: whether it shows any."""

    code: str
    name: Words
    permission: str
    headers: Sequence[Words]
    rows: Callable[[Asked], Iterable[Sequence[Any]]]
    phones: bool = False


_exporters: dict[str, Exporter] = {}


def register(exporter: Exporter) -> None:
    """Make a list known; the same code again replaces it."""
    _exporters[exporter.code] = exporter


def exporter_of(code: str) -> Exporter | None:
    """The list under `code`, None where no room has it."""
    return _exporters.get(code)


def may_have_phones(user: User, exporter: Exporter) -> bool:
    """Whether the person may ask for full telephone numbers (X9)."""
    return exporter.phones and may(user, "customer.reveal")


def exportable(user: User) -> tuple[frozenset[str], frozenset[str]]:
    """Codes of the lists a person may take away, and of those with full telephone numbers; for buttons. No query."""
    if not may(user, "list.export"):
        return frozenset(), frozenset()
    open_to = [exporter for exporter in _exporters.values() if may(user, exporter.permission)]
    in_full = frozenset(exporter.code for exporter in open_to if may_have_phones(user, exporter))
    return frozenset(exporter.code for exporter in open_to), in_full


def walk(page: Callable[[P | None], tuple[Sequence[R], P | None]]) -> Iterator[R]:
    """Every row of a list that is read page by page: `page(place)` gives rows and the next place, None at the end."""
    place: P | None = None
    while True:
        rows, place = page(place)
        yield from rows
        if place is None:
            return
