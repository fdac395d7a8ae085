"""Lists whose filters may be saved. A room registers its lists when it is ready; this capability knows none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from cxorders.organisation.models import User


@dataclass(frozen=True)
class SavedList:
    """One list: code, words, address, who may open it, which parameters are filters."""

    code: str
    title: Any
    url_name: str
    permission: str
    filters: tuple[str, ...]
    problems: Callable[[User, QueryDict], list[str]] = lambda user, query: []
    """sentences about filters that no longer mean anything, e.g. a type that was retired"""


_lists: dict[str, SavedList] = {}


def register(one: SavedList) -> None:
    """Let the filters of a list be saved."""
    _lists[one.code] = one


def find(code: str) -> SavedList | None:
    """The list `code`, or None."""
    return _lists.get(code)


def kept_part(one: SavedList, text: str) -> str:
    """What of an address is worth keeping: the filters of the list, once each, in a fixed order, without empty ones."""
    given, kept = QueryDict(text.replace("\x00", "")), QueryDict(mutable=True)
    for name in one.filters:
        value = given.get(name, "").strip()
        if value:
            kept[name] = value
    return kept.urlencode()
