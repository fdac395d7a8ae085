"""The verbs of compensations (workflows.md §11, M62): approve amounts, owe, pay, refuse."""

from touchpoints.compensation.actions.approving import (
    StandardNotInTable,
    TermsAmountWrong,
    TermsTooEarly,
    set_terms,
)
from touchpoints.compensation.actions.owing import end_exempted, sweep_due
from touchpoints.compensation.actions.settling import (
    PaidOnWrong,
    PaymentIncomplete,
    PaymentSumWrong,
    RefusalWithoutReason,
    owed_on,
    pay_compensation,
    refuse_compensation,
)

__all__ = [
    "PaidOnWrong",
    "PaymentIncomplete",
    "PaymentSumWrong",
    "RefusalWithoutReason",
    "StandardNotInTable",
    "TermsAmountWrong",
    "TermsTooEarly",
    "end_exempted",
    "owed_on",
    "pay_compensation",
    "refuse_compensation",
    "set_terms",
    "sweep_due",
]
