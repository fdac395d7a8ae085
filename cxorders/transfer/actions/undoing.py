"""Taking an import back: exactly what it made, in one transaction, or nothing where something of it is in use."""

from collections import defaultdict
from datetime import datetime

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import override

from cxorders.journal.actions import record
from cxorders.kit.states import move
from cxorders.transfer.actions.refusing import Overtaken
from cxorders.transfer.enums import BATCH_TRANSITIONS, MOST_NAMED, BatchState
from cxorders.transfer.kinds import Kind
from cxorders.transfer.models import Batch, Made
from cxorders.transfer.queries import kind_for
from cxorders.transfer.references import pieces, referenced, touched


@transaction.atomic
def take_back(batch: Batch, *, at: datetime) -> None:
    """undoing → undone, or back to where it was with the rows that are in use.

    In use: the journal knows an act on it, another row points at it, or its kind says so.
    Effects, in order: what was changed is put back, what was made is removed, the list of what was made; journal.
    """
    held = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if held.state != BatchState.UNDOING:
        raise Overtaken
    kind = kind_for(held)
    made = list(Made.objects.filter(batch=held).order_by("row", "pk"))
    used = _used(kind, made)
    if used:
        _refuse(held, used, at=at)
        return
    kind.restore(made)
    try:
        with transaction.atomic():
            _remove(kind, made)
    except ProtectedError as error:  # pointed at since we looked
        _refuse(held, {0: str(next(iter(error.protected_objects)))}, at=at)
        return
    counts = {label: len(rows) for label, rows in _by_model(made).items()}
    Made.objects.filter(batch=held).delete()
    move(held, BatchState.UNDONE, table=BATCH_TRANSITIONS, undone_at=at, loaded=0)
    record(
        held, "import.undone", by=batch.undone_by, at=at, number=held.number, reason=held.undo_reason, removed=counts
    )


def _by_model(made: list[Made]) -> dict[str, list[Made]]:
    found: dict[str, list[Made]] = defaultdict(list)
    for one in made:
        found[one.model].append(one)
    return found


def _used(kind: Kind, made: list[Made]) -> dict[int, str]:
    """Row → name of what came from it and is in use, in the order of the file."""
    with override("zh-hans"):
        found = {row: str(what) for row, what in kind.used(made).items()}
    groups = _by_model(made)
    ignoring = {label: {one.object_id for one in rows} for label, rows in groups.items()}
    for model in kind.makes:
        rows = [one for one in groups.get(model._meta.label_lower, []) if one.before is None]
        keys = [one.object_id for one in rows]
        busy = touched(model, keys, quiet=kind.quiet_verbs)
        busy |= referenced(model, keys, ignoring=ignoring, belongings=kind.belongings)
        names = _names(model, sorted(busy))
        for one in rows:
            if one.object_id in busy:
                found.setdefault(one.row, names.get(one.object_id, ""))
    return dict(sorted(found.items()))


def _names(model: type[models.Model], keys: list[int]) -> dict[int, str]:
    """How to name a few rows: by number where they have one."""
    found = model._base_manager.in_bulk(keys[:MOST_NAMED])
    return {key: str(getattr(row, "number", row)) for key, row in found.items()}


def _remove(kind: Kind, made: list[Made]) -> None:
    groups = _by_model(made)
    for model in kind.makes:
        keys = [one.object_id for one in groups.get(model._meta.label_lower, []) if one.before is None]
        for piece in pieces(keys):
            for child, path in kind.belongings:
                if child._meta.get_field(path).related_model is model:
                    child._base_manager.filter(**{f"{path}__in": piece}).delete()
            model._base_manager.filter(pk__in=piece).delete()


def _refuse(held: Batch, used: dict[int, str], *, at: datetime) -> None:
    """undoing → loaded, or → failed where the load had stopped half-way; the first rows in use are named."""
    back = BatchState.LOADED if held.mark_is_final else BatchState.FAILED
    named = [[row, what] for row, what in list(used.items())[:MOST_NAMED]]
    problem = {"code": "used", "count": len(used), "rows": named}
    move(held, back, table=BATCH_TRANSITIONS, problem=problem)
    record(held, "import.undo_refused", by=held.undone_by, at=at, number=held.number, count=len(used))
