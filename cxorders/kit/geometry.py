"""Places of lines, bars and dots for the small pictures (STYLE §8). Pure arithmetic, no Django.

The policy forbids `style=`, so every picture is SVG whose attributes come from here. Lengths called share are
percent of the width of the picture; the others are units of its view box.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

Number = int | float
HEAT_STEPS = (2.5, 5.0, 7.5, 10.0, 14.0, 20.0)


def heat_level(percent: float) -> int:
    """The tint 0–6 of a pain rate in percent: below 2.5 → 0 … 20 and above → 6."""
    return sum(percent >= step for step in HEAT_STEPS)


def share(value: float, low: float, high: float) -> float:
    """Where `value` lies between `low` and `high`, in percent of the width, kept inside the picture."""
    if high <= low:
        return 0.0
    return round(min(max((value - low) / (high - low), 0.0), 1.0) * 100, 2)


@dataclass(frozen=True)
class Spark:
    """A trend in a box `width` × `height`: `lines` and `areas` are point lists, one per run without gaps."""

    width: int
    height: int
    lines: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    dot: tuple[float, float] | None = None
    target: float | None = None
    reference: list[str] = field(default_factory=list)


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, float(value)))
    return [run for run in runs if run]


def spark(
    values: Sequence[float | None],
    *,
    target: float | None = None,
    reference: Sequence[float | None] = (),
    low: float | None = None,
    high: float | None = None,
    width: int = 160,
    height: int = 34,
) -> Spark:
    """A small trend: missing months (None) are gaps; `low` and `high` fix the axis for small multiples."""
    known = [float(v) for v in (*values, *reference, target) if v is not None]
    if not known:
        return Spark(width, height)
    bottom = min(known) if low is None else low
    top = max(known) if high is None else high
    flat = top <= bottom
    step = (width - 6) / max(len(values) - 1, 1)

    def place(index: int, value: float) -> tuple[float, float]:
        level = 0.5 if flat else min(max((value - bottom) / (top - bottom), 0.0), 1.0)
        return round(3 + index * step, 1), round(height - 5.3 - level * (height - 10.6), 1)

    def text(run: list[tuple[int, float]]) -> str:
        return " ".join(f"{x},{y}" for x, y in (place(i, v) for i, v in run))

    runs = _runs(values)
    areas = [f"{place(*run[0])[0]},{height} {text(run)} {place(*run[-1])[0]},{height}" for run in runs if len(run) > 1]
    return Spark(
        width,
        height,
        lines=[text(run) for run in runs if len(run) > 1],
        areas=areas,
        dot=place(*runs[-1][-1]) if runs else None,
        target=None if target is None else place(0, float(target))[1],
        reference=[text(run) for run in _runs(reference) if len(run) > 1],
    )


@dataclass(frozen=True)
class IntervalLine:
    """A value with its interval and target on an axis, all in percent of the width."""

    value: float
    low: float | None
    high: float | None
    target: float | None


def interval_line(
    value: float,
    low: float | None,
    high: float | None,
    *,
    target: float | None = None,
    minimum: float = 0,
    maximum: float = 100,
) -> IntervalLine:
    """Dot, line and dashed target of a figure on the axis `minimum`–`maximum`."""

    def at(x: float | None) -> float | None:
        return None if x is None else share(x, minimum, maximum)

    return IntervalLine(share(value, minimum, maximum), at(low), at(high), at(target))


@dataclass(frozen=True)
class Piece:
    """One piece of a bar: `start` and `length` in percent of the width, and what it stands for."""

    start: float
    length: float
    kind: str


def pieces(weights: Sequence[tuple[str, float]], gap: float = 0.14) -> list[Piece]:
    """A bar cut in proportion to (kind, weight), with a hair of space between the pieces; empty ones fall out."""
    total = sum(w for _, w in weights if w > 0)
    done, out = 0.0, []
    for kind, weight in weights:
        if weight <= 0:
            continue
        length = weight / total * 100
        out.append(Piece(round(done, 2), round(max(length - gap, 0.2), 2), kind))
        done += length
    return out


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall in view box units; `end` is where its connecting line goes down, `text` where words go."""

    x: float
    width: float
    y: int
    end: float

    @property
    def text(self) -> float:
        """Left edge of the words after the bar."""
        return round(self.x + self.width + 7, 1)


def waterfall(values: Sequence[float], *, total: float, left: float = 106, width: float = 610) -> list[Step]:
    """Bars that add up from zero to `total`, 25 units apart; the last bar is the total itself.

    A negative value steps back. The scale holds the highest running sum.
    """
    running, highest = 0.0, max(total, 0.0)
    for value in values:
        running += value
        highest = max(highest, running)
    unit = width / highest if highest else 0.0
    steps, at = [], 0.0
    for index, value in enumerate(values):
        after = at + value
        x = left + min(at, after) * unit
        steps.append(Step(round(x, 1), round(abs(value) * unit, 1), 4 + index * 25, round(left + after * unit, 1)))
        at = after
    y = 4 + len(steps) * 25
    steps.append(Step(left, round(max(total, 0) * unit, 1), y, round(left + max(total, 0) * unit, 1)))
    return steps


@dataclass(frozen=True)
class Ladder:
    """Floor, target and stretch on a bar 200 wide, and the dot of the value."""

    target: float
    dot: float

    @property
    def rest(self) -> float:
        """Width of the part between target and stretch."""
        return round(200 - self.target, 1)


def ladder(value: float, floor: float, target: float, stretch: float) -> Ladder:
    """Places on the ladder; works for "down is good" too, where the stretch lies below the floor."""
    width = stretch - floor
    if not width:
        return Ladder(200.0, 200.0)

    def at(x: float) -> float:
        return round(min(max((x - floor) / width, 0.0), 1.0) * 200, 1)

    return Ladder(at(target), at(value))


@dataclass(frozen=True)
class Span:
    """A stretch of time on the axis, in percent."""

    start: float
    length: float


def span(start: datetime, end: datetime, first: datetime, last: datetime) -> Span:
    """The stretch from `start` to `end` on an axis from `first` to `last`; what lies outside is cut off."""
    total = (last - first).total_seconds()
    a = share((start - first).total_seconds(), 0, total)
    b = share((end - first).total_seconds(), 0, total)
    return Span(a, round(max(b - a, 0.0), 2))
