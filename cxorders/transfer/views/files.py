"""Files of imports: the template, the rows with errors, the file as it was handed in."""

from collections.abc import Iterator, Sequence
from typing import IO, Any
from urllib.parse import quote

from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxorders.journal.actions import record
from cxorders.kit.sheets.writing import XLSX, Workbook
from cxorders.organisation.access import SignedInRequest, requires
from cxorders.transfer.kinds import Kind, kind_of
from cxorders.transfer.messages import sentence
from cxorders.transfer.models import Batch, RowError
from cxorders.transfer.queries import kind_for, table_of
from cxorders.transfer.views.pages import batch_or_404


def as_download(content: IO[bytes], name: str, kind: str = XLSX) -> FileResponse:
    """`content` as a file with a name in any language; closed when it is sent."""
    response = FileResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@requires("import.run")
def template(request: SignedInRequest, kind: str) -> FileResponse:
    """An empty table with the right headings, an explanation of each column, and the codes that are known."""
    found = kind_of(kind)
    if found is None:
        raise Http404(kind)
    book = Workbook()
    heads = [str(column.name) for column in found.columns]
    as_text = [place for place, column in enumerate(found.columns) if column.is_text]
    book.sheet(_("数据"), heads, [], widths=[max(len(head) * 2 + 4, 14) for head in heads], text_columns=as_text)
    book.sheet(_("说明"), (_("列"), _("必填"), _("填什么"), _("例子"), _("也认得的列名")), _explained(found),
               widths=(18, 8, 52, 24, 48), wrap=True)  # fmt: skip
    for title, head, rows in found.guides():
        book.sheet(str(title), [str(one) for one in head], rows, widths=(24, 28, 10, 20, 28))
    name = _("导入模板-%(kind)s.xlsx") % {"kind": found.name}
    return as_download(book.finish(), name)


def _explained(kind: Kind) -> Iterator[Sequence[Any]]:
    for column in kind.columns:
        must = _("必填") if column.required else ""
        yield str(column.name), must, str(column.about), column.example, "、".join(column.synonyms)


@require_GET
@requires("import.run")
def errors(request: SignedInRequest, number: str) -> FileResponse:
    """The rows with errors as they were, with one more column that says what is wrong: correct and upload again."""
    batch = batch_or_404(request, number)
    kind = kind_for(batch)
    try:
        stream = batch.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404(number) from missing
    book = Workbook()
    with stream:
        heads = [*batch.headers, _("错误")]
        places = {
            batch.mapping[column.code] for column in kind.columns if column.is_text and column.code in batch.mapping
        }
        book.sheet(_("有错的行"), heads, _annotated(batch, kind, stream), widths=[16] * len(batch.headers) + [60],
                   text_columns=sorted(places))  # fmt: skip
    content = book.finish()
    record(batch, "import.errors_taken", by=request.user, at=timezone.now(), number=batch.number, rows=batch.bad)
    return as_download(content, _("%(number)s-有错的行.xlsx") % {"number": batch.number})


def _annotated(batch: Batch, kind: Kind, stream: IO[bytes]) -> Iterator[Sequence[Any]]:
    names = {column.code: str(column.name) for column in kind.columns}
    wrong = RowError.objects.filter(batch=batch).order_by("row").iterator(chunk_size=2000)
    following = next(wrong, None)
    width = len(batch.headers)
    for number, cells in table_of(stream, kind, batch.headers).rows:
        if following is None:
            return
        if number == following.row:
            said = [(names.get(column, ""), sentence(code, values)) for column, code, values in following.problems]
            words = _("；").join(_("%(column)s：%(said)s") % {"column": c, "said": s} if c else s for c, s in said)
            yield (*[_kept(cell) for cell in cells[:width]], *[""] * (width - len(cells)), words)
            following = next(wrong, None)


def _kept(cell: Any) -> Any:
    """A cell as it was; telephone numbers Excel took for numbers become text again."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) >= 10**9 else cell


@require_GET
@requires("import.run")
def original(request: SignedInRequest, number: str) -> FileResponse:
    """The file as it was handed in; taking it is in the journal, for it holds full telephone numbers."""
    batch = batch_or_404(request, number)
    try:
        content = batch.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404(number) from missing
    record(batch, "import.file_taken", by=request.user, at=timezone.now(), number=batch.number)
    return as_download(content, batch.filename, "application/octet-stream")
