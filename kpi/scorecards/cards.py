"""Scorecards: which indicators make a score, with what weight. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kpi.metrics.definitions import CLOSURE, CSAT, ON_TIME


@dataclass(frozen=True)
class Card:
    """Metric code → weight, together 100; `cx` are the indicators in which the customer speaks (M45)."""

    code: str
    version: int
    name: Promise
    weights: Mapping[str, int]
    cx: frozenset[str]


CIRCLE = Card(
    code="SC-CIRCLE",
    version=1,
    name=_("闭环三项卡"),
    weights={CSAT.code: 40, ON_TIME.code: 30, CLOSURE.code: 30},
    cx=frozenset({CSAT.code}),
)
"""the short card of the first circle: the three indicators that are computed today, the same on every level"""

LEAST_CASES = 10
"""an indicator with fewer cases drops out of the score (catalogue `scoring.min_n`)"""
