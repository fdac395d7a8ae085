"""SMS ratings, dissatisfied customers, and whether a change is real (metrics 1: M49, M50, M56)."""

import math
from dataclasses import dataclass

from kpi.formulas.figures import Figure, counts, proportion, shares
from kpi.formulas.intervals import Difference, Z, newcombe
from kpi.formulas.perception import m03_nps


@dataclass(frozen=True, kw_only=True)
class SmsRating(Figure):
    """M49: `v3`/`v2`/`v1` answered satisfied/fair/dissatisfied; the official value is `participation`."""

    sent: int
    replied: int
    v3: int
    v2: int
    v1: int
    followed24h: int
    participation: float | None
    satisfied: float | None
    dissatisfied: float | None
    follow_rate: float | None


def m49_sms_rating(sent: int, satisfied: int, fair: int, dissatisfied: int, followed24h: int = 0) -> SmsRating:
    """M49 短信评测: replied/sent (official), "1"/replied, "3"/replied, contacted within 24 CH/dissatisfied.

    People who do not reply are not satisfied.
    """
    counts(satisfied=satisfied, fair=fair, dissatisfied=dissatisfied)
    replied = satisfied + fair + dissatisfied
    parts = shares(
        participation=(replied, sent),
        satisfied=(satisfied, replied),
        dissatisfied=(dissatisfied, replied),
        follow_rate=(followed24h, dissatisfied),
    )
    return SmsRating(
        **proportion(replied, sent),
        shares=parts,
        sent=sent,
        replied=replied,
        v3=satisfied,
        v2=fair,
        v1=dissatisfied,
        followed24h=followed24h,
        participation=parts["participation"].value,
        satisfied=parts["satisfied"].value,
        dissatisfied=parts["dissatisfied"].value,
        follow_rate=parts["follow_rate"].value,
    )


@dataclass(frozen=True, kw_only=True)
class Recovery(Figure):
    """M50: the official value is `repair_rate`; `excluded` are the duplicates."""

    imported: int
    duplicate: int
    matched: int
    contacted48h: int
    resurveyed: int
    repaired: int
    match_rate: float | None
    contact_rate: float | None
    repair_rate: float | None
    repair_lo: float | None
    repair_hi: float | None


def m50_recovery(
    imported: int, duplicate: int, matched: int, contacted48h: int, resurveyed: int, repaired: int
) -> Recovery:
    """M50 不满意客户修复: matched/(imported − duplicates), contacted within 48 CH/matched, 4–5/re-surveyed (official).

    Re-survey 7 to 30 CD after the contact. Customers who were not re-surveyed are not recovered.
    """
    parts = shares(
        match_rate=(matched, imported - duplicate),
        contact_rate=(contacted48h, matched),
        repair_rate=(repaired, resurveyed),
    )
    repair = parts["repair_rate"]
    return Recovery(
        **proportion(repaired, resurveyed, duplicate),
        shares=parts,
        imported=imported,
        duplicate=duplicate,
        matched=matched,
        contacted48h=contacted48h,
        resurveyed=resurveyed,
        repaired=repaired,
        match_rate=parts["match_rate"].value,
        contact_rate=parts["contact_rate"].value,
        repair_rate=repair.value,
        repair_lo=repair.lo,
        repair_hi=repair.hi,
    )


@dataclass(frozen=True, kw_only=True)
class Change(Figure):
    """M56: `diff` in the unit of the indicator; `denominator` is the smaller of the two samples.

    `direction` is "up", "down" or "flat" (持平, not significant).
    """

    diff: float | None
    now: float | None
    before: float | None
    significant: bool
    direction: str


def _change(change: Difference, n: int, now: float | None, before: float | None) -> Change:
    real = change.significant
    direction = "flat" if not real or change.diff is None else "up" if change.diff > 0 else "down"
    return Change(
        numerator=None,
        denominator=n,
        value=change.diff,
        lo=change.lo,
        hi=change.hi,
        diff=change.diff,
        now=now,
        before=before,
        significant=real,
        direction=direction,
    )


def m56_change(x_now: int, n_now: int, x_before: int, n_before: int) -> Change:
    """M56 变化显著性 of a share: difference now − before with Newcombe's interval; an arrow only when it excludes 0."""
    now, before = proportion(x_now, n_now)["value"], proportion(x_before, n_before)["value"]
    return _change(newcombe(x_now, n_now, x_before, n_before), min(n_now, n_before), now, before)


def m56_nps_change(now: tuple[int, int, int], before: tuple[int, int, int]) -> Change:
    """M56 of two net promoter scores (promoters, passives, detractors): difference ± z·√(SE₁² + SE₂²), in points."""
    new, old = m03_nps(*now), m03_nps(*before)
    change = Difference(None, None, None)
    if new.nps is not None and old.nps is not None and new.se is not None and old.se is not None:
        diff, reach = new.nps - old.nps, Z * math.hypot(new.se, old.se)
        change = Difference(diff, diff - reach, diff + reach)
    return _change(change, min(sum(now), sum(before)), new.nps, old.nps)
