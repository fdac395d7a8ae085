"""What import contracts cannot say about the rooms: foreign keys, addresses, the index of models."""

import importlib
import inspect
import re

from django.apps import apps
from django.db import models
from django.urls import get_resolver

from cxorders.celery import ROOMS
from tests.architecture.house import ROOT, capability_of, module_of, ranks, rooms, sources, templates

RANKS = ranks()


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS]


def test_the_contracts_know_every_capability() -> None:
    lowest = [room[0] for room in rooms()]

    assert lowest == ["cxorders.kit", "touchpoints.catalogue", "feedback.text", "kpi.formulas", "cxorders.web"]


def test_foreign_keys_point_down_or_sideways() -> None:
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in own_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.model is model and field.related_model in own_models()
        if RANKS[capability_of(field.related_model.__module__)] > RANKS[capability_of(model.__module__)]
    ]

    assert upward == []


def test_foreign_keys_keep_what_they_point_to() -> None:
    """History is not deleted by deleting something else."""
    cascades = [
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.SET_NULL
    ]

    assert cascades == []


def room_of_namespace() -> dict[str, int]:
    """URL namespace → height of the room that owns it."""
    heights = {}
    for height, room in enumerate(rooms()):
        for capability in room:
            if (ROOT / capability.replace(".", "/") / "urls.py").exists():
                heights[importlib.import_module(f"{capability}.urls").app_name] = height
    return heights


def test_every_namespace_belongs_to_a_room() -> None:
    named = {name for name in get_resolver().namespace_dict if name != "admin"}

    assert named - set(room_of_namespace()) == set()


def height_of_template(path: str) -> int:
    """templates/<room>/<capability>/… belong to a room; shell, components, web and the base pages to the roof."""
    first, _, rest = path.partition("/")
    folder = f"{first}.{rest.partition('/')[0]}"
    for height, room in enumerate(rooms()):
        if folder in room or (first in ROOMS[1:] and room[0].startswith(f"{first}.")):
            return height
    return 0 if first == "registration" else len(rooms()) - 1


def test_templates_reverse_only_their_own_and_lower_addresses() -> None:
    heights, wrong = room_of_namespace(), []
    for path in templates():
        name = path.relative_to(ROOT / "templates").as_posix()
        for space in re.findall(r"""{%\s*url\s+["'](\w+):""", path.read_text()):
            if space != "admin" and heights[space] > height_of_template(name):
                wrong.append(f"{name}: {space}")

    assert wrong == []


def test_code_reverses_only_its_own_and_lower_addresses() -> None:
    heights, wrong = room_of_namespace(), []
    height_of = {capability: height for height, room in enumerate(rooms()) for capability in room}
    for path in sources():
        capability = capability_of(module_of(path))
        for space in re.findall(r"""\b(?:reverse|reverse_lazy|redirect)\(\s*["'](\w+):""", path.read_text()):
            if capability in height_of and heights[space] > height_of[capability]:
                wrong.append(f"{path.relative_to(ROOT)}: {space}")

    assert wrong == []


def test_the_index_of_models_is_complete_and_sorted() -> None:
    for room in ROOMS:
        index = importlib.import_module(f"{room}.models")
        kept = sorted(
            name
            for path in sources()
            if path.relative_to(ROOT).parts[0] == room and "models" in path.relative_to(ROOT).parts[-1]
            for name, found in inspect.getmembers(importlib.import_module(module_of(path)), inspect.isclass)
            if issubclass(found, models.Model) and not found._meta.abstract and found.__module__ == module_of(path)
        )
        assert list(index.__all__) == kept, room
