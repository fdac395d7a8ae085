"""Taking a list away as it is filtered: CSV as a stream, .xlsx out of a temporary file. Both tell the journal."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from django.http import Http404, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from cxorders.journal.actions import record
from cxorders.kit.errors import NotAllowed
from cxorders.kit.formats import mask_phone
from cxorders.kit.sheets.writing import Workbook, csv_lines
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.transfer.exporting import Asked, Exporter, exporter_of, may_have_phones
from cxorders.transfer.views.files import as_download

LONG_NUMBER = 7
"""digits from which a search may be a telephone number"""
OWN = ("format", "phones", "after", "before", "page")
"""parameters of the export itself or of a place in the list; the others are filters"""


@require_GET
@requires("list.export")
def export(request: SignedInRequest, code: str) -> HttpResponseBase:
    """`/transfer/export/<list>/?format=csv|xlsx&…`: every row the filters in the address let through.

    Effects: journal `export.started` with person, list and filters, `export.finished` with the number of rows, also
    where the reader breaks off. Full telephone numbers (`phones=full`) only for who may reveal them.
    """
    exporter = exporter_of(code)
    if exporter is None:
        raise Http404(code)
    wanted = request.GET.get("phones") == "full"
    if not may(request.user, exporter.permission) or (wanted and not may_have_phones(request.user, exporter)):
        raise NotAllowed()
    query = request.GET.copy()
    for name in OWN:
        query.pop(name, None)
    asked = Asked(request.user, query, wanted)
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    log = Log(exporter, asked, kind)
    log.started()
    heads = [str(head) for head in exporter.headers]
    name = f"{exporter.name}-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    if kind == "xlsx":
        book = Workbook()
        book.sheet(str(exporter.name), heads, log.counted(exporter.rows(asked)))
        return as_download(book.finish(), name)
    rows = log.counted(exporter.rows(asked))
    lines = _in_language(translation.get_language(), csv_lines(heads, rows))
    response = StreamingHttpResponse(_together(lines, rows.close), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _in_language(language: str | None, lines: Iterator[str]) -> Iterator[str]:
    """The stream runs after the request is over, when the language of the person is no longer set."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _together(lines: Iterator[str], close: Callable[[], None], most: int = 200) -> Iterator[bytes]:
    """Lines in pieces of a few kilobytes: one write to the network for each line would be slow. `close` in any case."""
    kept: list[str] = []
    try:
        for line in lines:
            kept.append(line)
            if len(kept) >= most:
                yield "".join(kept).encode()
                kept.clear()
        yield "".join(kept).encode()
    finally:
        close()


def _without_phones(query: QueryDict) -> str:
    """The filters as the journal keeps them: no telephone number in full."""
    pairs = [(name, str(value).replace("\0", "")) for name, value in query.items()]
    kept = [(name, mask_phone(value) if _is_phone(value) else value) for name, value in pairs]
    return "&".join(f"{name}={value}" for name, value in kept)[:500]


def _is_phone(value: str) -> bool:
    return len([sign for sign in value if sign.isdecimal()]) >= LONG_NUMBER and not value[:1].isalpha()


class Log:
    """What the journal hears of one export."""

    def __init__(self, exporter: Exporter, asked: Asked, kind: str) -> None:
        self.by = asked.user
        self.data: dict[str, Any] = {
            "list": exporter.code, "format": kind, "filter": _without_phones(asked.query),
            "phones_in_full": asked.in_full,
        }  # fmt: skip

    def started(self) -> None:
        """Who takes what, before the first row leaves."""
        self._tell("export.started")

    def counted(self, rows: Iterable[Sequence[Any]]) -> Generator[Sequence[Any], None, None]:
        """`rows`; when they are over, or the reader breaks off, how many it were."""
        count, complete = 0, False
        try:
            for row in rows:
                count += 1
                yield row
            complete = True
        finally:
            self._tell("export.finished", rows=count, complete=complete)

    def _tell(self, verb: str, **more: Any) -> None:
        grant = self.by.active_grant
        unit = grant.unit if grant is not None else None
        record(
            self.by, verb, by=self.by, at=timezone.now(), unit_id=unit.pk if unit else None,
            company_id=unit.company_id if unit else None, **self.data, **more,
        )  # fmt: skip
