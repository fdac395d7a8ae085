"""What the days of a version may be, and the one way its story is told."""

from datetime import date, datetime, timedelta
from typing import Any

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError
from cxorders.organisation.models import Unit, User
from touchpoints.standards.models import Standard, StandardVersion

MOST_AHEAD = timedelta(days=731)
"""how far ahead a version may begin: a longer way is a slip of the pen"""


class StartPassed(BusinessError):
    """A version never starts in the past: what was promised stays what it was."""

    code = "standard_start_passed"
    zh = "最早从今天（{today}）起，不能倒填日期。"
    en = "It begins today ({today}) at the earliest; dates are never put back."


class PeriodWrong(BusinessError):
    code = "standard_period"
    zh = "最后一天不能早于第一天，第一天要在两年之内。"
    en = "The last day does not lie before the first, and the first lies within two years."


class NothingToEnd(BusinessError):
    """The company follows the group on that day already."""

    code = "standard_follows_group"
    zh = "从那天起本公司本来就与集团相同，不用再提。"
    en = "From that day on your company follows the group anyway."


def require_period(first: date, last: date | None, today: date) -> None:
    """Raises StartPassed, PeriodWrong."""
    if first < today:
        raise StartPassed(field="valid_from", today=today.isoformat())
    if first > today + MOST_AHEAD:
        raise PeriodWrong(field="valid_from")
    if last is not None and last < first:
        raise PeriodWrong(field="valid_to")


def require_something_to_end(company: Unit, standard: Standard, first: date) -> None:
    """Going back to the group's value needs an own one on or after `first`. Raises NothingToEnd."""
    rows = StandardVersion.objects.approved_since(first).filter(company=company, standard=standard)
    if not rows.filter(value__isnull=False).exists():
        raise NothingToEnd(field="valid_from")


def note(version: StandardVersion, verb: str, *, by: User, at: datetime, **data: Any) -> None:
    """One journal row with the standard, the value and the days of `version`."""
    last = version.valid_to.isoformat() if version.valid_to is not None else None
    record(
        version, verb, by=by, at=at, standard=version.standard.code, limit=version.limit, value=version.value,
        valid_from=version.valid_from.isoformat(), valid_to=last, **data,
    )  # fmt: skip
