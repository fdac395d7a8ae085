"""Timeliness: due-based on-time rates, appointments, arrivals, orders (metrics 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from kpi.formulas.figures import Figure, counts, proportion, rate, share, shares
from kpi.formulas.intervals import mean, quantile

Time = TypeVar("Time", float, datetime)


@dataclass(frozen=True)
class DueItem(Generic[Time]):
    """Something with a due time, for M11 and its kin. `done` is None while it is open; `exempt` was approved (C6)."""

    due: Time
    done: Time | None = None
    exempt: bool = False
    extended: bool = False
    paused: bool = False


@dataclass(frozen=True, kw_only=True)
class OnTime(Figure):
    """M11: `num` on time of `den` due; `naive_closed_based` is the forbidden closed-based rate, to show the gap.

    `extended`/`paused` count items of `den` whose due time was moved; their share is published beside the rate.
    """

    in_period: int
    exempt: int
    den: int
    num: int
    rate: float | None
    naive_closed_based: float | None
    overdue_open: int
    extended: int
    paused: int


def m11_on_time(items: Iterable[DueItem[Time]], start: Time, end: Time, cutoff: Time) -> OnTime:
    """M11 处理及时率: items due in [start, end) (C1, C2) and done by their due time / such items minus exemptions.

    Whatever is not done at `cutoff` is not on time. For a period that still runs, pass its `cutoff` as `end`.
    Also for acknowledgement, first contact, acceptance: give the due and done times of that step.
    """
    everything = list(items)
    due = [item for item in everything if start <= item.due < end]
    counted = [item for item in due if not item.exempt]
    open_ = [item for item in counted if item.done is None or item.done > cutoff]
    closed = [item for item in everything if item.done is not None and item.done <= cutoff]
    return m11_on_time_counts(
        in_period=len(due),
        exempt=len(due) - len(counted),
        on_time=sum(item.done is not None and item.done <= min(item.due, cutoff) for item in counted),
        overdue_open=sum(item.due <= cutoff for item in open_),
        closed=len(closed),
        closed_on_time=sum(item.done is not None and item.done <= item.due for item in closed),
        extended=sum(item.extended for item in counted),
        paused=sum(item.paused for item in counted),
    )


def m11_on_time_counts(
    *,
    in_period: int,
    exempt: int,
    on_time: int,
    overdue_open: int = 0,
    closed: int = 0,
    closed_on_time: int = 0,
    extended: int = 0,
    paused: int = 0,
) -> OnTime:
    """M11 from counts that were taken elsewhere (set-based scoring); the same rules as `m11_on_time`."""
    counts(exempt=exempt)
    den = in_period - exempt
    parts = shares(
        naive_closed_based=(closed_on_time, closed),
        overdue_open=(overdue_open, den),
        extended=(extended, den),
        paused=(paused, den),
    )
    core = proportion(on_time, den, exempt)
    return OnTime(
        **core,
        shares=parts,
        in_period=in_period,
        exempt=exempt,
        den=den,
        num=on_time,
        rate=core["value"],
        naive_closed_based=parts["naive_closed_based"].value,
        overdue_open=overdue_open,
        extended=extended,
        paused=paused,
    )


@dataclass(frozen=True, kw_only=True)
class Appointment(Figure):
    """M12: `rate` counts visits without access as kept, `rate_excl_noaccess` leaves them out."""

    booked: int
    customer_cancelled: int
    rescheduled_by_customer: int
    kept: int
    late: int
    missed: int
    no_access: int
    den: int
    rate: float | None
    rate_excl_noaccess: float | None


def m12_appointment(
    booked: int,
    customer_cancelled: int,
    rescheduled_by_customer: int,
    kept: int,
    late: int,
    missed: int,
    no_access: int = 0,
) -> Appointment:
    """M12 预约履约率: (kept + no access with evidence) / (booked − cancelled − moved by the customer in time).

    Kept: arrival inside the slot ± 15 min by device time. `no_access` only with call record, door photo, time and
    place. Moved by the company without agreement 1 WD before: missed. ValueError when the outcomes do not add up.
    """
    counts(kept=kept, late=late, missed=missed, no_access=no_access)
    excluded = customer_cancelled + rescheduled_by_customer
    den = booked - excluded
    if kept + late + missed + no_access != den:
        raise ValueError(f"{kept} kept, {late} late, {missed} missed and {no_access} without access are not {den}")
    core, strict = proportion(kept + no_access, den, excluded), share(kept, den - no_access)
    return Appointment(
        **core,
        shares={"rate_excl_noaccess": strict},
        booked=booked,
        customer_cancelled=customer_cancelled,
        rescheduled_by_customer=rescheduled_by_customer,
        kept=kept,
        late=late,
        missed=missed,
        no_access=no_access,
        den=den,
        rate=core["value"],
        rate_excl_noaccess=strict.value,
    )


@dataclass(frozen=True, kw_only=True)
class Arrival(Figure):
    """M13: `misses` are the arrivals (minutes) beyond the limit, each to be reviewed, whatever the rate."""

    n: int
    within: int
    rate: float | None
    median: float | None
    p90: float | None
    mean: float | None
    max: float | None
    misses: tuple[float, ...]

    @property
    def within30(self) -> int:
        """`within` under the name of the usual limit."""
        return self.within


def m13_emergency_arrival(minutes: Sequence[float], limit: float = 30) -> Arrival:
    """M13 抢险到场及时率: arrivals within `limit` minutes from alarm accepted to first qualified person on site.

    One value per event (the first alarm counts). Never publish the mean alone.
    """
    within = sum(value <= limit for value in minutes)
    core = proportion(within, len(minutes))
    return Arrival(
        **core,
        n=len(minutes),
        within=within,
        rate=core["value"],
        median=quantile(minutes, 0.5),
        p90=quantile(minutes, 0.9),
        mean=mean(minutes),
        max=max(minutes, default=None),
        misses=tuple(sorted(value for value in minutes if value > limit)),
    )


@dataclass(frozen=True, kw_only=True)
class Reporting(Figure):
    """M34: the official value is `timely`."""

    events: int
    reported_in_time: int
    reported_late: int
    never: int
    timely: float | None
    late: float | None
    missing: float | None


def m34_reporting(reported_in_time: int, reported_late: int, never: int) -> Reporting:
    """M34 及时、迟报、漏报 of events known from any source: recorded in time (24 CH, safety 1 CH), late, never.

    Never: no staff record within 5 WD and found by another source.
    """
    events = reported_in_time + reported_late + never
    parts = shares(timely=(reported_in_time, events), late=(reported_late, events), missing=(never, events))
    return Reporting(
        **proportion(reported_in_time, events),
        shares=parts,
        events=events,
        reported_in_time=reported_in_time,
        reported_late=reported_late,
        never=never,
        timely=parts["timely"].value,
        late=parts["late"].value,
        missing=parts["missing"].value,
    )


@dataclass(frozen=True, kw_only=True)
class OrderOnTime(Figure):
    """M53: the official value is `order_rate` where orders are given, else `stage_rate`."""

    stages: int
    on_time: int
    stage_rate: float | None
    promised: float
    actual: float
    delay: float
    orders_due: int
    orders_ontime: int
    order_rate: float | None


def m53_order_on_time(
    stages: Iterable[tuple[float, float]] = (), orders_due: int = 0, orders_ontime: int = 0
) -> OrderOnTime:
    """M53 环节按期率、订单按期率: stages within their promise/stages, orders within the sum promise/orders due.

    `stages` are (promised, actual) durations on the stage clock, pauses taken off. A late stage can be recovered:
    `delay` is what the sum of actual durations exceeds the sum of promises by, never below 0.
    """
    rows = list(stages)
    promised, actual = sum(row[0] for row in rows), sum(row[1] for row in rows)
    on_time = sum(actual_ <= promised_ for promised_, actual_ in rows)
    core = proportion(orders_ontime, orders_due) if orders_due else proportion(on_time, len(rows))
    return OrderOnTime(
        **core,
        shares=shares(stage_rate=(on_time, len(rows)), order_rate=(orders_ontime, orders_due)),
        stages=len(rows),
        on_time=on_time,
        stage_rate=rate(on_time, len(rows)),
        promised=promised,
        actual=actual,
        delay=max(0, actual - promised),
        orders_due=orders_due,
        orders_ontime=orders_ontime,
        order_rate=rate(orders_ontime, orders_due),
    )
