"""Who else knows a row: every foreign key of the product that points at it, whichever room it lives in."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from django.db import models

from cxorders.journal.models import Entry

PIECE = 500

Path = tuple[type[models.Model], str]
Ours = Callable[[str, set[int]], set[int]]
"""label and keys → those of the keys that are not counted as use"""


def pieces(keys: Sequence[int], size: int = PIECE) -> Iterator[list[int]]:
    """`keys` in lists the databases take as parameters."""
    rest = iter(keys)
    while piece := list(islice(rest, size)):
        yield piece


def pointing_at(model: type[models.Model]) -> list[models.ForeignKey]:
    """Every foreign key to `model`, those without a reverse name included."""
    relations = [one for one in model._meta.get_fields(include_hidden=True) if one.auto_created and not one.concrete]
    fields = [getattr(relation, "field", None) for relation in relations]
    return [field for field in fields if isinstance(field, models.ForeignKey)]


def referenced(
    model: type[models.Model], keys: Sequence[int], *, ours: Ours, belongings: Sequence[Path] = ()
) -> set[int]:
    """Which of `keys` are pointed at by a row that is neither one of `ours` nor one of `belongings`.

    A belonging (model and path to its owner) is looked at in turn: what points at it counts as use of the owner.
    """
    found: set[int] = set()
    listed = {(one, path) for one, path in belongings}
    for field in pointing_at(model):
        if (field.model, field.name) not in listed:
            found |= _owners(field, field.attname, f"{field.name}__in", keys, ours)
    for child, path in belongings:
        if not any(field.model is child and field.name == path for field in pointing_at(model)):
            continue
        for field in pointing_at(child):
            if (field.model, field.name) not in listed:
                through = f"{field.name}__{path}"
                # by join, not by the keys of the belongings, of which there are ten times as many
                found |= _owners(field, f"{through}_id", f"{through}__in", keys, ours)
    return found


def _owners(field: models.ForeignKey, owner: str, condition: str, keys: Sequence[int], ours: Ours) -> set[int]:
    """Which of `keys` (what `owner` leads to) rows with `field` belong to that are none of `ours`."""
    found: dict[int, int] = {}
    for piece in pieces(keys):
        rows = field.model._base_manager.filter(**{condition: piece}).order_by()
        found |= dict(rows.values_list("pk", owner))
    if not found:
        return set()
    known = ours(field.model._meta.label_lower, set(found))
    return {key for row, key in found.items() if row not in known}


def touched(model: type[models.Model], keys: Sequence[int], *, quiet: Collection[str]) -> set[int]:
    """Which of `keys` have a journal row whose verb is not in `quiet`."""
    found: set[int] = set()
    for piece in pieces(keys):
        rows = Entry.objects.filter(subject_label=model._meta.label_lower, subject_id__in=piece)
        found |= set(rows.exclude(verb__in=quiet).order_by().values_list("subject_id", flat=True))
    return found
