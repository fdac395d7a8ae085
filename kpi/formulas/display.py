"""What may be shown, ranked and paid on a sample (metrics 0.2) and how figures are rounded (metrics 0.6)."""

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

Number = int | float | Decimal
SHOWN_FROM, FULL_FROM = 10, 30
EXCLUSION_WARNING = 0.05


class SampleSizeClass(StrEnum):
    """How far a figure on n cases carries."""

    NONE = "none"  # n = 0: `—`, neither 0 nor 100
    LOW = "low"  # 1–9: greyed value with n, 样本不足
    HINT = "hint"  # 10–29: value, n and interval; warnings only
    FULL = "full"  # 30 and more: ranked by the pessimistic bound, counts for pay

    @property
    def shows_value(self) -> bool:
        return self is not SampleSizeClass.NONE

    @property
    def shows_interval(self) -> bool:
        return self in (SampleSizeClass.HINT, SampleSizeClass.FULL)

    @property
    def may_warn(self) -> bool:
        return self.shows_interval

    @property
    def is_ranked(self) -> bool:
        return self is SampleSizeClass.FULL

    @property
    def affects_pay(self) -> bool:
        return self is SampleSizeClass.FULL


def sample_size_class(n: float) -> SampleSizeClass:
    """The class of a denominator `n`."""
    if n <= 0:
        return SampleSizeClass.NONE
    if n < SHOWN_FROM:
        return SampleSizeClass.LOW
    return SampleSizeClass.HINT if n < FULL_FROM else SampleSizeClass.FULL


def half_up(value: Number | None, places: int = 1) -> Decimal | None:
    """`value` with `places` decimals, a half rounded away from zero (2.25 → 2.3, −2.25 → −2.3); None stays None."""
    if value is None:
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percent(ratio: Number | None) -> Decimal | None:
    """A ratio from 0 to 1 in per cent with one decimal: 0.92375 → 92.4."""
    return None if ratio is None else half_up(Decimal(str(ratio)) * 100)


def stored(value: Number | None) -> Decimal | None:
    """`value` as it is kept in a published figure: eight decimals (at least six are asked for)."""
    return half_up(value, 8)


def meets(value: Number | None, target: Number, *, up: bool = True) -> bool | None:
    """Whether the unrounded `value` reaches `target` (`up`) or stays at or below it; None without value."""
    if value is None:
        return None
    return value >= target if up else value <= target
