"""The verbs of a company's own standards: propose, withdraw, approve, reject, put up for customers."""

from touchpoints.standards.actions.deciding import (
    RejectionWithoutReason,
    StartsToday,
    approve_version,
    reject_version,
)
from touchpoints.standards.actions.displaying import DisplayDayWrong, display_version
from touchpoints.standards.actions.limits import BadLimit, NotTighter, StandardUnknown, own_limit
from touchpoints.standards.actions.periods import NothingToEnd, PeriodWrong, StartPassed
from touchpoints.standards.actions.proposing import (
    DraftWaiting,
    ProposalWithoutReason,
    Wanted,
    propose_version,
    withdraw_version,
)

__all__ = [
    "BadLimit",
    "DisplayDayWrong",
    "DraftWaiting",
    "NotTighter",
    "NothingToEnd",
    "PeriodWrong",
    "ProposalWithoutReason",
    "RejectionWithoutReason",
    "StandardUnknown",
    "StartPassed",
    "StartsToday",
    "Wanted",
    "approve_version",
    "display_version",
    "own_limit",
    "propose_version",
    "reject_version",
    "withdraw_version",
]
