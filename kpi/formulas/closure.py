"""Closing the loop: verified closure, reopening, returns, rectification, supervision, reading (metrics 4)."""

from dataclasses import dataclass

from kpi.formulas.figures import Figure, counts, proportion, share, shares


@dataclass(frozen=True, kw_only=True)
class Closure(Figure):
    """M15: `closed_all` of `den`; `gap` between closed by status and really closed is the false-closure signal."""

    due: int
    exempt: int
    den: int
    closed_all: int
    cause: int | None
    action: int | None
    replied: int | None
    confirmed: int | None
    unreachable_ok: int | None
    rate: float | None
    formal_close: float | None
    gap: float | None


def m15_closure(
    due: int,
    exempt: int,
    closed_all: int,
    formally_closed: int,
    *,
    cause: int | None = None,
    action: int | None = None,
    replied: int | None = None,
    confirmed: int | None = None,
    unreachable_ok: int | None = None,
) -> Closure:
    """M15 闭环率: issues due in the period (C2, minus exemptions) that meet all four conditions by their due time.

    The four: cause recorded; action done with evidence; reply to customer and reporter; customer confirmed, or
    unreachable after the full call-back rule with a message left. The optional counts say how many meet each one.
    """
    counts(exempt=exempt)
    den = due - exempt
    core, formal = proportion(closed_all, den, exempt), share(formally_closed, den)
    gap = None if formal.value is None or core["value"] is None else formal.value - core["value"]
    return Closure(
        **core,
        shares={"formal_close": formal},
        due=due,
        exempt=exempt,
        den=den,
        closed_all=closed_all,
        cause=cause,
        action=action,
        replied=replied,
        confirmed=confirmed,
        unreachable_ok=unreachable_ok,
        rate=core["value"],
        formal_close=formal.value,
        gap=gap,
    )


@dataclass(frozen=True, kw_only=True)
class Reopen(Figure):
    """M16: `reopened30` of `closed`."""

    closed: int
    reopened30: int
    rate: float | None


def m16_reopen(closed: int, reopened30: int) -> Reopen:
    """M16 重开率: issues reopened within 30 CD after closing/issues closed at least 30 CD ago. Less is better."""
    core = proportion(reopened30, closed)
    return Reopen(**core, closed=closed, reopened30=reopened30, rate=core["value"])


@dataclass(frozen=True, kw_only=True)
class Dispatch(Figure):
    """M17: the official value is `first_dispatch_accuracy`."""

    dispatched: int
    returned: int
    upheld: int
    return_rate: float | None
    first_dispatch_accuracy: float | None


def m17_dispatch(dispatched: int, returned: int, upheld: int) -> Dispatch:
    """M17 退单率、首派准确率: returned/dispatched; 1 − upheld returns/dispatched.

    A return that is not upheld counts against the department that returned, not against the dispatcher.
    """
    if upheld > returned:
        raise ValueError(f"{upheld} of {returned} returns upheld")
    parts = shares(return_rate=(returned, dispatched), first_dispatch_accuracy=(dispatched - upheld, dispatched))
    return Dispatch(
        **proportion(dispatched - upheld, dispatched),
        shares=parts,
        dispatched=dispatched,
        returned=returned,
        upheld=upheld,
        return_rate=parts["return_rate"].value,
        first_dispatch_accuracy=parts["first_dispatch_accuracy"].value,
    )


@dataclass(frozen=True, kw_only=True)
class Rectification(Figure):
    """M18: the official value is `on_time_rate`."""

    due: int
    on_time: int
    verified: int
    passed_first: int
    recurred90: int
    on_time_rate: float | None
    first_pass: float | None
    recurrence: float | None


def m18_rectification(
    due: int, on_time: int, verified: int, passed_first: int, recurred90: int, verified_mature: int | None = None
) -> Rectification:
    """M18 整改: done by due/due in the period; passed at first verification/verified; recurred within 90 CD/mature.

    `verified_mature` are those verified at least 90 CD ago; without it all verified ones are taken for mature.
    """
    parts = shares(
        on_time_rate=(on_time, due),
        first_pass=(passed_first, verified),
        recurrence=(recurred90, verified if verified_mature is None else verified_mature),
    )
    return Rectification(
        **proportion(on_time, due),
        shares=parts,
        due=due,
        on_time=on_time,
        verified=verified,
        passed_first=passed_first,
        recurred90=recurred90,
        on_time_rate=parts["on_time_rate"].value,
        first_pass=parts["first_pass"].value,
        recurrence=parts["recurrence"].value,
    )


@dataclass(frozen=True, kw_only=True)
class Supervision(Figure):
    """M60: `duban` orders issued; the official value is `rate_answer`."""

    duban: int
    answered24h: int
    closed_by_new_due: int
    rate_answer: float | None
    rate_close: float | None


def m60_supervision(issued: int, answered24h: int, closed_by_new_due: int) -> Supervision:
    """M60 督办: orders answered within 24 CH/issued (official); closed by the new due time/issued."""
    parts = shares(rate_answer=(answered24h, issued), rate_close=(closed_by_new_due, issued))
    return Supervision(
        **proportion(answered24h, issued),
        shares=parts,
        duban=issued,
        answered24h=answered24h,
        closed_by_new_due=closed_by_new_due,
        rate_answer=parts["rate_answer"].value,
        rate_close=parts["rate_close"].value,
    )


@dataclass(frozen=True, kw_only=True)
class NegativeRead(Figure):
    """M55: the official value is `all_` (read at every level)."""

    negatives: int
    mgr_read24h: int
    all_levels_read24h: int
    mgr: float | None
    all_: float | None


def m55_negative_read(negatives: int, mgr_read24h: int, all_levels_read24h: int) -> NegativeRead:
    """M55 负面体验阅知率: negative records read within 24 CH by the responsible manager; at department, branch and HQ.

    Opening the record page counts; a preview in a list does not.
    """
    parts = shares(mgr=(mgr_read24h, negatives), all_=(all_levels_read24h, negatives))
    return NegativeRead(
        **proportion(all_levels_read24h, negatives),
        shares=parts,
        negatives=negatives,
        mgr_read24h=mgr_read24h,
        all_levels_read24h=all_levels_read24h,
        mgr=parts["mgr"].value,
        all_=parts["all_"].value,
    )
