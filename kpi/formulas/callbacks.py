"""Call-backs: inside the window, coverage, reach, the other slot (metrics 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.formulas.figures import Figure, proportion, share, shares

SATISFACTION_WINDOW = (7, 15)  # working days after completion
COMPLAINT_WINDOW = (3, 7)  # calendar days after handling


@dataclass(frozen=True, kw_only=True)
class CallbackWindow(Figure):
    """M19: satisfaction call-backs `in_window` of `den` (official), complaint call-backs beside them."""

    wd: tuple[int | None, ...]
    in_window: int
    too_early: int
    too_late: int
    den: int
    rate: float | None
    complaint_days: tuple[int | None, ...]
    complaint_ok: int
    complaint_rate: float | None


def m19_callback_window(
    working_days: Sequence[int | None],
    complaint_days: Sequence[int | None] = (),
    *,
    window: tuple[int, int] = SATISFACTION_WINDOW,
    complaint_window: tuple[int, int] = COMPLAINT_WINDOW,
) -> CallbackWindow:
    """M19 回访合规率: call-backs whose first attempt lies in the window (both ends included)/items whose window ended.

    `working_days` are the working days from completion to the first call, the completion date not counted; None when
    nobody called by the end of the window, which fails like too early and too late. `complaint_days`: calendar days.
    """
    known = [days for days in working_days if days is not None]
    in_window = sum(window[0] <= days <= window[1] for days in known)
    complaint_ok = sum(
        days is not None and complaint_window[0] <= days <= complaint_window[1] for days in complaint_days
    )
    complaint = share(complaint_ok, len(complaint_days))
    core = proportion(in_window, len(working_days))
    return CallbackWindow(
        **core,
        shares={"complaint_rate": complaint},
        wd=tuple(working_days),
        in_window=in_window,
        too_early=sum(days < window[0] for days in known),
        too_late=sum(days > window[1] for days in known),
        den=len(working_days),
        rate=core["value"],
        complaint_days=tuple(complaint_days),
        complaint_ok=complaint_ok,
        complaint_rate=complaint.value,
    )


@dataclass(frozen=True, kw_only=True)
class CallbackReach(Figure):
    """M20: the official value is `reach`; `refused` are among the reached."""

    eligible: int
    attempted: int
    reached1: int
    second_try: int
    second_other_slot: int
    reached2: int
    refused: int
    coverage: float | None
    reach: float | None
    reach_of_eligible: float | None
    slot_compliance: float | None
    second_yield: float | None


def m20_callback_reach(
    eligible: int,
    attempted: int,
    reached1: int,
    second_try: int,
    second_other_slot: int,
    reached2: int,
    refused: int = 0,
) -> CallbackReach:
    """M20 回访覆盖、成功、换时段: attempted/eligible, reached/attempted (official), second tries in another slot/all.

    Another slot also means another half-day or day. Refusal counts as reached; unreachable only after three attempts.
    """
    reached = reached1 + reached2
    if refused > reached:
        raise ValueError(f"{refused} refused of {reached} reached")
    parts = shares(
        coverage=(attempted, eligible),
        reach=(reached, attempted),
        reach_of_eligible=(reached, eligible),
        slot_compliance=(second_other_slot, second_try),
        second_yield=(reached2, second_try),
    )
    return CallbackReach(
        **proportion(reached, attempted),
        shares=parts,
        eligible=eligible,
        attempted=attempted,
        reached1=reached1,
        second_try=second_try,
        second_other_slot=second_other_slot,
        reached2=reached2,
        refused=refused,
        coverage=parts["coverage"].value,
        reach=parts["reach"].value,
        reach_of_eligible=parts["reach_of_eligible"].value,
        slot_compliance=parts["slot_compliance"].value,
        second_yield=parts["second_yield"].value,
    )
