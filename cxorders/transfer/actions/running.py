"""What the worker does with an import. Every chunk of rows is committed together with the mark that says so: a worker
that is killed leaves nothing half done, and whoever comes next goes on behind the mark. Two workers on one batch meet
at the mark, and the second leaves.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import F

from cxorders.journal.actions import record
from cxorders.kit.sheets.reading import Table
from cxorders.kit.sheets.refusing import SheetRefused
from cxorders.kit.states import move
from cxorders.organisation.models import User
from cxorders.transfer.actions.refusing import Overtaken
from cxorders.transfer.actions.undoing import take_back
from cxorders.transfer.cells import Line
from cxorders.transfer.enums import AT_WORK, BATCH_TRANSITIONS, TRIES, BatchState
from cxorders.transfer.kinds import Kind, Origin, Pass
from cxorders.transfer.models import Batch, Made, RowError
from cxorders.transfer.queries import fingerprint, kind_for, lines_of, table_of

Clock = Callable[[], datetime]


def carry_out(batch_id: int, *, now: Clock) -> None:
    """Do what the state of the batch asks for, from the mark on; nothing for a batch that asks for nothing.

    Safe to call twice and at once. A batch that was begun TRIES times without getting further is given up (failed).
    """
    batch = Batch.objects.select_related("company", "created_by", "loaded_by", "undone_by").get(pk=batch_id)
    if batch.state not in AT_WORK:
        return
    if batch.tries >= TRIES:
        fail(batch, {"code": "no_progress"}, at=now())
        return
    Batch.objects.filter(pk=batch.pk).update(tries=F("tries") + 1, seen_at=now())
    try:
        if batch.state == BatchState.UNDOING:
            take_back(batch, now=now)
        else:
            _through_the_file(batch, now)
    except Overtaken:
        return
    except SheetRefused as refusal:
        said = {"zh": refusal.in_language("zh-hans"), "en": refusal.in_language("en")}
        fail(batch, {"code": "sheet", **said}, at=now())


@transaction.atomic
def fail(batch: Batch, problem: dict[str, Any], *, at: datetime) -> None:
    """checking, loading or undoing → failed, with the reason. What is loaded stays and can be continued or undone."""
    held = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state not in AT_WORK:
        return
    move(held, BatchState.FAILED, table=BATCH_TRANSITIONS, problem=problem, ended_at=at)
    record(held, "import.failed", by=None, at=at, number=held.number, code=problem["code"])


def _through_the_file(batch: Batch, now: Clock) -> None:
    kind = kind_for(batch)
    try:
        stream = batch.file.open("rb")
    except FileNotFoundError:
        fail(batch, {"code": "file_gone"}, at=now())
        return
    with stream:
        if fingerprint(stream) != batch.sha256:
            fail(batch, {"code": "file_changed"}, at=now())
            return
        table = table_of(stream, kind, batch.headers)
        if batch.state == BatchState.CHECKING:
            _check(batch, kind, table, now)
        else:
            _load(batch, kind, table, now)


def _chunks(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    rest = iter(lines)
    while chunk := list(islice(rest, size)):
        yield chunk


def _begin(batch: Batch, kind: Kind, by: User | None, at: datetime) -> Pass:
    return kind.begin(Origin(batch.company, by, at, batch.number))


def _advance(batch: Batch, mark: int, at: datetime, **values: Any) -> None:
    """Move the mark from where this worker knows it to be. Raises Overtaken when it is elsewhere."""
    place = Batch.objects.filter(pk=batch.pk, state=batch.state, mark=batch.mark)
    if not place.update(mark=mark, seen_at=at, tries=0, **values):
        raise Overtaken
    batch.mark = mark


def _write_errors(batch: Batch, lines: Iterable[Line]) -> int:
    rows = [RowError(batch=batch, row=line.number, problems=line.problems) for line in lines if line.problems]
    RowError.objects.bulk_create(rows)
    return len(rows)


# ---- checking ----------------------------------------------------------------------------------------------------


def _check(batch: Batch, kind: Kind, table: Table, now: Clock) -> None:
    """Every row against its columns, the database and the rows before it; at the end → previewed."""
    work = _begin(batch, kind, batch.created_by, now())
    seen: dict[Hashable, int] = {}
    known_bad = set(RowError.objects.filter(batch=batch).order_by().values_list("row", flat=True))
    for chunk in _chunks(lines_of(batch, table), kind.chunk):
        fresh = [line for line in chunk if line.number > batch.mark]
        for line in chunk:
            if line.number <= batch.mark and line.number not in known_bad:
                _claim(work, line, seen)
        if not fresh:
            continue
        at = now()
        with transaction.atomic():
            work.check([line for line in fresh if not line.problems])
            for line in fresh:
                if not line.problems:
                    _claim(work, line, seen)
            bad = _write_errors(batch, fresh)
            _advance(batch, fresh[-1].number, at, total=F("total") + len(fresh), bad=F("bad") + bad)
    with transaction.atomic():
        held = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state != BatchState.CHECKING or held.mark != batch.mark:
            raise Overtaken
        move(held, BatchState.PREVIEWED, table=BATCH_TRANSITIONS, ended_at=None)
        record(held, "import.checked", by=None, at=now(), number=held.number, rows=held.total, bad=held.bad)


def _claim(work: Pass, line: Line, seen: dict[Hashable, int]) -> None:
    """The first good row of a key keeps it; a later one is told which row that was."""
    key = work.key(line)
    if key is None:
        return
    first = seen.setdefault(key, line.number)
    if first != line.number:
        line.wrong("", "twice_in_file", row=first)


# ---- loading -----------------------------------------------------------------------------------------------------


def _load(batch: Batch, kind: Kind, table: Table, now: Clock) -> None:
    """The good rows, chunk by chunk, each checked once more against the database; at the end → loaded."""
    work = _begin(batch, kind, batch.loaded_by, now())
    for chunk in _chunks(lines_of(batch, table, after=batch.mark), kind.chunk):
        load_chunk(batch, work, chunk, now())
    at = now()
    with transaction.atomic():
        held = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state != BatchState.LOADING or held.mark != batch.mark:
            raise Overtaken
        move(held, BatchState.LOADED, table=BATCH_TRANSITIONS, ended_at=at)
        record(held, "import.loaded", by=held.loaded_by, at=at, number=held.number, rows=held.loaded, bad=held.bad)


@transaction.atomic
def load_chunk(batch: Batch, work: Pass, chunk: list[Line], at: datetime) -> None:
    """One chunk of rows and the mark behind it, together or not at all."""
    # the mark first: on PostgreSQL a second worker waits here until the first has committed, and then finds it moved
    _advance(batch, chunk[-1].number, at)
    numbers = [line.number for line in chunk]
    known_bad = set(
        RowError.objects.filter(batch=batch, row__gte=numbers[0], row__lte=numbers[-1])
        .order_by()
        .values_list("row", flat=True)
    )
    good = [line for line in chunk if line.number not in known_bad]
    work.check([line for line in good if not line.problems])
    made = _written(work, [line for line in good if not line.problems])
    for row in made:
        row.batch = batch
    Made.objects.bulk_create(made, batch_size=500)
    bad = _write_errors(batch, good)
    Batch.objects.filter(pk=batch.pk).update(loaded=F("loaded") + len(good) - bad, bad=F("bad") + bad)


def _written(work: Pass, lines: list[Line]) -> list[Made]:
    """Load the lines as one; where the database refuses them, one by one, so that only the row it refuses is lost."""
    if not lines:
        return []
    try:
        with transaction.atomic():
            return work.load(lines)
    except (IntegrityError, DataError):
        if len(lines) == 1:
            lines[0].wrong("", "refused_by_database")
            return []
    made: list[Made] = []
    for line in lines:
        made += _written(work, [line])
    return made
