"""News of issues."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class IssueOpened:
    """I1: an issue exists and has one accountable person."""

    issue_id: int
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class IssueTriaged:
    """I2: category and severity are set; routing decides where it goes (RT-05)."""

    issue_id: int
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class IssueReplied:
    """I17: cause, action and reply are given; a call-back must verify it."""

    issue_id: int
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class IssueClosed:
    """I19: nothing is left to do; an order may wait for this."""

    issue_id: int
    order_id: int | None
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class IssueChanged:
    """Any step that changes what dashboards count: state, unit, due time."""

    issue_id: int
    company_id: int
    opened_at: datetime
    at: datetime
