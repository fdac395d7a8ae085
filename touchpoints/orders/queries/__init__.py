"""Reads of orders: shared by verbs (reads), the order page (journey, timeline), lists (listing)."""

from touchpoints.orders.queries.reads import (
    IS_CALLBACK,
    Calendars,
    departments_of,
    duplicates_of,
    expected_finish,
    held_orders,
    held_stages,
    is_callback,
    is_per_household,
    open_stages,
    promise_of,
    stages_of,
)

__all__ = [
    "IS_CALLBACK",
    "Calendars",
    "departments_of",
    "duplicates_of",
    "expected_finish",
    "held_orders",
    "held_stages",
    "is_callback",
    "is_per_household",
    "open_stages",
    "promise_of",
    "stages_of",
]
