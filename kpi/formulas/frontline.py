"""Front line, walkthroughs, launches, bulletins, publication (metrics 8 and 9: M35, M36, M37, M54, M58, M59, M63)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kpi.formulas.figures import Figure, proportion, rate, shares
from kpi.formulas.intervals import Z

PER_PROCESS, PER_PROBLEM, PER_SUGGESTION = Decimal("1.0"), Decimal("0.3"), Decimal("0.5")
CRITICAL_RISK = 16
REWARDED = 10


@dataclass(frozen=True, kw_only=True)
class Frontline(Figure):
    """M35: the official value is `participation`; the other shares of K-FL… and K-SELF are in `shares`."""

    headcount: int
    participants: int
    submitted: int
    valid: int
    adopted: int
    self_resolved: int
    escal_due: int
    escal_ontime: int
    escalated: int | None
    participation: float | None
    validity: float | None
    adoption: float | None
    self_resolve: float | None
    escalated_ontime: float | None


def m35_frontline(
    headcount: int,
    participants: int,
    submitted: int,
    valid: int,
    adopted: int,
    self_resolved: int,
    escal_due: int,
    escal_ontime: int,
    escalated: int | None = None,
) -> Frontline:
    """M35 前台参与与回复: distinct submitters/front headcount, valid/submitted, adopted/valid, solved in branch/valid.

    Escalated on time: items answered to their author by the due time/escalated items due in the period (C2).
    """
    parts = shares(
        participation=(participants, headcount),
        validity=(valid, submitted),
        adoption=(adopted, valid),
        self_resolve=(self_resolved, valid),
        escalated_ontime=(escal_ontime, escal_due),
    )
    return Frontline(
        **proportion(participants, headcount),
        shares=parts,
        headcount=headcount,
        participants=participants,
        submitted=submitted,
        valid=valid,
        adopted=adopted,
        self_resolved=self_resolved,
        escal_due=escal_due,
        escal_ontime=escal_ontime,
        escalated=escalated,
        participation=parts["participation"].value,
        validity=parts["validity"].value,
        adoption=parts["adoption"].value,
        self_resolve=parts["self_resolve"].value,
        escalated_ontime=parts["escalated_ontime"].value,
    )


@dataclass(frozen=True)
class Walker:
    """What one person did on walkthroughs, for M36. `last_at` is when the last point was earned."""

    code: str
    processes: int
    problems: int
    suggestions: int
    last_at: datetime | None = None

    @property
    def points(self) -> Decimal:
        """Exact tenths: 1.0 a process, 0.3 a valid problem, 0.5 a valid suggestion."""
        return self.processes * PER_PROCESS + self.problems * PER_PROBLEM + self.suggestions * PER_SUGGESTION


@dataclass(frozen=True, kw_only=True)
class WalkRanking:
    """M36: `table` of (code, points, rank) by points, `order` after tie-breaks, the rewarded `top`, ties at its end."""

    table: tuple[tuple[str, Decimal, int], ...]
    order: tuple[str, ...]
    top: tuple[str, ...]
    tied_at_10: tuple[str, ...]


def m36_walk_points(processes: int, problems: int, suggestions: int) -> Decimal:
    """M36 穿越积分 of one person in points, exact."""
    return Walker("", processes, problems, suggestions).points


def m36_walk_ranking(walkers: Iterable[Walker], rewarded: int = REWARDED) -> WalkRanking:
    """M36 穿越积分 ranking: equal points share a rank (1, 1, 3 …).

    A tie at the last rewarded place goes to more valid suggestions, then more problems, then the earlier last point.
    """
    people = sorted(walkers, key=lambda walker: (-walker.points, walker.code))
    rank = {person.code: 1 + sum(other.points > person.points for other in people) for person in people}

    def place(walker: Walker) -> tuple[Decimal, int, int, float, str]:
        last = math.inf if walker.last_at is None else walker.last_at.timestamp()
        return (-walker.points, -walker.suggestions, -walker.problems, last, walker.code)

    order = tuple(person.code for person in sorted(people, key=place))
    last_rank = rank[order[rewarded - 1]] if len(order) >= rewarded else None
    at_the_end = tuple(person.code for person in people if rank[person.code] == last_rank)
    return WalkRanking(
        table=tuple((person.code, person.points, rank[person.code]) for person in people),
        order=order,
        top=order[:rewarded],
        tied_at_10=at_the_end if len(at_the_end) > 1 else (),
    )


@dataclass(frozen=True, kw_only=True)
class LaunchWatch(Figure):
    """M37: `rpn` 1 … 25; rates per 10,000; the official value is the rate `ratio` after/before with `lo`/`hi`."""

    likelihood: int
    impact: int
    rpn: int
    before: tuple[int, int]
    after: tuple[int, int]
    rate_before: float | None
    rate_after: float | None
    ratio: float | None

    @property
    def critical(self) -> bool:
        """Whether the risk before the launch was critical (16 and more)."""
        return self.rpn >= CRITICAL_RISK

    @property
    def review(self) -> bool:
        """Whether complaints have really risen: the lower bound lies above 1."""
        return self.lo is not None and self.lo > 1


def m37_gate(likelihood: int, impact: int, before: tuple[int, int], after: tuple[int, int]) -> LaunchWatch:
    """M37 上线前评估与上线后观察: risk likelihood × impact (1 … 5 each); complaint rate 30 CD after/before.

    `before` and `after` are (complaints, customers). No ratio while one side has no complaint.
    """
    if not (1 <= likelihood <= 5 and 1 <= impact <= 5):
        raise ValueError(f"{likelihood} × {impact} is not a risk from 1 to 5 each")
    (x0, n0), (x1, n1) = before, after
    ratio = lo = hi = None
    if x0 and x1 and n0 and n1:
        ratio = (x1 / n1) / (x0 / n0)
        spread = Z * math.sqrt(1 / x1 + 1 / x0)
        lo, hi = math.exp(math.log(ratio) - spread), math.exp(math.log(ratio) + spread)
    return LaunchWatch(
        numerator=x1,
        denominator=n1,
        value=ratio,
        lo=lo,
        hi=hi,
        likelihood=likelihood,
        impact=impact,
        rpn=likelihood * impact,
        before=before,
        after=after,
        rate_before=rate(10_000 * x0, n0),
        rate_after=rate(10_000 * x1, n1),
        ratio=ratio,
    )


@dataclass(frozen=True, kw_only=True)
class ProbeCoverage(Figure):
    """M54: the official value is `required_rate`."""

    events: int
    with_record: int
    required: int
    required_done: int
    coverage: float | None
    required_rate: float | None


def m54_probe_coverage(events: int, with_record: int, required: int, required_done: int) -> ProbeCoverage:
    """M54 关键点采集覆盖率: key-point events with a valid record/all; required probes done/required (official)."""
    parts = shares(coverage=(with_record, events), required_rate=(required_done, required))
    return ProbeCoverage(
        **proportion(required_done, required),
        shares=parts,
        events=events,
        with_record=with_record,
        required=required,
        required_done=required_done,
        coverage=parts["coverage"].value,
        required_rate=parts["required_rate"].value,
    )


@dataclass(frozen=True, kw_only=True)
class Publication(Figure):
    """M58: the official value is `appeal_rate`. A high `upheld_rate` is a defect of the scoring, not of the staff."""

    indicators: int
    appeals: int
    upheld: int
    on_time_published: bool
    appeal_rate: float | None
    upheld_rate: float | None


def m58_publication(indicators: int, appeals: int, upheld: int, *, on_time_published: bool = True) -> Publication:
    """M58 公示与申诉: appeals/indicators published to the person; upheld/appeals."""
    parts = shares(appeal_rate=(appeals, indicators), upheld_rate=(upheld, appeals))
    return Publication(
        **proportion(appeals, indicators),
        shares=parts,
        indicators=indicators,
        appeals=appeals,
        upheld=upheld,
        on_time_published=on_time_published,
        appeal_rate=parts["appeal_rate"].value,
        upheld_rate=parts["upheld_rate"].value,
    )


@dataclass(frozen=True, kw_only=True)
class Bulletin(Figure):
    """M59: the official value is `rectified`."""

    items: int
    read_by_due: int
    receipts: int
    rectified_by_due: int
    read: float | None
    receipt: float | None
    rectified: float | None


def m59_bulletin(
    items: int, read_by_due: int, receipts: int, rectified_by_due: int, recipients: int | None = None
) -> Bulletin:
    """M59 通报: read by due/recipients; receipts/recipients; items rectified by due/items (official).

    Without `recipients` every item has one recipient.
    """
    people = items if recipients is None else recipients
    parts = shares(read=(read_by_due, people), receipt=(receipts, people), rectified=(rectified_by_due, items))
    return Bulletin(
        **proportion(rectified_by_due, items),
        shares=parts,
        items=items,
        read_by_due=read_by_due,
        receipts=receipts,
        rectified_by_due=rectified_by_due,
        read=parts["read"].value,
        receipt=parts["receipt"].value,
        rectified=parts["rectified"].value,
    )


@dataclass(frozen=True, kw_only=True)
class SupervisorTrial(Figure):
    """M63: `reward` in yuan; the gate fails while a finding of severity 1 is open."""

    supervisors: int
    active: int
    days: int
    findings: int
    valid: int
    suggestions: int
    adopted: int
    reward: Decimal
    severity_open: int
    gate_ok: bool


def m63_supervisor_trial(
    supervisors: int,
    active: int,
    days: int,
    findings: int,
    valid: int,
    suggestions: int,
    adopted: int,
    severity_open: int,
    unit: Decimal = Decimal(10),
) -> SupervisorTrial:
    """M63 业务监督员试用: supervisors with at least one log/panel; `unit` yuan for each valid finding and proposal."""
    shares(valid=(valid, findings), adopted=(adopted, suggestions))  # refuses more than all
    return SupervisorTrial(
        **proportion(active, supervisors),
        supervisors=supervisors,
        active=active,
        days=days,
        findings=findings,
        valid=valid,
        suggestions=suggestions,
        adopted=adopted,
        reward=(valid + suggestions) * unit,
        severity_open=severity_open,
        gate_ok=severity_open == 0,
    )
