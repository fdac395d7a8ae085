"""Taking an import back: exactly what it made, or nothing where something of it is in use when the undo begins.

The last rows go first, UNDO_CHUNK rows in one transaction together with the count that says so: a worker that is killed
leaves nothing half done, and whoever comes next goes on with the rows that are left. Two workers on one batch meet at
its row, and the second leaves.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Model
from django.utils.translation import override

from cxorders.journal.actions import record
from cxorders.kit.states import move
from cxorders.transfer.actions.refusing import Overtaken
from cxorders.transfer.enums import BATCH_TRANSITIONS, MOST_NAMED, UNDO_CHUNK, BatchState
from cxorders.transfer.kinds import Kind
from cxorders.transfer.models import Batch, Made
from cxorders.transfer.queries import kind_for
from cxorders.transfer.references import pieces, referenced, touched

Clock = Callable[[], datetime]


def take_back(batch: Batch, *, now: Clock) -> None:
    """undoing → undone, or back to where it was with the rows that are in use.

    In use: the journal knows an act on it, another row points at it, or its kind says so. All rows are asked before
    the first is taken back; a row that comes into use while the undo runs stops it there, with what is left (failed).
    Effects, in order, for each chunk: what was changed is put back, what was made is removed, the list of what was
    made; at the end the journal. Raises Overtaken where another worker does the same.
    """
    kind = kind_for(batch)
    if not batch.cleared and not _clear(batch, kind, now):
        return
    while (top := Made.objects.filter(batch=batch).aggregate(top=Max("row"))["top"]) is not None:
        try:
            goes_on = _take_chunk(batch, kind, top, now())
        except IntegrityError:  # pointed at since we looked, told at the commit
            used = _used(batch, kind, _chunk(batch, top))
            if not used:
                raise
            _refuse(batch, used, at=now())
            return
        if not goes_on:
            return
    _finish(batch, at=now())


def _held(batch: Batch) -> Batch:
    """The batch, locked, as this worker knows it. Raises Overtaken where somebody else has been at work."""
    held = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state != BatchState.UNDOING or (held.taken_back, held.cleared) != (batch.taken_back, batch.cleared):
        raise Overtaken
    return held


def _clear(batch: Batch, kind: Kind, now: Clock) -> bool:
    """Ask of every row whether it is in use, a chunk at a time; refuse the undo where one is."""
    used: dict[int, str] = {}
    top = Made.objects.filter(batch=batch).aggregate(top=Max("row"))["top"]
    while top is not None:
        used |= _used(batch, kind, _chunk(batch, top))
        if not Batch.objects.filter(pk=batch.pk, state=BatchState.UNDOING, cleared=False).update(seen_at=now()):
            raise Overtaken
        top = Made.objects.filter(batch=batch, row__lte=top - UNDO_CHUNK).aggregate(top=Max("row"))["top"]
    if used:
        _refuse(batch, dict(sorted(used.items())), at=now())
        return False
    with transaction.atomic():
        _held(batch)
        Batch.objects.filter(pk=batch.pk).update(cleared=True, tries=0, seen_at=now())
    batch.cleared = True
    return True


def _chunk(batch: Batch, top: int) -> list[Made]:
    """What was made of the rows up to `top`, as many as go into one transaction."""
    return list(Made.objects.filter(batch=batch, row__gt=top - UNDO_CHUNK, row__lte=top).order_by("row", "pk"))


@transaction.atomic
def _take_chunk(batch: Batch, kind: Kind, top: int, at: datetime) -> bool:
    """The last rows and the count of them, together or not at all; False where one of them is in use now."""
    held = _held(batch)
    made = _chunk(batch, top)
    used = _used(batch, kind, made)
    if used:
        _refuse(batch, used, at=at)
        return False
    kind.restore(made, at=at)
    _remove(kind, made)
    Made.objects.filter(batch=batch, row__gt=top - UNDO_CHUNK, row__lte=top)._raw_delete(Made.objects.db)
    rows = len({one.row for one in made})
    removed = Counter(held.removed) + Counter(one.model for one in made)
    Batch.objects.filter(pk=batch.pk).update(
        loaded=F("loaded") - rows, taken_back=F("taken_back") + rows, removed=dict(removed), tries=0, seen_at=at
    )
    batch.taken_back += rows
    return True


@transaction.atomic
def _finish(batch: Batch, *, at: datetime) -> None:
    held = _held(batch)
    move(held, BatchState.UNDONE, table=BATCH_TRANSITIONS, undone_at=at, loaded=0)
    record(
        held, "import.undone", by=held.undone_by, at=at, number=held.number, reason=held.undo_reason,
        removed=held.removed,
    )  # fmt: skip


def _by_model(made: list[Made]) -> dict[str, list[Made]]:
    found: dict[str, list[Made]] = defaultdict(list)
    for one in made:
        found[one.model].append(one)
    return found


def _used(batch: Batch, kind: Kind, made: list[Made]) -> dict[int, str]:
    """Row → name of what came from it and is in use, in the order of the file."""
    with override("zh-hans"):
        found = {row: str(what) for row, what in kind.used(made).items()}
    groups = _by_model(made)

    def ours(label: str, keys: set[int]) -> set[int]:
        """Which of `keys` the same import made."""
        known = {one.object_id for one in groups.get(label, [])} & keys
        for piece in pieces(sorted(keys - known)):
            rows = Made.objects.filter(batch=batch, model=label, object_id__in=piece).order_by()
            known |= set(rows.values_list("object_id", flat=True))
        return known

    for model in kind.makes:
        rows = [one for one in groups.get(model._meta.label_lower, []) if one.before is None]
        keys = [one.object_id for one in rows]
        busy = touched(model, keys, quiet=kind.quiet_verbs)
        busy |= referenced(model, keys, ours=ours, belongings=kind.belongings)
        names = _names(model, sorted(busy))
        for one in rows:
            if one.object_id in busy:
                found.setdefault(one.row, names.get(one.object_id, ""))
    return dict(sorted(found.items()))


def _names(model: type[Model], keys: list[int]) -> dict[int, str]:
    """How to name a few rows: by number where they have one."""
    found = model._base_manager.in_bulk(keys[:MOST_NAMED])
    return {key: str(getattr(row, "number", row)) for key, row in found.items()}


def _remove(kind: Kind, made: list[Made]) -> None:
    """Remove what was made. `_used` has just found nothing that points at it, so nobody's row goes with it; whatever
    comes to point at it before the commit is told by the database (IntegrityError).
    """
    groups = _by_model(made)
    for model in kind.makes:
        keys = [one.object_id for one in groups.get(model._meta.label_lower, []) if one.before is None]
        for piece in pieces(keys):
            for child, path in kind.belongings:
                if child._meta.get_field(path).related_model is model:
                    rows = child._base_manager.filter(**{f"{path}__in": piece})
                    rows._raw_delete(rows.db)
            things = model._base_manager.filter(pk__in=piece)
            things._raw_delete(things.db)


@transaction.atomic
def _refuse(batch: Batch, used: dict[int, str], *, at: datetime) -> None:
    """undoing → loaded; → failed where the load had stopped half-way, or where rows were taken back already. The first
    rows in use are named.
    """
    held = _held(batch)
    back = BatchState.LOADED if held.mark_is_final and not held.taken_back else BatchState.FAILED
    named = [[row, what] for row, what in list(used.items())[:MOST_NAMED]]
    problem = {"code": "used", "count": len(used), "rows": named}
    if held.taken_back:
        problem["taken_back"] = held.taken_back
    move(held, back, table=BATCH_TRANSITIONS, problem=problem)
    record(
        held, "import.undo_refused", by=held.undone_by, at=at, number=held.number, count=len(used),
        taken_back=held.taken_back,
    )  # fmt: skip
