"""The verbs of promises: tell the customer, ask for an exemption, decide it."""

from touchpoints.promises.actions.exempting import (
    ExemptionDecided,
    ExemptionEvidence,
    ask_exemption,
    decide_exemption,
)
from touchpoints.promises.actions.telling import NobodyToTell, PromiseNotBroken, TellingIncomplete, tell_breach

__all__ = [
    "ExemptionDecided",
    "ExemptionEvidence",
    "NobodyToTell",
    "PromiseNotBroken",
    "TellingIncomplete",
    "ask_exemption",
    "decide_exemption",
    "tell_breach",
]
