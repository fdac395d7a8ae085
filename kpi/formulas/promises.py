"""Promises: fulfilment and compensation (metrics 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kpi.formulas.figures import Figure, proportion, rate, share, without_interval

Money = int | Decimal


@dataclass(frozen=True)
class PromiseCount:
    """One promise for M21: `kept` of `due` (exemptions left out of both), weighted by importance to the customer."""

    code: str
    weight: float
    due: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class PromiseRate(Figure):
    """M21: the official value is `weighted`; `shares` has each promise by code and "pooled" with its interval."""

    weighted: float | None
    pooled: float | None
    worst: str | None
    breaches: int


def m21_promise(promises: Iterable[PromiseCount]) -> PromiseRate:
    """M21 承诺兑现率: Σ weight·kept/due / Σ weight over promises that were due; pooled; the worst one; all breaches.

    A promise that was not due in the period drops out. Safety promises are never averaged away: list `breaches`.
    """
    rows = list(promises)
    parts = {row.code: share(row.kept, row.due) for row in rows}
    used = [(row, row.kept / row.due) for row in rows if row.due]
    weighted, weight = sum(row.weight * kept for row, kept in used), sum(row.weight for row, _ in used)
    due, kept = sum(row.due for row in rows), sum(row.kept for row in rows)
    return PromiseRate(
        **without_interval(kept, due, rate(weighted, weight)),
        shares=parts | {"pooled": share(kept, due)},
        weighted=rate(weighted, weight),
        pooled=rate(kept, due),
        worst=min(used, key=lambda pair: pair[1])[0].code if used else None,
        breaches=due - kept,
    )


@dataclass(frozen=True, kw_only=True)
class Compensation(Figure):
    """M62: `amount` and `extra` in yuan."""

    breaches: int
    eligible: int
    paid_in10wd: int
    unit: Money
    rate: float | None
    amount: Money
    extra: Money


def m62_compensation(breaches: int, eligible: int, paid_in10wd: int, unit: Money) -> Compensation:
    """M62 赔付及时率: paid within 10 WD/eligible breaches; `unit` yuan for each, and once more for each paid late."""
    if eligible > breaches:
        raise ValueError(f"{eligible} of {breaches} breaches eligible")
    core = proportion(paid_in10wd, eligible)
    return Compensation(
        **core,
        breaches=breaches,
        eligible=eligible,
        paid_in10wd=paid_in10wd,
        unit=unit,
        rate=core["value"],
        amount=eligible * unit,
        extra=(eligible - paid_in10wd) * unit,
    )
