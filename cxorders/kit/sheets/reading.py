"""Reading a table out of an .xlsx or a CSV that a person hands in: heading, then rows under their own numbers."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cxorders.kit.sheets.guarding import MOST_ROWS, PIECE, check_extent, inspect
from cxorders.kit.sheets.refusing import SheetRefused

MOST_BYTES = 40 * 1024 * 1024
HEADER_WITHIN = 10
"""the heading stands in one of the first so many rows"""
OLD_XLS, ZIP = b"\xd0\xcf\x11\xe0", b"PK"
ENCODINGS = ("utf-8-sig", "gb18030")

Cells = list[Any]
Known = Callable[[list[str]], int]


@dataclass(frozen=True)
class Table:
    """A heading and what stands below it. `rows` gives (row number as Excel shows it, cells), empty rows left out."""

    headers: list[str]
    rows: Iterator[tuple[int, Cells]]


def read_table(stream: IO[bytes], known: Known) -> Table:
    """The table in `stream`; `known(cells)` says how many of them are names of columns, so that titles are passed over.

    An .xlsx is held in memory as a whole, a CSV is read as the rows are taken. Raises SheetRefused at once for what can
    be seen from outside, and while rows are taken for a CSV with too many of them.
    """
    start = stream.read(8)
    stream.seek(0)
    if not start:
        raise SheetRefused("file_empty")
    if start.startswith(OLD_XLS):
        raise SheetRefused("old_xls")
    lines, merged = _workbook(stream) if start.startswith(ZIP) else (_text(stream), [])
    return _below_the_heading(lines, merged, known)


def _workbook(stream: IO[bytes]) -> tuple[Iterator[Cells], list[tuple[int, int, str]]]:
    inspect(stream)
    stream.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not names:
            raise SheetRefused("file_empty")
        sheet = book.get_sheet_by_name(names[0])
        merged = _merged(sheet)
    except (CalamineError, OSError, ValueError) as error:
        raise SheetRefused("damaged") from error
    if sheet.end is None:
        raise SheetRefused("file_empty")
    return iter(sheet.iter_rows()), merged


def _merged(sheet: CalamineSheet) -> list[tuple[int, int, str]]:
    """Merged ranges: first and last row, counted from one, and the range as Excel writes it."""
    return [
        (top + 1, bottom + 1, f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}")
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
    ]


def _letters(column: int) -> str:
    text = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        text = chr(65 + rest) + text
        column -= 1
    return text


def _text(stream: IO[bytes]) -> Iterator[Cells]:
    encoding = _encoding(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    first = text.readline(1 << 16)
    separator = max(",\t;", key=first.count)
    rest = text if first.endswith(("\n", "\r")) else chain([first + text.readline()], text)
    lines = chain([first], text) if rest is text else rest
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=separator), 1):
            if number > MOST_ROWS + HEADER_WITHIN:
                raise SheetRefused("too_many_rows", count=f"{MOST_ROWS}+", most=MOST_ROWS)
            yield list(cells)
    except csv.Error as error:
        raise SheetRefused("damaged") from error
    finally:
        with suppress(ValueError):
            text.detach()  # the stream belongs to the caller


def _encoding(stream: IO[bytes]) -> str:
    """The encoding in which the whole of `stream` can be read; bytes no text has are refused."""
    start = stream.read(4)
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ENCODINGS:
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while piece := stream.read(PIECE):
                if "\x00" in decoder.decode(piece):
                    raise SheetRefused("not_a_table")
            decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise SheetRefused("encoding_unknown")


def text_of(cell: Any) -> str:
    """A cell of the heading as one line of text."""
    if cell is None:
        return ""
    return "".join(sign for sign in " ".join(str(cell).split()) if sign.isprintable())


def _below_the_heading(lines: Iterator[Cells], merged: list[tuple[int, int, str]], known: Known) -> Table:
    top = list(islice(lines, HEADER_WITHIN))
    texts = [[text_of(cell) for cell in cells] for cells in top]
    if not any(any(row) for row in texts):
        if next(lines, None) is None:
            raise SheetRefused("file_empty")
        raise SheetRefused("no_header", most=HEADER_WITHIN)
    best = max(range(len(texts)), key=lambda place: (known(texts[place]), -place))
    check_extent(1, max(place for row in texts for place, word in enumerate(row, 1) if word))
    if not known(texts[best]):
        best = next(place for place, row in enumerate(texts) if any(row))
        if not _could_be_heading(top[best]):
            raise SheetRefused("no_header", most=HEADER_WITHIN)
    headers = _heading(texts[best])
    for first, last, where in merged:
        if last > best:  # rows count from one: the heading is row best + 1
            raise SheetRefused("merged_cells", where=where if first else "")
    numbered = enumerate(chain(top[best + 1 :], lines), best + 2)
    rows = ((number, cells) for number, cells in numbered if any(cell not in ("", None) for cell in cells))
    first_row = next(rows, None)
    if first_row is None:
        raise SheetRefused("no_rows")
    return Table(headers, chain([first_row], rows))


def _heading(row: list[str]) -> list[str]:
    """The names of the columns, "" where a column has none; empty ones at the end are cut off."""
    headers = list(row)
    while headers and not headers[-1]:
        headers.pop()
    seen: dict[str, int] = {}
    for place, name in enumerate(headers, 1):
        if name and name in seen:
            raise SheetRefused("header_twice", name=name, first=seen[name], second=place)
        seen[name] = place
    return headers


def _could_be_heading(cells: Cells) -> bool:
    """Whether a row without a known name may still be a heading: nothing but words, at least two of them."""
    filled = [cell for cell in cells if cell not in ("", None)]
    return len(filled) > 1 and all(
        isinstance(cell, str) and not any(sign.isdecimal() for sign in cell) for cell in filled
    )
