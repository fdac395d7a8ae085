"""Reads of imports: the stored table, pages, what the columns are taken for."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _

from cxorders.kit.formats import mask_phone
from cxorders.kit.numbering import key_of
from cxorders.kit.sheets.reading import Cells, Table, read_table
from cxorders.organisation.models import Unit, User
from cxorders.transfer.cells import Line, text
from cxorders.transfer.enums import AT_WORK, SILENCE
from cxorders.transfer.kinds import Kind, bare, kind_of, parse
from cxorders.transfer.messages import FAILURES, in_words, sentence
from cxorders.transfer.models import Batch, ColumnMemory, RowError

PAGE = 30
SHOWN = 20
"""errors and good rows on the page of an import; the file with the bad rows has all of them"""


def fingerprint(stream: IO[bytes]) -> str:
    """SHA-256 of the whole of `stream`, read in pieces and left at its beginning."""
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    stream.seek(0)
    return digest


def headings_key(headers: Sequence[str]) -> str:
    """What tables with the same set of headings have in common."""
    return hashlib.sha256("\x1f".join(sorted(bare(name) for name in headers if name)).encode()).hexdigest()


def table_of(stream: IO[bytes], kind: Kind, headers: Sequence[str] = ()) -> Table:
    """The table in a file for `kind`; with `headers` the row that says exactly this is its heading. SheetRefused."""
    names = kind.by_heading()

    def known(cells: list[str]) -> int:
        if headers and cells[: len(headers)] == list(headers):
            return len(cells) + 1
        return sum(bare(cell) in names for cell in cells if cell)

    return read_table(stream, known)


def guess(kind: Kind, headers: Sequence[str]) -> dict[str, int]:
    """Code of a column → place in the heading, by names and synonyms; the first heading wins."""
    names = kind.by_heading()
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        code = names.get(bare(header)) if header else None
        if code is not None:
            places.setdefault(code, place)
    return places


def remembered(company: Unit, kind: Kind, headers: Sequence[str]) -> dict[str, int]:
    """How the company matched these headings last time; empty where it never did."""
    row = ColumnMemory.objects.filter(company=company, kind=kind.code, headings=headings_key(headers)).first()
    if row is None:
        return {}
    places = {bare(header): place for place, header in enumerate(headers) if header}
    known = {column.code for column in kind.columns}
    return {code: places[bare(name)] for code, name in row.mapping.items() if code in known and bare(name) in places}


def kind_for(batch: Batch) -> Kind:
    """The kind of a batch. KeyError where no room has it any more."""
    kind = kind_of(batch.kind)
    if kind is None:
        raise KeyError(batch.kind)
    return kind


def lines_of(batch: Batch, table: Table, after: int = 0) -> Iterator[Line]:
    """The rows of a batch behind row `after`, parsed."""
    kind = kind_for(batch)
    for number, cells in table.rows:
        if number > after:
            yield parse(Line(number), cells, kind.columns, batch.mapping)


def batch_by_number(user: User, number: str) -> Batch | None:
    """The import in reach under `number`; None otherwise."""
    found = Batch.objects.visible_to(user).filter(pk=key_of("DR", number) or 0)
    batch = found.select_related("company", "created_by", "loaded_by", "undone_by").first()
    return batch if batch is not None and batch.number == number.upper() else None


def page_of(user: User, after: int | None, *, state: str = "", size: int = PAGE) -> tuple[list[Batch], int | None]:
    """Imports in reach, newest first, by keyset on the key; and the next place."""
    rows = Batch.objects.visible_to(user)
    if state:
        rows = rows.filter(state=state)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("company", "created_by").order_by("-pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with one row, in words."""

    row: int
    column: str
    said: str

    @property
    def words(self) -> str:
        """第 17 行 · 电话：应为 11 位"""
        return in_words(self.row, self.column, self.said)


def complaints_of(kind: Kind, error: RowError) -> list[Complaint]:
    """The problems of one row, in the language of the reader."""
    names = {column.code: str(column.name) for column in kind.columns}
    return [
        Complaint(error.row, names.get(column, column), sentence(code, values))
        for column, code, values in error.problems
    ]


def errors_of(batch: Batch, limit: int = SHOWN) -> list[Complaint]:
    """The first complaints about a batch, row by row."""
    rows = RowError.objects.filter(batch=batch).order_by("row")[:limit]
    kind = kind_for(batch)
    return [complaint for row in rows for complaint in complaints_of(kind, row)]


def failure_of(batch: Batch) -> str:
    """Why the batch stopped or was not taken back, in words; "" where nothing happened."""
    problem = batch.problem
    if not problem:
        return ""
    if problem["code"] == "used":
        named = [in_words(row, "", what) for row, what in problem["rows"]]
        more = problem["count"] - len(named)
        said = "；".join(named) + (_("；还有 %(count)s 行") % {"count": more} if more > 0 else "")
        values = {"count": problem["count"], "rows": said, "done": problem.get("taken_back", 0)}
        if values["done"]:
            return _("撤销停在中途：已收回 %(done)s 行；有 %(count)s 行导入后已被使用，没有收回。%(rows)s") % values
        return _("没有撤销：有 %(count)s 行导入后已被使用。%(rows)s") % values
    if problem["code"] == "sheet":
        return sentence("said", problem)
    words = FAILURES.get(problem["code"])
    return str(words) if words is not None else str(problem["code"])


def sample_rows(batch: Batch, count: int = 3) -> list[tuple[int, str, list[str]]]:
    """For each heading of the file: place, name, its first values, telephone numbers masked."""
    kind = kind_for(batch)
    hidden = {place for column in kind.columns if column.is_phone and (place := _place(batch, column.code)) is not None}
    found = []
    for place, header in enumerate(batch.headers):
        values = [text(row[place]) for row in batch.samples[:count] if place < len(row) and text(row[place])]
        looks = [mask_phone(value) if place in hidden or _is_number(value) else value for value in values]
        found.append((place, header or _("第 %(n)s 列（无列名）") % {"n": place + 1}, looks))
    return found


def _place(batch: Batch, code: str) -> int | None:
    place: int | None = batch.mapping.get(code)
    return place


def _is_number(value: str) -> bool:
    return value.isdecimal() and len(value) == 11


def first_rows(stream: IO[bytes], kind: Kind, count: int) -> tuple[list[str], list[Cells]]:
    """The heading of a file and its first rows. Raises SheetRefused."""
    table = table_of(stream, kind)
    return table.headers, [cells for _row, cells in islice(table.rows, count)]


def forgotten(now: datetime) -> list[int]:
    """Imports in a state of work without a sign of life from a worker for SILENCE seconds, oldest first."""
    rows = Batch.objects.filter(state__in=AT_WORK, seen_at__lt=now - timedelta(seconds=SILENCE))
    return list(rows.order_by("seen_at", "pk").values_list("pk", flat=True))
