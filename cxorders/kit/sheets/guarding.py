"""Looking into an .xlsx before it is unpacked into memory: its size, its kind, how far its cells reach.

Every member is inflated once, piece by piece, and thrown away: a member that is larger than it says fails its check
sum, and a workbook whose two cells lie a million rows apart is refused before anybody lays out the space between.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from cxorders.kit.sheets.refusing import SheetRefused

MOST_COLUMNS = 100
MOST_ROWS = 200_000
"""rows of data in one file, the heading not counted"""
MOST_CELLS = 4_000_000
HEADROOM = 20
"""rows above the data that may hold a title and the heading"""
MOST_MEMBERS = 2_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_STRINGS = 120 * 1024 * 1024
"""bytes of the table of texts, which is read as a whole"""
PIECE = 1 << 20
OVERLAP = 4096

CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^>/]*>')
ROW = re.compile(rb'<(?:\w+:)?row\s(?:[^>]*?\s)?r="(\d{1,7})"[^>/]*>')
SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$", re.IGNORECASE)


def inspect(stream: IO[bytes]) -> None:
    """Refuse what is no workbook, is damaged, or is larger than this house reads. Raises SheetRefused."""
    try:
        with zipfile.ZipFile(stream) as archive:
            _inspect(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as error:
        raise SheetRefused("damaged") from error


def _inspect(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename.lower() for member in members}
    if "xl/workbook.xml" not in names:
        raise SheetRefused("not_a_table")
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise SheetRefused("swells")
    for member in members:
        if member.filename.lower() == "xl/sharedstrings.xml" and member.file_size > MOST_STRINGS:
            raise SheetRefused("swells")
        pieces = _pieces(archive, member)
        if SHEET.match(member.filename):
            check_extent(*_extent(pieces))
        else:
            for _piece in pieces:
                pass


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as content:
        while piece := content.read(PIECE):
            yield piece


def _extent(pieces: Iterator[bytes]) -> tuple[int, int]:
    """The last row and the last column that hold a value."""
    rows, columns, rest = 0, 0, b""
    for piece in pieces:
        text = rest + piece
        cut = text.rfind(b"<")
        rest = text[cut:] if cut >= 0 and len(text) - cut < OVERLAP else b""
        cells = CELL.findall(text)
        if cells:
            rows = max(rows, max(int(row) for _column, row in cells))
            columns = max(columns, max(column_number(name) for name in {column for column, _row in cells}))
        else:
            rows = max([rows, *(int(row) for row in ROW.findall(text))])
    return rows, columns


def column_number(letters: bytes) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_extent(rows: int, columns: int) -> None:
    """Raises SheetRefused where a table of so many rows and columns is more than this house reads."""
    if columns > MOST_COLUMNS:
        raise SheetRefused("too_many_columns", count=columns, most=MOST_COLUMNS)
    if rows > MOST_ROWS + HEADROOM:
        raise SheetRefused("too_many_rows", count=rows, most=MOST_ROWS)
    if rows * columns > MOST_CELLS:
        raise SheetRefused("too_many_cells", count=rows * columns, most=MOST_CELLS)
