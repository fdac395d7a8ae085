"""Places on a page that higher rooms fill: a lower room draws the page and knows none of them.

A room registers a provider in `AppConfig.ready`; the page asks for all panels and includes their templates. The
template of a panel belongs to the room that provides it, so it may link to that room's own pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

S = TypeVar("S")


@dataclass(frozen=True)
class Panel:
    """One block: `template` is included with `panel` set to `data`. `place`: main, aside or head (badges, buttons)."""

    template: str
    data: Any
    place: str = "main"


class Slot(Generic[S]):
    """The providers for pages about one kind of subject, in the order they were registered."""

    def __init__(self) -> None:
        self._providers: dict[str, Callable[[S, Any], Sequence[Panel]]] = {}

    def register(self, code: str, provider: Callable[[S, Any], Sequence[Panel]]) -> None:
        """Make `provider(subject, user) -> panels` known; the same code again replaces it."""
        self._providers[code] = provider

    def panels(self, subject: S, user: Any) -> dict[str, list[Panel]]:
        """Place → panels for `subject` as `user` may see it; every place is there."""
        places: dict[str, list[Panel]] = {"head": [], "main": [], "aside": []}
        for provider in self._providers.values():
            for panel in provider(subject, user):
                places[panel.place].append(panel)
        return places
