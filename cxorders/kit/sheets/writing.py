"""Writing tables that Excel opens: .xlsx in constant memory, CSV line by line. No text ever becomes a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils import timezone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""rows of one sheet below its heading; further ones go on another sheet, none is dropped"""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
UNDECIDED = ("+", "-")


def harmless(text: str) -> str:
    """`text` such that no program takes it for a formula: an apostrophe before what begins like one."""
    if not text.startswith(DANGEROUS):
        return text
    if text.startswith(UNDECIDED) and text[1:].replace(".", "", 1).isdecimal():
        return text  # a signed number stays a number
    return f"'{text}"


def plain(value: Any) -> Any:
    """A cell as files carry it: text made harmless, moments in local time without zone, numbers as they are."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, bool | int | float | date):
        return value
    return harmless(str(value))


class _Line:
    """A file that hands back what was written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A CSV in pieces, with a byte order mark so that Excel reads it as UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([plain(str(one)) for one in headers])
    for row in rows:
        yield writer.writerow([_as_text(plain(cell)) for cell in row])


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else value


class Workbook:
    """An .xlsx written row by row into a temporary file; `finish` gives the file from its beginning."""

    def __init__(self) -> None:
        self._file: IO[bytes] = TemporaryFile(suffix=".xlsx")  # noqa: SIM115 -- handed to the caller by `finish`
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self._file, {**options, "strings_to_numbers": False})
        self._head = self._book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1, "text_wrap": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._text = self._book.add_format({"num_format": "@"})
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(
        self,
        name: str,
        headers: Sequence[Any],
        rows: Iterable[Sequence[Any]],
        *,
        widths: Sequence[int] = (),
        text_columns: Sequence[int] = (),
        wrap: bool = False,
    ) -> int:
        """One sheet with a heading that stays in sight; further sheets where Excel has no more rows. Returns the rows.

        `text_columns`: columns that Excel shall keep as text, such as telephone numbers, also where they are empty.
        """
        count, sheet, line = 0, None, 0
        for row in rows:
            if sheet is None or line >= MOST_ROWS:
                serial = count // MOST_ROWS
                sheet, line = self._begin(f"{name}{serial + 1}" if serial else name, headers, widths, text_columns), 0
            line += 1
            count += 1
            for column, cell in enumerate(row):
                self._write(sheet, line, column, plain(cell), wrap=wrap)
        if sheet is None:
            self._begin(name, headers, widths, text_columns)
        return count

    def _begin(self, name: str, headers: Sequence[Any], widths: Sequence[int], text_columns: Sequence[int]) -> Any:
        sheet = self._book.add_worksheet(name[:31])
        for column in range(len(headers)):
            width = widths[column] if column < len(widths) else 16
            sheet.set_column(column, column, width, self._text if column in text_columns else None)
        for column, header in enumerate(headers):
            sheet.write_string(0, column, str(header), self._head)
        sheet.freeze_panes(1, 0)
        return sheet

    def _write(self, sheet: Any, line: int, column: int, value: Any, *, wrap: bool) -> None:
        if value == "":
            return
        if isinstance(value, datetime):
            sheet.write_datetime(line, column, value, self._moment)
        elif isinstance(value, date):
            sheet.write_datetime(line, column, datetime.combine(value, datetime.min.time()), self._day)
        elif isinstance(value, bool | int | float):
            sheet.write(line, column, value)
        else:
            sheet.write_string(line, column, value[:32_000], self._wrap if wrap else self._text)

    def finish(self) -> IO[bytes]:
        """Close the workbook and give the file, at its beginning. The caller closes it."""
        self._book.close()
        self._file.seek(0)
        return self._file
