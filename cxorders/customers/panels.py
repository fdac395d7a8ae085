"""What higher rooms add to the customer page (服务要点) and to the search for customers.

A room registers a teller in `AppConfig.ready`; the page asks all of them. A teller computes from facts, in a fixed
small number of queries, and names the source of everything it says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from cxorders.customers.models import Customer
from cxorders.kit.panels import Panel, Slot
from cxorders.organisation.models import User

CUSTOMER: Slot[Customer] = Slot()
"""further panels of the customer page: `CUSTOMER.register("…", provider)` in AppConfig.ready"""


class Why(IntEnum):
    """Probable reasons of a call, the likeliest first."""

    PROMISE_OVERDUE = 1
    APPOINTMENT_NEAR = 2
    ISSUE_WAITING = 3
    CALLBACK_MISSED = 4


@dataclass(frozen=True)
class Flag:
    """A badge beside the name."""

    label: Any
    kind: str
    icon: str


@dataclass(frozen=True)
class Clue:
    """One line of 怎么服务这位客户: what to do, and the facts it follows from."""

    text: str
    source: str
    url: str = ""
    """page of the source, where this person may open it"""
    kind: str = "run"
    icon: str = "bulb"
    more: str = ""
    """one grey line more"""


@dataclass(frozen=True)
class Reason:
    """Why the customer probably calls; the page shows the likeliest of all."""

    why: Why
    text: str
    source: str
    url: str = ""
    at: datetime | None = None
    """among reasons of one kind the earliest comes first"""


@dataclass(frozen=True)
class Touch:
    """One contact, rating or call in the history, newest first."""

    at: datetime
    channel: Any
    icon: str
    what: str = ""
    """a summary, or the customer's own words where `quoted`"""
    quoted: bool = False
    rating: int | None = None
    by: str = ""
    url: str = ""


@dataclass(frozen=True)
class Told:
    """What one teller has to say about a customer."""

    panels: Sequence[Panel] = ()
    """places: main, after (below the last contacts), top (first beside), aside, head"""
    flags: Sequence[Flag] = ()
    clues: Sequence[Clue] = ()
    reasons: Sequence[Reason] = ()
    touches: Sequence[Touch] = ()


Teller = Callable[[Customer, User, datetime], Told]
_tellers: dict[str, Teller] = {}


def register_teller(code: str, teller: Teller) -> None:
    """Make `teller(customer, user, at)` known; the same code again replaces it."""
    _tellers[code] = teller


MOST_TOUCHES = 5


@dataclass(frozen=True)
class Known:
    """Everything the rooms above told, ready to be drawn."""

    panels: Mapping[str, list[Panel]]
    flags: list[Flag] = field(default_factory=list)
    clues: list[Clue] = field(default_factory=list)
    reason: Reason | None = None
    touches: list[Touch] = field(default_factory=list)


def known_of(customer: Customer, user: User, at: datetime) -> Known:
    """Panels by place, flags, clues, the likeliest reason of a call, the last five touches."""
    told = [teller(customer, user, at) for teller in _tellers.values()]
    panels: dict[str, list[Panel]] = {"top": [], "after": [], **CUSTOMER.panels(customer, user)}
    for part in told:
        for panel in part.panels:
            panels[panel.place].append(panel)
    reasons = sorted((reason for part in told for reason in part.reasons), key=lambda one: (one.why, one.at or at))
    touches = sorted((touch for part in told for touch in part.touches), key=lambda one: one.at, reverse=True)
    return Known(
        panels=panels,
        flags=[flag for part in told for flag in part.flags],
        clues=[clue for part in told for clue in part.clues],
        reason=reasons[0] if reasons else None,
        touches=touches[:MOST_TOUCHES],
    )


Tally = Callable[[Sequence[int]], Mapping[int, int]]
_tallies: dict[str, tuple[Any, Tally]] = {}


def register_tally(code: str, label: Any, tally: Tally) -> None:
    """Let a room say how many of its rows customers have: `tally(keys)` maps customer keys to numbers."""
    _tallies[code] = (label, tally)


def tallies_of(keys: Sequence[int]) -> list[tuple[Any, Mapping[int, int]]]:
    """Label and customer key → number, for the page that compares two customers."""
    return [(label, tally(keys)) for label, tally in _tallies.values()]


Lookup = Callable[[User, str], list[int]]
_lookups: dict[str, Lookup] = {}


def register_lookup(code: str, lookup: Lookup) -> None:
    """Let a room find customers by its own numbers: `lookup(user, text)` gives customer keys, or none."""
    _lookups[code] = lookup


def looked_up(user: User, text: str) -> list[int]:
    """Customer keys the rooms above know for `text`, e.g. by an order number."""
    return [key for lookup in _lookups.values() for key in lookup(user, text)]
