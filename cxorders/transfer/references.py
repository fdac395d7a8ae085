"""Who else knows a row: every foreign key of the product that points at it, whichever room it lives in."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from django.db import models

from cxorders.journal.models import Entry

PIECE = 500

Path = tuple[type[models.Model], str]


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
    model: type[models.Model],
    keys: Sequence[int],
    *,
    ignoring: Mapping[str, Collection[int]],
    belongings: Sequence[Path] = (),
) -> set[int]:
    """Which of `keys` are pointed at by a row that is neither in `ignoring` (label → keys) nor of `belongings`.

    A belonging (model and path to its owner) is looked at in turn: what points at it counts as use of the owner.
    """
    found: set[int] = set()
    ours = {(one, path) for one, path in belongings}
    for field in pointing_at(model):
        if (field.model, field.name) in ours:
            continue
        known = set(ignoring.get(field.model._meta.label_lower, ()))
        for piece in pieces(keys):
            rows = field.model._base_manager.filter(**{f"{field.name}__in": piece}).order_by()
            found |= {owner for key, owner in rows.values_list("pk", field.attname) if key not in known}
    for child, path in belongings:
        if any(field.model is child and field.name == path for field in pointing_at(model)):
            found |= _through(child, path, keys, ours)
    return found


def _through(child: type[models.Model], path: str, keys: Sequence[int], ours: set[Path]) -> set[int]:
    """Owners whose belongings are pointed at."""
    found: set[int] = set()
    for piece in pieces(keys):
        owner_of = dict(child._base_manager.filter(**{f"{path}__in": piece}).order_by().values_list("pk", f"{path}_id"))
        for field in pointing_at(child):
            if (field.model, field.name) in ours:
                continue
            for part in pieces(list(owner_of)):
                rows = field.model._base_manager.filter(**{f"{field.name}__in": part}).order_by()
                found |= {owner_of[key] for key in rows.values_list(field.attname, flat=True)}
    return found


def touched(model: type[models.Model], keys: Sequence[int], *, quiet: Collection[str]) -> set[int]:
    """Which of `keys` have a journal row whose verb is not in `quiet`."""
    found: set[int] = set()
    for piece in pieces(keys):
        rows = Entry.objects.filter(subject_label=model._meta.label_lower, subject_id__in=piece)
        found |= set(rows.exclude(verb__in=quiet).order_by().values_list("subject_id", flat=True))
    return found
