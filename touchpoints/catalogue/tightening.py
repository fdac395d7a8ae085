"""Which of two limits asks more of the company. Pure: operators and values of service standards."""

from collections.abc import Sequence
from typing import Any

DAY = 24 * 60


def is_tighter(op: str, group: Any, own: Any) -> bool:
    """Whether `own` is stricter than `group` for a standard with operator `op`; equal is not.

    `<=` lower, `>=` higher, `between` a narrower [from, to] inside the group's, `not_in` a longer interval of the day
    that holds the group's.
    """
    if op == "<=":
        return bool(own < group)
    if op == ">=":
        return bool(own > group)
    if op == "between":
        return bool(group[0] <= own[0] <= own[1] <= group[1] and list(own) != list(group))
    if op == "not_in":
        return list(own) != list(group) and _holds(own, group)
    return False


def _holds(outer: Sequence[str], inner: Sequence[str]) -> bool:
    """Whether the interval of the day `outer` covers `inner`; both may run over midnight."""
    start, length = _interval(outer)
    inner_start, inner_length = _interval(inner)
    return (inner_start - start) % DAY + inner_length <= length


def _interval(pair: Sequence[str]) -> tuple[int, int]:
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in pair)
    return start, (end - start) % DAY
