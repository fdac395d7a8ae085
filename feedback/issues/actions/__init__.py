"""Verbs of issues (workflows.md §3), one file per family."""

from feedback.issues.actions.closing import close, reopen, start_verifying
from feedback.issues.actions.handling import accept, contact_customer, pause, reply, resume
from feedback.issues.actions.opening import IssueDraft, join, link_record, open_from_record, open_issue
from feedback.issues.actions.placing import attach_order, dispatch, redispatch, triage
from feedback.issues.actions.sweeping import end_pauses, hand_over, mark_overdue, open_held_by

__all__ = [
    "IssueDraft",
    "accept",
    "attach_order",
    "close",
    "contact_customer",
    "dispatch",
    "end_pauses",
    "hand_over",
    "join",
    "link_record",
    "mark_overdue",
    "open_from_record",
    "open_held_by",
    "open_issue",
    "pause",
    "redispatch",
    "reopen",
    "reply",
    "resume",
    "start_verifying",
    "triage",
]
