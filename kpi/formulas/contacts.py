"""Contact handling: calls, first contacts, queues and early warnings (metrics 2)."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi.formulas.figures import Figure, counts, proportion, share, shares
from kpi.formulas.intervals import quantile


@dataclass(frozen=True, kw_only=True)
class AnswerRate(Figure):
    """M08: the official value is `answer_rate`; `excluded` are the short abandons."""

    offered: int
    short_abandon: int
    answered: int
    abandoned: int
    within15: int
    within20: int
    answer_rate: float | None
    sl15: float | None
    sl20: float | None
    answer_rate_gross: float | None


def m08_answer_rate(
    offered: int, short_abandon: int, answered: int, abandoned: int, within15: int, within20: int
) -> AnswerRate:
    """M08 接通率: answered/(offered − abandoned within 5 s); service level 15 s and 20 s on the same base.

    Calls completed in the IVR are not offered calls. ValueError when the outcomes exceed the calls.
    """
    counts(short_abandon=short_abandon, abandoned=abandoned)
    if short_abandon + answered + abandoned > offered:
        raise ValueError("more calls answered and abandoned than offered")
    base = offered - short_abandon
    parts = shares(
        answer_rate=(answered, base),
        sl15=(within15, base),
        sl20=(within20, base),
        answer_rate_gross=(answered, offered),
    )
    return AnswerRate(
        **proportion(answered, base, short_abandon),
        shares=parts,
        offered=offered,
        short_abandon=short_abandon,
        answered=answered,
        abandoned=abandoned,
        within15=within15,
        within20=within20,
        answer_rate=parts["answer_rate"].value,
        sl15=parts["sl15"].value,
        sl20=parts["sl20"].value,
        answer_rate_gross=parts["answer_rate_gross"].value,
    )


@dataclass(frozen=True)
class Contact:
    """A contact for M09. `customer` is the match key (customer, else phone, else address + meter), None if unknown.

    `day` is the time in days; `agent_resolved` the agent's flag; `customer_solved` the customer's answer, if any;
    `excluded` marks safety alarms and progress enquiries that the company opened.
    """

    id: int
    customer: str | None
    family: str
    day: float
    agent_resolved: bool = False
    customer_solved: bool | None = None
    excluded: bool = False


@dataclass(frozen=True, kw_only=True)
class Fcr(Figure):
    """M09: the official value is `fcr_strict` of `mature` first contacts; `excluded`: unknown or excepted."""

    contacts: int
    first: int
    immature: int
    mature: int
    no_repeat: int
    survey_n: int
    fcr_log: float | None
    fcr_survey: float | None
    fcr_agent: float | None
    fcr_strict: float | None
    repeat_rate: float | None
    first_ids: tuple[int, ...]
    ok_ids: tuple[int, ...]
    strict_ids: tuple[int, ...]


class _History:
    """The days on which each customer made contact about each issue family."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self._days: dict[tuple[str | None, str], list[float]] = defaultdict(list)
        for contact in sorted(contacts, key=lambda contact: contact.day):
            self._days[contact.customer, contact.family].append(contact.day)

    def gap_before(self, contact: Contact) -> float:
        """Days since the contact before this one; infinite without one. The same moment is not before."""
        days = self._days[contact.customer, contact.family]
        earlier = bisect_left(days, contact.day)
        return contact.day - days[earlier - 1] if earlier else math.inf

    def gap_after(self, contact: Contact) -> float:
        """Days until the contact after this one; infinite without one."""
        days = self._days[contact.customer, contact.family]
        later = bisect_right(days, contact.day)
        return days[later] - contact.day if later < len(days) else math.inf


