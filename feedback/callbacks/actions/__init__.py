"""Verbs of call-backs (workflows.md §4), one file per family."""

from feedback.callbacks.actions.calling import claim, record_not_reached, refuse, release, release_expired
from feedback.callbacks.actions.ending import close_done_order
from feedback.callbacks.actions.finishing import finish
from feedback.callbacks.actions.passing import hand_over, open_held_by
from feedback.callbacks.actions.planning import open_due, plan_for_issue, plan_for_order

__all__ = [
    "claim",
    "close_done_order",
    "finish",
    "hand_over",
    "open_due",
    "open_held_by",
    "plan_for_issue",
    "plan_for_order",
    "record_not_reached",
    "refuse",
    "release",
    "release_expired",
]
