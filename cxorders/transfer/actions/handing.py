"""What people do with an import: hand in, match columns, start, discard, ask for an undo."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from django.core.files import File
from django.db import IntegrityError, transaction

from cxorders.journal.actions import record
from cxorders.kit.errors import NotAllowed, WrongState
from cxorders.kit.sheets.reading import MOST_BYTES
from cxorders.kit.sheets.refusing import SheetRefused
from cxorders.kit.states import move
from cxorders.organisation.models import Unit, User
from cxorders.transfer import policy
from cxorders.transfer.actions.refusing import (
    AlreadyHandedIn,
    ColumnsMissing,
    ColumnTwice,
    KindUnknown,
    NothingToLoad,
    ReasonMissing,
    SomeLoaded,
)
from cxorders.transfer.cells import text
from cxorders.transfer.enums import BATCH_TRANSITIONS, TAKEN_BACK, BatchState
from cxorders.transfer.kinds import Kind, kind_of
from cxorders.transfer.models import Batch, ColumnMemory, RowError
from cxorders.transfer.queries import fingerprint, first_rows, guess, headings_key, kind_for, remembered

SAMPLES = 5
LONGEST_SAMPLE = 60


def hand_in(
    *, company: Unit, kind_code: str, stream: IO[bytes], filename: str, size: int, by: User, at: datetime
) -> Batch:
    """– → uploaded. The file is read as far as needed to know that it is a table, then kept as evidence.

    Effects: file, batch with a proposal of what each column means (as last time, else by names), journal.
    Errors: NotAllowed, KindUnknown, SheetRefused, AlreadyHandedIn.
    """
    if not policy.may_import(by, company):
        raise NotAllowed()
    kind = kind_of(kind_code)
    if kind is None:
        raise KindUnknown(field="kind")
    if size > MOST_BYTES:
        raise SheetRefused("file_too_big", most=MOST_BYTES // 1024**2)
    digest = fingerprint(stream)
    _refuse_twice(company, kind, digest)
    headers, rows = first_rows(stream, kind, SAMPLES)
    stream.seek(0)
    mapping = {**guess(kind, headers), **remembered(company, kind, headers)}
    batch = Batch(
        company=company,
        kind=kind.code,
        filename=(text(filename.rpartition("/")[2]) or "table")[-120:],
        sha256=digest,
        size=size,
        headers=headers,
        samples=[[text(cell)[:LONGEST_SAMPLE] for cell in cells] for cells in rows],
        mapping=mapping,
        created_by=by,
        created_at=at,
    )
    ending = "xlsx" if stream.read(2) == b"PK" else "csv"
    stream.seek(0)
    batch.file.save(f"{digest[:16]}.{ending}", File(stream), save=False)
    try:
        with transaction.atomic():
            batch.save()
            record(batch, "import.uploaded", by=by, at=at, number=batch.number, kind=kind.code, sha256=digest)
    except IntegrityError:
        batch.file.delete(save=False)
        _refuse_twice(company, kind, digest)
        raise
    return batch


def _refuse_twice(company: Unit, kind: Kind, digest: str) -> None:
    earlier = Batch.objects.filter(company=company, kind=kind.code, sha256=digest).exclude(state__in=TAKEN_BACK)
    found = earlier.order_by("-pk").first()
    if found is not None:
        raise AlreadyHandedIn(number=found.number, field="file")


def _held(batch: Batch, by: User) -> Batch:
    """The batch as it stands now, locked; nobody without the right gets further."""
    if not policy.may_run(by, batch):
        raise NotAllowed()
    return Batch.objects.select_for_update(of=("self",)).select_related("company").get(pk=batch.pk)


@transaction.atomic
def match_columns(batch: Batch, places: Mapping[str, int], *, by: User, at: datetime) -> Batch:
    """uploaded, previewed or failed → mapped → checking: what each column means; the check starts anew.

    Effects, in order: matching kept on the batch and for the next file with these headings; earlier errors forgotten;
    journal. The caller hands the batch to the worker after the commit. Errors: NotAllowed, WrongState, ColumnsMissing,
    ColumnTwice, SomeLoaded.
    """
    held = _held(batch, by)
    kind = kind_for(held)
    known = {column.code for column in kind.columns}
    mapping = {code: place for code, place in places.items() if code in known and 0 <= place < len(held.headers)}
    missing = [str(column.name) for column in kind.columns if column.required and column.code not in mapping]
    if missing:
        raise ColumnsMissing(names="、".join(missing))
    for place in mapping.values():
        if list(mapping.values()).count(place) > 1:
            raise ColumnTwice(name=held.headers[place] or str(place + 1))
    if held.loaded:
        raise SomeLoaded(count=held.loaded)
    if held.state != BatchState.MAPPED:
        move(held, BatchState.MAPPED, table=BATCH_TRANSITIONS, mapping=mapping)
    RowError.objects.filter(batch=held).delete()
    fresh: dict[str, Any] = {"mark": 0, "tries": 0, "bad": 0, "total": 0, "problem": None, "seen_at": at}
    fresh |= {"taken_back": 0, "removed": {}}
    move(held, BatchState.CHECKING, table=BATCH_TRANSITIONS, mapping=mapping, **fresh)
    ColumnMemory.objects.update_or_create(
        company=held.company,
        kind=held.kind,
        headings=headings_key(held.headers),
        defaults={"mapping": {code: held.headers[place] for code, place in mapping.items()}, "used_at": at},
    )
    record(held, "import.mapped", by=by, at=at, number=held.number, columns=len(mapping))
    return held


@transaction.atomic
def start_loading(batch: Batch, *, by: User, at: datetime) -> Batch:
    """previewed → loading, or failed → loading from where it stopped. The caller hands the batch to the worker.

    Effects: journal. Errors: NotAllowed, WrongState, Stale, NothingToLoad.
    """
    held = _held(batch, by)
    again = held.state == BatchState.FAILED
    if again and (held.started_at is None or held.taken_back):
        # it broke while it was checked: match the columns again; or an undo stopped half-way: finish that
        raise WrongState()
    if held.state == BatchState.PREVIEWED and held.good <= 0:
        raise NothingToLoad()
    fresh: dict[str, Any] = {} if again else {"mark": 0, "loaded": 0, "loaded_by": by, "started_at": at}
    move(held, BatchState.LOADING, table=BATCH_TRANSITIONS, tries=0, seen_at=at, problem=None, **fresh)
    record(held, "import.started", by=by, at=at, number=held.number, rows=held.good)
    return held


@transaction.atomic
def discard(batch: Batch, *, by: User, at: datetime) -> Batch:
    """uploaded, mapped, previewed or failed → discarded; the same file may be handed in again.

    Effects: journal; the file stays as evidence. Errors: NotAllowed, WrongState, Stale, SomeLoaded.
    """
    held = _held(batch, by)
    if held.loaded:
        raise SomeLoaded(count=held.loaded)
    move(held, BatchState.DISCARDED, table=BATCH_TRANSITIONS, ended_at=at)
    record(held, "import.discarded", by=by, at=at, number=held.number)
    return held


@transaction.atomic
def ask_undo(batch: Batch, *, by: User, at: datetime, reason: str) -> Batch:
    """loaded or failed → undoing: the worker takes back exactly what the import made, or says what stands against it.

    Effects: journal. Errors: NotAllowed, WrongState, Stale, ReasonMissing.
    """
    held = _held(batch, by)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    move(
        held, BatchState.UNDOING, table=BATCH_TRANSITIONS, undone_by=by, undo_reason=reason.strip()[:300],
        seen_at=at, tries=0, problem=None, cleared=False,
    )  # fmt: skip
    record(held, "import.undo_asked", by=by, at=at, number=held.number, reason=reason.strip()[:300])
    return held
