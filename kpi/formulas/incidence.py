"""Incidence, loss, gaps, control charts, key points (metrics 10: M38, M39, M42, M43, M47, M61)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpi.formulas.figures import Figure, counts, proportion, rate, share, shares, without_interval
from kpi.formulas.intervals import byar

RUN_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class ComplaintRate(Figure):
    """M38 per `per` households: `value`, `per10k`, `lo` and `hi`."""

    x: int
    households: int
    per10k: float | None


def m38_complaint_rate(x: int, households: int, per: int = 10_000) -> ComplaintRate:
    """M38 万户投诉率: valid complaints/average active households × `per`, Byar interval. Less is better.

    Regulator transfers likewise; telecom appeals with `per` = 1,000,000 users.
    """
    counts(x=x)
    lower, upper = byar(x)
    scale = per / households if households else None
    value = rate(x * per, households)
    return ComplaintRate(
        numerator=x,
        denominator=households,
        value=value,
        lo=None if scale is None else lower * scale,
        hi=None if scale is None else upper * scale,
        x=x,
        households=households,
        per10k=rate(x * 10_000, households),
    )


def m38_implied_millions(complaints: int, per_million: float) -> float | None:
    """Users in millions that a published count and rate imply (M38 plausibility check)."""
    return rate(complaints, per_million)


@dataclass(frozen=True, kw_only=True)
class LossReasons(Figure):
    """M39: the official value is the share of `service_caused` among `total`."""

    total: int
    service_caused: int
    controllable: int
    share: Mapping[str, float | None]


def m39_loss(
    reasons: Mapping[str, int],
    service: Iterable[str] = ("attitude",),
    controllable: Iterable[str] = ("attitude", "product"),
) -> LossReasons:
    """M39 流失原因: share of each reason among interviewed lost customers; `reasons` maps reason → customers."""
    counts(**reasons)
    total = sum(reasons.values())
    caused = sum(reasons.get(reason, 0) for reason in set(service))
    parts = {reason: share(count, total) for reason, count in reasons.items()}
    return LossReasons(
        **proportion(caused, total),
        shares=parts,
        total=total,
        service_caused=caused,
        controllable=sum(reasons.get(reason, 0) for reason in set(controllable)),
        share={reason: part.value for reason, part in parts.items()},
    )


@dataclass(frozen=True, kw_only=True)
class ControlChart(Figure):
    """M42: `obs` against `lcl` … `ucl`; `outside` or `run` (8 on one side) raise the `alarm`."""

    centre: float
    ucl: float
    lcl: float
    obs: float | None
    outside: bool
    run: bool
    alarm: bool


def m42_p_chart(centre: float, x: int, n: int, history: Sequence[float] = ()) -> ControlChart:
    """M42 控制图 of a share: p̄ ± 3√(p̄(1 − p̄)/n), lower limit floored at 0.

    `centre` is the share of the baseline (last 12 months); `history` the shares of the months before this one, oldest
    first, for the rule of eight points on one side.
    """
    if not 0 <= centre <= 1:
        raise ValueError(f"{centre} is not a share")
    core = proportion(x, n)
    reach = 3 * math.sqrt(centre * (1 - centre) / n) if n else 1.0
    return _chart(core["value"], x, n, centre, reach, history)


def m42_c_chart(centre: float, count: int, history: Sequence[float] = ()) -> ControlChart:
    """M42 控制图 of a count: c̄ ± 3√c̄, lower limit floored at 0."""
    counts(count=count)
    return _chart(count, count, 1, centre, 3 * math.sqrt(centre), history)


def _chart(obs: float | None, x: int, n: int, centre: float, reach: float, history: Sequence[float]) -> ControlChart:
    ucl, lcl = centre + reach, max(0.0, centre - reach)
    outside = obs is not None and not lcl <= obs <= ucl
    last = [*history, obs][-RUN_LENGTH:] if obs is not None else []
    above, below = (sum(sign * (point - centre) > 0 for point in last) for sign in (1, -1))
    run = RUN_LENGTH in (above, below)
    return ControlChart(
        **without_interval(x, n, obs),
        centre=centre,
        ucl=ucl,
        lcl=lcl,
        obs=obs,
        outside=outside,
        run=run,
        alarm=outside or run,
    )


@dataclass(frozen=True)
class KeyPoint:
    """A key point for M43: customer sensitivity and improvability 1 … 5, negative records (count or share)."""

    code: str
    sensitivity: float
    negative: float
    improvability: float


@dataclass(frozen=True, kw_only=True)
class KeyPointPriority:
    """M43: priority 0 … 100 by key point code, highest first."""

    prio: Mapping[str, float]


def m43_keypoint_priority(points: Iterable[KeyPoint]) -> KeyPointPriority:
    """M43 关键点优先级: 100 × (0.4·S/5 + 0.4·negative/max + 0.2·I/5); the middle term is 0 when none is negative."""
    rows = list(points)
    worst = max((row.negative for row in rows), default=0)
    prio = {
        row.code: 100
        * (0.4 * row.sensitivity / 5 + 0.4 * (rate(row.negative, worst) or 0) + 0.2 * row.improvability / 5)
        for row in rows
    }
    return KeyPointPriority(prio=dict(sorted(prio.items(), key=lambda pair: (-pair[1], pair[0]))))


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """M47: 0 is no gap. `gap1` and `gap5` in scale points, `gap2` … `gap4` from 0 to 1."""

    gap1: float | None
    gap2: float | None
    gap3: float | None
    gap4: float | None
    gap5: float | None


def m47_gaps(
    expectations: Iterable[tuple[float, float]],
    key_points: int,
    with_standard: int,
    conformance: float | None,
    fulfilment: float | None,
    weighted_gap: float | None,
) -> Gaps:
    """M47 五差距: mean |managers' estimate − customers' expectation| over dimensions; key points without a standard.

    1 − `conformance`/100 (M22), 1 − `fulfilment` (M21, 0 … 1), and the weighted perception gap (M05) as given.
    """
    pairs = [abs(estimated - stated) for estimated, stated in expectations]
    covered = proportion(with_standard, key_points)["value"]
    return Gaps(
        gap1=rate(sum(pairs), len(pairs)),
        gap2=None if covered is None else 1 - covered,
        gap3=None if conformance is None else 1 - conformance / 100,
        gap4=None if fulfilment is None else 1 - fulfilment,
        gap5=weighted_gap,
    )


@dataclass(frozen=True, kw_only=True)
class Churn(Figure):
    """M61: the official value is `churn`."""

    opening: int
    lost: int
    service_caused: int
    saved: int
    attempted: int
    churn: float | None
    service_share: float | None
    save_rate: float | None


def m61_churn(opening: int, lost: int, service_caused: int = 0, saved: int = 0, attempted: int = 0) -> Churn:
    """M61 流失率与挽留: lost/opening base (official, less is better), service-caused/lost, saved/attempted."""
    parts = shares(churn=(lost, opening), service_share=(service_caused, lost), save_rate=(saved, attempted))
    return Churn(
        **proportion(lost, opening),
        shares=parts,
        opening=opening,
        lost=lost,
        service_caused=service_caused,
        saved=saved,
        attempted=attempted,
        churn=parts["churn"].value,
        service_share=parts["service_share"].value,
        save_rate=parts["save_rate"].value,
    )
