"""Reads of issues: the same matter and its limits, the queue, one issue, what became of a record."""

from feedback.issues.queries.matching import (
    COMPLAINT,
    GOVERNMENT,
    REPAIR,
    ack_limit,
    call_window,
    can_hold,
    category_for,
    contact_limit,
    current_round,
    first_accountable,
    issue_of,
    kind_of,
    open_match,
    resolve_limit,
    verification_rule,
)

__all__ = [
    "COMPLAINT",
    "GOVERNMENT",
    "REPAIR",
    "ack_limit",
    "call_window",
    "can_hold",
    "category_for",
    "contact_limit",
    "current_round",
    "first_accountable",
    "issue_of",
    "kind_of",
    "open_match",
    "resolve_limit",
    "verification_rule",
]