def m09_fcr(contacts: Iterable[Contact], cutoff: float, look_forward: float = 7, look_back: float = 7) -> Fcr:
    """M09 首次解决率: mature first contacts without a repeat that the customer does not deny / mature first contacts.

    A first contact has no earlier contact of the same customer in the same issue family within `look_back` days; it
    is mature when `look_forward` days have passed at `cutoff`; a repeat comes within `look_forward` days after it.
    """
    everything = list(contacts)
    used = [contact for contact in everything if contact.customer is not None and not contact.excluded]
    history = _History(used)
    first = [contact for contact in used if history.gap_before(contact) > look_back]
    mature = [contact for contact in first if contact.day + look_forward <= cutoff]
    kept = [contact for contact in mature if history.gap_after(contact) > look_forward]
    strict = [contact for contact in kept if contact.customer_solved is not False]
    asked = [contact for contact in mature if contact.customer_solved is not None]
    parts = shares(
        fcr_log=(len(kept), len(mature)),
        fcr_survey=(sum(bool(contact.customer_solved) for contact in asked), len(asked)),
        fcr_agent=(sum(contact.agent_resolved for contact in mature), len(mature)),
        fcr_strict=(len(strict), len(mature)),
        repeat_rate=(len(used) - len(first), len(used)),
    )
    return Fcr(
        **proportion(len(strict), len(mature), len(everything) - len(used)),
        shares=parts,
        contacts=len(used),
        first=len(first),
        immature=len(first) - len(mature),
        mature=len(mature),
        no_repeat=len(kept),
        survey_n=len(asked),
        fcr_log=parts["fcr_log"].value,
        fcr_survey=parts["fcr_survey"].value,
        fcr_agent=parts["fcr_agent"].value,
        fcr_strict=parts["fcr_strict"].value,
        repeat_rate=parts["repeat_rate"].value,
        first_ids=tuple(contact.id for contact in first),
        ok_ids=tuple(contact.id for contact in kept),
        strict_ids=tuple(contact.id for contact in strict),
    )


@dataclass(frozen=True, kw_only=True)
class FirstAsked(Figure):
    """M10: `complied` of `cases`."""

    cases: int
    complied: int
    rate: float | None


def m10_first_asked(cases: int, complied: int) -> FirstAsked:
    """M10 首问负责执行率: cases registered, solved or handed over and accepted, next step told/cases checked."""
    core = proportion(complied, cases)
    return FirstAsked(**core, cases=cases, complied=complied, rate=core["value"])


@dataclass(frozen=True, kw_only=True)
class WarningQuality(Figure):
    """M48: the official value is `precision`; `true` alerts of `alerts`, `warned_before` of `complaints`."""

    alerts: int
    true: int
    complaints: int
    warned_before: int
    precision: float | None
    recall: float | None
    lead_median_h: float | None


def m48_warning_quality(
    alerts: int, true: int, complaints: int, warned_before: int, lead_hours: Sequence[float] = ()
) -> WarningQuality:
    """M48 预警质量: alerts that came true within 14 CD / alerts; complaints with an earlier alert / complaints.

    `lead_hours` are the hours from alert to complaint; their median is the lead time.
    """
    parts = shares(precision=(true, alerts), recall=(warned_before, complaints))
    return WarningQuality(
        **proportion(true, alerts),
        shares=parts,
        alerts=alerts,
        true=true,
        complaints=complaints,
        warned_before=warned_before,
        precision=parts["precision"].value,
        recall=parts["recall"].value,
        lead_median_h=quantile(lead_hours, 0.5),
    )


@dataclass(frozen=True, kw_only=True)
class Channel(Figure):
    """M51: the official value is `within`, the share of waits inside the standard; `left` tickets were not served."""

    tickets: int
    served: int
    left: int
    abandon: float | None
    sample: int
    within: float | None
    p90: float | None

    @property
    def within10(self) -> float | None:
        """`within` under the name of the usual standard."""
        return self.within


def m51_channel(tickets: int, served: int, waits: Sequence[float], standard: float = 10) -> Channel:
    """M51 渠道运营统计: tickets not served/tickets, waits (minutes) within `standard`/waits, P90 of waits."""
    within = share(sum(wait <= standard for wait in waits), len(waits))
    abandon = share(tickets - served, tickets)
    return Channel(
        **proportion(sum(wait <= standard for wait in waits), len(waits)),
        shares={"within": within, "abandon": abandon},
        tickets=tickets,
        served=served,
        left=tickets - served,
        abandon=abandon.value,
        sample=len(waits),
        within=within.value,
        p90=quantile(waits, 0.9),
    )
