"""What higher rooms add to the order page: marks at the stages (ratings, missing probes, issues) and whole blocks."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cxorders.kit.panels import Slot
from cxorders.organisation.models import User
from touchpoints.orders.models import Order

ORDER: Slot[Order] = Slot()
"""blocks of the order page: `ORDER.register("issues", provider)`; places head, main, aside"""


@dataclass
class StageMark:
    """What customers said and what is still open at one stage."""

    ratings: list[int] = field(default_factory=list)
    """ratings 1–5, oldest first"""
    missing: int = 0
    """feedback that should have been taken and was not"""
    words: str = ""
    """the customer's words to show beside the stage on a phone"""
    issues: int = 0
    """open issues"""
    issues_url: str = ""

    def join(self, other: "StageMark") -> "StageMark":
        """Both together."""
        return StageMark(
            ratings=[*self.ratings, *other.ratings],
            missing=self.missing + other.missing,
            words=self.words or other.words,
            issues=self.issues + other.issues,
            issues_url=self.issues_url or other.issues_url,
        )


Marker = Callable[[Order, User], dict[int, StageMark]]
_markers: dict[str, Marker] = {}


def register_marks(code: str, marker: Marker) -> None:
    """Let a room mark stages: `marker(order, user)` gives stage key → mark; one query or two, not one per stage."""
    _markers[code] = marker


def marks_of(order: Order, user: User) -> dict[int, StageMark]:
    """Stage key → what all rooms say about the stage."""
    together: dict[int, StageMark] = {}
    for marker in _markers.values():
        for key, mark in marker(order, user).items():
            together[key] = together.get(key, StageMark()).join(mark)
    return together
