"""What became of a record: told by capabilities above, which register here (intake knows none of them).

`feedback.issues` registers a provider in `FeedbackConfig.ready`:

    panels.register(issues.queries.fates_of_records)

A provider gets all records of a page at once and answers with one Fate per record key, in a fixed number of queries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cxorders.organisation.models import User
from feedback.intake.models import Record


@dataclass(frozen=True)
class Fate:
    """What the author of a record is told (X3): state, who holds it, until when, what was answered."""

    number: str
    url: str
    state: str
    """state of the machine, shown by its badge"""
    machine: str = "issue"
    severity: str = ""
    holder: str = ""
    """who has it now, e.g. 户内服务部 · 李强"""
    due_at: datetime | None = None
    overdue: bool = False
    answer: str = ""
    """the reply, as soon as there is one"""
    closed_at: datetime | None = None


Provider = Callable[[Sequence[Record], User], Mapping[int, Fate]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let `provider` tell fates from now on; registering it twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def fates(records: Sequence[Record], user: User) -> dict[int, Fate]:
    """Record key → fate, for those `user` may know of."""
    found: dict[int, Fate] = {}
    for provider in _providers if records else ():
        found |= provider(records, user)
    return found
