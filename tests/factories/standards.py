"""A company's own standards in a test world: proposed by a manager, approved by its leader.

version = an_own_value(company, "STD-BH-01", 10)            # approved, in force since the first of January 2026
draft = a_draft(company, "STD-BH-01", 10)                   # waits
"""

from datetime import UTC, date, datetime
from typing import Any

from cxorders.organisation.models import Unit, User
from tests.factories.catalogue import standard
from tests.factories.organisation import a_person
from touchpoints.standards.actions import Wanted, approve_version, propose_version
from touchpoints.standards.models import StandardVersion

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
