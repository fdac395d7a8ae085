"""Kinds of rows that can be imported: each is made known by the capability that owns the rows, in `AppConfig.ready`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import override

from cxorders.organisation.models import Unit, User
from cxorders.transfer.cells import CellWrong, Line, text
from cxorders.transfer.enums import CHUNK
from cxorders.transfer.models import Made

Words = str | Promise


@dataclass(frozen=True)
class Column:
    """One column of a kind: code, name as headings say it, what else headings call it, how a cell becomes a value."""

    code: str
    name: Words
    parse: Callable[[Any], Any] = text
    required: bool = False
    synonyms: tuple[str, ...] = ()
    about: Words = ""
    example: str = ""
    is_text: bool = True
    """whether a template keeps the column as text, so that Excel leaves numbers alone"""
    is_phone: bool = False
    """shown masked in the preview"""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything a heading may say for this column, in every language of the house."""
        said = []
        for language, _label in settings.LANGUAGES:
            with override(language):
                said.append(str(self.name))
        return (self.code, *said, *self.synonyms)


@dataclass(frozen=True)
class Origin:
    """For whom a pass over a file works: the company, the person behind it, the moment, the number of the import."""

    company: Unit
    by: User | None
    at: datetime
    number: str = ""


class Pass(ABC):
    """One pass over one file. A kind gives a fresh one each time, so it may keep what it looked up.

    `check` and `load` get chunks of rows in the order of the file and ask the database a constant number of questions
    for each chunk.
    """

    def __init__(self, origin: Origin) -> None:
        self.origin = origin

    def key(self, line: Line) -> Hashable | None:
        """What may stand only once in a file; None where the row cannot be compared."""
        return None

    def check(self, lines: Sequence[Line]) -> None:  # noqa: B027 -- a kind may have nothing to look up
        """Note what is wrong with rows whose cells are fine; keep in `line.found` what `load` will need."""

    @abstractmethod
    def load(self, lines: Sequence[Line]) -> list[Made]:
        """Write checked rows, inside the caller's transaction; what was made, without the batch. All or an error."""


class Kind(ABC):
    """A kind of rows. Subclasses name their columns and give a `Pass`."""

    code: ClassVar[str]
    name: ClassVar[Words]
    about: ClassVar[Words]
    icon: ClassVar[str] = "list"
    columns: tuple[Column, ...]
    chunk: ClassVar[int] = CHUNK
    makes: ClassVar[tuple[type[models.Model], ...]] = ()
    """what an import makes, in the order in which it is taken back"""
    belongings: ClassVar[tuple[tuple[type[models.Model], str], ...]] = ()
    """rows that come and go with what is made: model and path to it; taken back first"""
    quiet_verbs: ClassVar[frozenset[str]] = frozenset()
    """journal verbs on what was made that do not count as use of it"""

    @abstractmethod
    def begin(self, origin: Origin) -> Pass:
        """A pass over one file for `origin`."""

    def restore(self, made: Sequence[Made], *, at: datetime) -> None:  # noqa: B027 -- most kinds only make rows
        """Put back what the import changed without making it, before the things it made are removed."""

    def used(self, made: Sequence[Made]) -> dict[int, str]:
        """Row → what has been done since with what came from it, beyond journal and references."""
        return {}

    def guides(self) -> Iterable[tuple[Words, Sequence[Words], Sequence[Sequence[Any]]]]:
        """Further sheets of the template: title, heading, rows, such as the codes that are known."""
        return ()

    def by_heading(self) -> dict[str, str]:
        """Heading as compared → code of its column."""
        return {bare(name): column.code for column in self.columns for name in column.names}


def bare(heading: str) -> str:
    """A heading as it is compared: without spaces, marks, brackets and what stands in them."""
    inside = 0
    kept = []
    for sign in heading:
        if sign in "（([【":
            inside += 1
        elif sign in "）)]】":
            inside = max(inside - 1, 0)
        elif not inside and sign not in " *＊:：_-\u3000\t":
            kept.append(sign.lower())
    return "".join(kept)


def parse(line: Line, cells: Sequence[Any], columns: Iterable[Column], places: dict[str, int]) -> Line:
    """Take the cells of one row; what cannot be taken is noted on the line."""
    for column in columns:
        place = places.get(column.code)
        cell = cells[place] if place is not None and place < len(cells) else None
        if cell is None or cell == "" or (isinstance(cell, str) and not text(cell)):
            if column.required:
                line.wrong(column.code, "required")
            continue
        try:
            line.values[column.code] = column.parse(cell)
        except CellWrong as wrong:
            line.wrong(column.code, wrong.code, **wrong.values)
    return line


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; the same code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind | None:
    """The kind under `code`, None where no room has it."""
    return _kinds.get(code)


def all_kinds() -> list[Kind]:
    """Every kind, in the order in which the rooms made them known."""
    return list(_kinds.values())
