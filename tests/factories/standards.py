"""A company's own standards in a test world: proposed by a manager, approved by its leader.

version = an_own_value(company, "STD-BH-01", 10)            # approved, in force since the first of January 2026
draft = a_draft(company, "STD-BH-01", 10)                   # waits
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client

from cxorders.organisation.models import Unit, User
from tests.factories.catalogue import standard
from tests.factories.organisation import World, a_person
from touchpoints.standards.actions import Wanted, approve_version, propose_version
from touchpoints.standards.models import StandardVersion
from touchpoints.standards.queries import own_limits

CODE = "STD-BH-01"
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NEW_YEAR = date(2026, 1, 1)
FIRST_MORNING = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai"""


def a_draft(
    company: Unit, code: str = "STD-BH-01", value: Any = None, *, by: User | None = None,
    at: datetime = FIRST_MORNING, first: date = NEW_YEAR, last: date | None = None, reason: str = "客户嫌慢",
) -> StandardVersion:  # fmt: skip
    """A proposal of `company`; without `value`, half of the group's."""
    group = standard(code).value
    wanted = Wanted(round(group / 2, 2) if value is None else value, first, last, reason)
    return propose_version(company, code, wanted, by=by or a_person("dept_mgr", at=company), at=at)


def an_own_value(
    company: Unit, code: str = "STD-BH-01", value: Any = None, *, by: User | None = None,
    at: datetime = FIRST_MORNING, **more: Any,
) -> StandardVersion:  # fmt: skip
    """An approved version; `by` approved it, by default a leader of `company`."""
    draft = a_draft(company, code, value, at=at, **more)
    return approve_version(draft, by=by or a_person("branch_leader", at=company), at=at)


@dataclass
class Case:
    """A company, who proposes in it, who decides."""

    world: World
    manager: User
    leader: User

    def draft(self, value: Any = 10, first: date = TODAY, last: date | None = None, **more: Any) -> StandardVersion:
        given = {"by": self.manager, "at": NOON, "reason": "客户嫌慢", "code": CODE, **more}
        wanted = Wanted(value, first, last, given.pop("reason"))
        return propose_version(self.world.company, given.pop("code"), wanted, **given)

    def approved(
        self, value: Any = 10, first: date = TODAY, last: date | None = None, at: datetime = NOON
    ) -> StandardVersion:
        return approve_version(self.draft(value, first, last, at=at), by=self.leader, at=at)

    def days(self) -> list[tuple[Any, str, date, date | None]]:
        """Every version as it stands in the database, by its first day."""
        rows = StandardVersion.objects.order_by("valid_from", "pk")
        return [(row.value, row.state, row.valid_from, row.valid_to) for row in rows]

    def in_force(self, day: date) -> Any:
        return own_limits(self.world.company, day).get(CODE)


def form(today: date, *value: Any, **more: Any) -> dict[str, Any]:
    """A proposal as the page sends it."""
    return {"value": [*value], "valid_from": today.isoformat(), "valid_to": "", "reason": "客户嫌慢", **more}


def page_at(client: Client, url: str) -> str:
    """The page as text."""
    return client.get(url).content.decode()
