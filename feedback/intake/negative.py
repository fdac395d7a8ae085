"""F4: which records are bad news and open or join an issue. Pure: plain values in, a reason or nothing out."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

LOW_RATING = 2
LOW_NPS = 6
LOW_CES = 3
LOW_SMS = 3
"""a customer who answers 3 to the SMS 1/2/3 is dissatisfied (metrics.md 0.7)"""

SMS_AS_RATING = {1: 4, 2: 3, 3: 2}
"""the SMS words 满意, 一般, 不满意 on the five-point scale"""

_CHARGE_WORDS = "标准外收费"

YES_IS_BAD = frozenset(
    {
        "KP-BH-10-Q1",  # any pressure or misleading advice
        "KP-CC-08-Q1",  # was the call a nuisance
        "KP-HS-06-Q3",  # was selling attempted
        "KP-HS-11-Q1",  # did anyone ask for a high mark
        "KP-EC-04-Q1",  # anything damaged
        "KP-EC-05-Q1",  # did anyone ask for money or goods
        "KP-EC-05-Q2",  # any charge outside the list
    }
)
"""yes-or-no questions of the catalogue whose bad answer is "yes"; for all others it is "no" """


@dataclass(frozen=True)
class Given:
    """One answer as F4 looks at it: question code, Chinese wording, type, figure."""

    code: str
    zh: str
    type: str
    figure: Decimal | None


def asks_for_charge(zh: str) -> bool:
    """Whether a yes-or-no question asks for a charge outside the price list (标准外收费)."""
    return _CHARGE_WORDS in zh


def bad_answer(code: str, zh: str) -> int:
    """The bad answer of a yes-or-no question: 1 (yes) or 0 (no)."""
    return 1 if code in YES_IS_BAD or asks_for_charge(zh) else 0


def negative_reason(
    *,
    rating: int | None,
    answers: Iterable[Given],
    ticked_problem: bool,
    warning_level: str,
    sms_reply: int | None = None,
) -> str:
    """The first rule of F4 that holds, as a stable word, or "" for a record that opens no issue.

    rating (overall or any other satisfaction item ≤ 2), sms, nps, ces, charge, warning_red, warning_orange, ticked.
    """
    if sms_reply is not None and sms_reply >= LOW_SMS:
        return "sms"
    if rating is not None and rating <= LOW_RATING:
        return "rating"
    for answer in answers:
        if answer.figure is None:
            continue
        if answer.type == "csat5" and answer.figure <= LOW_RATING:
            return "rating"
        if answer.type == "nps" and answer.figure <= LOW_NPS:
            return "nps"
        if answer.type == "ces7" and answer.figure <= LOW_CES:
            return "ces"
        if answer.type == "yn" and answer.figure == 1 and asks_for_charge(answer.zh):
            return "charge"
    if warning_level in {"red", "orange"}:
        return f"warning_{warning_level}"
    return "ticked" if ticked_problem else ""
