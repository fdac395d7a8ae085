"""A share with its interval, and a judged change: what a tile or a cell of a table needs, in percent."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxorders.kit.formats import number
from kpi.formulas.figures import share
from kpi.formulas.ratings import m56_change

SHOWN_FROM = 10


def percent(ratio: float | None) -> float | None:
    """A ratio 0–1 as percent, None stays None."""
    return None if ratio is None else ratio * 100


@dataclass(frozen=True)
class Share:
    """`x` of `n` with its 95 % Wilson interval; `value`, `low`, `high` in percent 0–100, None for n = 0.

    Fits `c-figure` and `c-kpi-tile` as it is: `:value="it.value" :low="it.low" :high="it.high" :n="it.n"`.
    """

    x: int
    n: int
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, x: int, n: int) -> "Share":
        """The share of `x` cases in `n`."""
        figure = share(x, n)
        return cls(x, n, percent(figure.value), percent(figure.lo), percent(figure.hi))


NOTHING = Share.of(0, 0)


@dataclass(frozen=True)
class Judged:
    """A change between two periods, judged before it is coloured (M56).

    `points`: percentage points now − before, None when one side has under ten cases. `verdict` good, bad or same
    (同 `c-kpi-tile`); `direction` up or down, empty when it is within chance. `text` says it: 升 3.1 点，显著.
    """

    points: float | None
    verdict: str
    direction: str
    text: str


def judged(now: Share, before: Share, *, up: bool = True) -> Judged:
    """The change from `before` to `now`; an arrow only when Newcombe's interval excludes 0 (M56)."""
    if min(now.n, before.n) < SHOWN_FROM:
        return Judged(None, "same", "", "")
    change = m56_change(now.x, now.n, before.x, before.n)
    points = percent(change.diff) or 0.0
    size = number(abs(points), 1)
    if not change.significant:
        words = _("升 %(size)s 点，误差内") if points > 0 else _("降 %(size)s 点，误差内")
        return Judged(points, "same", "", words % {"size": size} if size != "0.0" else _("持平，误差内"))
    words = _("升 %(size)s 点，显著") if points > 0 else _("降 %(size)s 点，显著")
    verdict = "good" if (points > 0) is up else "bad"
    return Judged(points, verdict, change.direction, words % {"size": size})
