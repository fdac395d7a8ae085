"""What a person may hold open, said by the rooms above: nobody leaves before it is handed over (workflows §14).

Each room registers its kinds of open items in `AppConfig.ready`; the organisation only counts and hands over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from cxorders.organisation.models import User


@dataclass(frozen=True)
class Holding:
    """One kind of open item: how many a person holds, and how they pass to a successor.

    `hand_over(user, successor, by, at)` reassigns every open item of `user` and writes its own journal rows; `by` is
    None when the system acts.
    """

    code: str
    zh: str
    en: str
    count: Callable[[User], int]
    hand_over: Callable[[User, User, User | None, datetime], None]

    @property
    def name(self) -> str:
        """Name in the active language."""
        return self.en if (get_language() or "").startswith("en") else self.zh


_holdings: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """Make one kind of open item known; registering the same code again replaces it."""
    _holdings[holding.code] = holding


def unregister(code: str) -> None:
    """Forget one kind of open item."""
    _holdings.pop(code, None)


def registered() -> list[Holding]:
    """Every kind of open item, in the order of their codes."""
    return [_holdings[code] for code in sorted(_holdings)]


def open_items(user: User) -> list[tuple[Holding, int]]:
    """The kinds of which `user` holds at least one open item, with their numbers."""
    counted = [(holding, holding.count(user)) for holding in registered()]
    return [(holding, number) for holding, number in counted if number]


def hand_over(user: User, successor: User, *, by: User | None, at: datetime) -> dict[str, int]:
    """Pass every open item of `user` to `successor`; returns holding code → number passed on."""
    passed = {}
    for holding, number in open_items(user):
        holding.hand_over(user, successor, by, at)
        passed[holding.code] = number
    return passed
