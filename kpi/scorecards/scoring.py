"""The score of a unit (M40): points of each indicator, what each contributes, how far the sum carries."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpi.formulas.scoring import Indicator as Line40
from kpi.formulas.scoring import m40_score
from kpi.metrics.definitions import INDICATORS, Indicator
from kpi.metrics.queries import Judged, Marks, Share
from kpi.scorecards.cards import CIRCLE, LEAST_CASES, Card

RANKED_FROM = 30


@dataclass(frozen=True)
class Line:
    """One indicator of the card for one unit."""

    indicator: Indicator
    share: Share
    change: Judged
    marks: Marks | None
    weight: int
    points: float | None
    """0 … 120, None when it dropped out"""
    contribution: float
    """part of the score: points × weight / weight that counted"""

    @property
    def counts(self) -> bool:
        """Whether it enters the score."""
        return self.points is not None


@dataclass(frozen=True)
class Scored:
    """The score with its lines. `low` and `high`: the score at the pessimistic and at the optimistic end of every
    interval; `low` ranks. `n` is the smallest sample among the indicators that count.
    """

    card: Card
    lines: list[Line]
    value: float | None
    low: float | None
    high: float | None
    n: int
    used: int
    total: int

    @property
    def dropped(self) -> list[Line]:
        """Indicators that did not enter."""
        return [line for line in self.lines if not line.counts]

    @property
    def is_ranked(self) -> bool:
        """Whether every indicator that counts has the cases a ranking needs (metrics 0.2)."""
        return self.value is not None and self.n >= RANKED_FROM


def beside(shares: Mapping[str, Share], changes: Mapping[str, Judged], marks: Mapping[str, Marks]) -> list[Line]:
    """Indicators that are computed and stand on no card: shown with their rows, part of no score."""
    return [
        Line(INDICATORS[code], share, changes[code], marks.get(code), 0, None, 0.0) for code, share in shares.items()
    ]


def scored(
    shares: Mapping[str, Share], changes: Mapping[str, Judged], marks: Mapping[str, Marks], card: Card = CIRCLE
) -> Scored:
    """M40 of one unit on `card`. An indicator without marks or with fewer than ten cases drops out, the weights of the
    others are re-normalised; below 60 % of the weight there is no score.
    """
    used = {code: share for code, share in shares.items() if share.n >= LEAST_CASES and code in marks}

    def at(end: str) -> list[Line40]:
        rows = []
        for code, weight in card.weights.items():
            mark = marks.get(code, Marks(0, 1, 1))
            value = getattr(used[code], end) if code in used else None
            rows.append(Line40(code, weight, value, mark.floor, mark.target, mark.stretch, up=mark.up))
        return rows

    score, low, high = (m40_score(at(end)) for end in ("value", "low", "high"))
    lines = [
        Line(
            indicator=INDICATORS[part.code],
            share=shares[part.code],
            change=changes[part.code],
            marks=marks.get(part.code),
            weight=card.weights[part.code],
            points=part.points,
            contribution=part.contribution,
        )
        for part in score.lines
    ]
    return Scored(
        card=card,
        lines=lines,
        value=score.final,
        low=low.final,
        high=high.final,
        n=min((share.n for code, share in used.items() if code in card.weights), default=0),
        used=round(score.used_weight),
        total=round(score.total_weight),
    )
