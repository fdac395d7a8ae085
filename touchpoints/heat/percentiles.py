"""Percentiles of type 7 (M13, M51) and the interval of a share (metrics 0.3), as everywhere in the product. Pure."""

from collections.abc import Sequence
from math import sqrt

Z = 1.959963984540054


def quantile(ordered: Sequence[float], q: float) -> float | None:
    """The `q`-quantile (0–1) of values in ascending order, linear between neighbours; None without a value."""
    if not ordered:
        return None
    at = (len(ordered) - 1) * q
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """95 % interval of the share `part` of `whole`, in percent; None without a case."""
    if not whole:
        return None
    share, spread = part / whole, Z * Z / whole
    centre = (share + spread / 2) / (1 + spread)
    reach = Z / (1 + spread) * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(centre - reach, 0.0) * 100, min(centre + reach, 1.0) * 100
