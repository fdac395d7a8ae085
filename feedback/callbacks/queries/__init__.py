"""Reads of call-backs: scripts and tries, the queue by duty."""

from feedback.callbacks.queries.scripts import (
    CHARGED,
    CONSENT,
    FATIGUE_CALLS,
    RATING_ITEM,
    SATISFACTION,
    SCRIPT_OF,
    SOLVED_ITEM,
    WORDS_ITEM,
    ScriptItem,
    felt_stage,
    key_point_of,
    order_rule,
    recent_calls,
    script_items,
    tries_of,
)

__all__ = [
    "CHARGED",
    "CONSENT",
    "FATIGUE_CALLS",
    "RATING_ITEM",
    "SATISFACTION",
    "SCRIPT_OF",
    "SOLVED_ITEM",
    "WORDS_ITEM",
    "ScriptItem",
    "felt_stage",
    "key_point_of",
    "order_rule",
    "recent_calls",
    "script_items",
    "tries_of",
]
