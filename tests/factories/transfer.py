"""Imports for tests: files of many shapes, and batches in every state."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

import xlsxwriter

from cxorders.organisation.models import Unit, User
from cxorders.transfer.actions import carry_out, hand_in, match_columns, start_loading
from cxorders.transfer.models import Batch

NOW = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
CUSTOMER_HEAD = ("姓名", "电话", "称呼", "客户分类", "地址", "片区", "表号")
_serial = count(1)

Rows = Sequence[Sequence[Any]]


def an_xlsx(head: Sequence[str], rows: Rows, *, title: str = "", merge: str = "") -> BytesIO:
    """A workbook as people make them; `title` goes into a row above the heading, merged across."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    first = 0
    if title:
        sheet.merge_range(0, 0, 0, max(len(head) - 1, 1), title)
        first = 1
    day = book.add_format({"num_format": "yyyy/m/d h:mm"})
    for line, row in enumerate([head, *rows], first):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(line, place, cell, day)
            else:
                sheet.write(line, place, cell)
    if merge:
        sheet.merge_range(merge, "合并")
    book.close()
    stream.seek(0)
    return stream


def a_csv(head: Sequence[str], rows: Rows, *, encoding: str = "utf-8", separator: str = ",") -> BytesIO:
    """A CSV in any encoding."""
    lines = [separator.join(str(cell) for cell in row) for row in [head, *rows]]
    return BytesIO("\r\n".join(lines).encode(encoding))


def customer_rows(number: int, *, bad_every: int = 0) -> list[tuple[str, ...]]:
    """Rows of customers with numbers of their own; each `bad_every`-th has a telephone number that is too short."""
    rows = []
    for place in range(1, number + 1):
        phone = f"13{next(_serial):09d}"
        if bad_every and place % bad_every == 0:
            phone = phone[:7]
        rows.append((f"客户{place}", phone, "女士", "RETAIL", f"望江路 {place} 号", "望江片区", ""))
    return rows


def handed_in(company: Unit, by: User, stream: BytesIO, kind: str = "customers", *, at: datetime = NOW) -> Batch:
    """A file just handed in."""
    size = stream.getbuffer().nbytes
    return hand_in(company=company, kind_code=kind, stream=stream, filename="表.xlsx", size=size, by=by, at=at)


def again(batch: Batch) -> Batch:
    """The batch as the database has it."""
    return Batch.objects.select_related("company").get(pk=batch.pk)


def checked(company: Unit, by: User, stream: BytesIO, kind: str = "customers", *, at: datetime = NOW) -> Batch:
    """A file whose columns are matched as proposed, and checked."""
    batch = handed_in(company, by, stream, kind, at=at)
    match_columns(batch, batch.mapping, by=by, at=at)
    carry_out(batch.pk, now=lambda: at)
    return again(batch)


def loaded(company: Unit, by: User, stream: BytesIO, kind: str = "customers", *, at: datetime = NOW) -> Batch:
    """A file whose good rows are in."""
    batch = checked(company, by, stream, kind, at=at)
    start_loading(batch, by=by, at=at + timedelta(minutes=1))
    carry_out(batch.pk, now=lambda: at + timedelta(minutes=2))
    return again(batch)


def problems_of(batch: Batch) -> dict[int, list[tuple[str, str]]]:
    """Row → (column, code) of everything wrong with it."""
    rows = batch.errors.order_by("row")  # type: ignore[attr-defined]
    return {row.row: [(column, code) for column, code, _values in row.problems] for row in rows}
