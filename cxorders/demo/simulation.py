"""The months of a whole group, company by company: orders, what customers say, what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cxorders.demo import handling
from cxorders.demo.bulk import Lane, Sink, Table
from cxorders.demo.calls import Calls
from cxorders.demo.cases import Case, Cases, Fate
from cxorders.demo.clients import Clients
from cxorders.demo.diary import Diary
from cxorders.demo.journeys import Final, Journeys
from cxorders.demo.known import Known
from cxorders.demo.pace import Clockwork, Pace, Site
from cxorders.demo.people import Group
from cxorders.demo.pictures import Pictures
from cxorders.demo.scenes import Scenes
from cxorders.demo.voices import UNNAMED, About, Taken, Voices
from cxorders.demo.walk import Walk
from cxorders.kit.worktime import WorkCalendar
from touchpoints.orders.enums import OrderState, StageState

ORDERED_SHARE = 0.5
"""share of the records that come from orders; the rest are heard at counters, phones and doors"""
PER_ORDER = 5.0
"""about so many records come from one order, those of its call-backs among them"""
COMES_BACK = 0.55
"""share of the customers at the counter who were there before"""
ENDED = (OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED)
LONG = timedelta(days=999)


@dataclass(frozen=True)
class Plot:
    """What is settled before the simulation begins: who, from when to when, how much, by which chance."""

    group: Group
    names: dict[int, str]
    known: Known
    pictures: Pictures
    calendar: WorkCalendar
    start: datetime
    now: datetime
    seed: int
    quotas: tuple[int, ...]
    """records per company"""


class Simulation:
    """Everything that happens in the companies of one lane up to now."""

    def __init__(self, plot: Plot, lane: Lane) -> None:
        known, group = plot.known, plot.group
        self.plot, self.lane, self.diary = plot, lane, Diary(plot.names, plot.now, lane)
        self.clients = Clients(self.diary, lane)
        self.journeys = Journeys(known, self.clients, self.diary, plot.pictures, lane)
        self.voices = Voices(Random(f"{plot.seed}/group"), known, self.diary, lane)
        self.calls = Calls(self.voices, known, self.diary, lane)
        self.cases = Cases(known, self.voices, self.calls, self.diary, group, lane)
        self.scenes = Scenes(known, self.journeys, group, self._say, self._settle)

    @property
    def tables(self) -> list[Table]:
        """In the order in which they can be written."""
        parts = (self.clients, self.journeys, self.voices, self.cases, self.calls)
        return [*(table for part in parts for table in part.tables), self.diary.entries]

    def play(self, pipe: Sink | None) -> dict[str, int]:
        """The companies of this lane, one after the other; table label → rows."""
        plot, clock = self.plot, None
        for number in range(self.lane.number, len(plot.quotas), self.lane.of):
            company = plot.group.companies[number]
            rnd = Random(f"{plot.seed}/{company.code}")
            pace = Pace.of(rnd)
            clock = Clockwork(rnd, plot.calendar, plot.start, plot.now, clock)
            self.run(Site(company, pace, clock, rnd), plot.quotas[number], pipe, scenes=number == 0)
        return {table.model._meta.label: table.queued for table in self.tables}

    def run(self, site: Site, quota: int, pipe: Sink | None, *, scenes: bool) -> None:
        """Write about `quota` records of one company, with the orders, issues and call-backs around them."""
        records = self.voices.records
        goal = records.queued + quota
        self.clients.forget()
        for created in site.clock.some_times(max(1, round(quota * ORDERED_SHARE / PER_ORDER))):
            for walk in self.journeys.order(site, created):
                self._settle(site, walk)
            self._flush(pipe, full=True)
        if scenes:
            self.scenes.play(site)
        for occurred in site.clock.some_times(max(0, round((goal - records.queued) / 1.05))):
            self._at_counter(site, occurred)
            self._flush(pipe, full=True)
        self._flush(pipe, full=False)

    def _flush(self, pipe: Sink | None, *, full: bool) -> None:
        for table in self.tables:
            table.flush(pipe, full=full)

    def _at_counter(self, site: Site, occurred: datetime) -> None:
        rnd = site.rnd
        client = None
        if rnd.random() >= UNNAMED:
            client = self.clients.back(occurred, rnd) if rnd.random() < COMES_BACK else None
            client = client or self.clients.add(site, "RETAIL", occurred, None)
        told = self.voices.at_counter(site, client, occurred)
        if told is not None:
            self._say(site, *told)

    def _say(self, site: Site, about: About, taken: Taken, fate: Fate | None = None) -> None:
        """One record without an order, and the issue it opens."""
        heard = self.voices.write(site, about, taken)
        if heard.why:
            case = self.cases.open(site, heard, (), fate)
            if case is not None:
                handling.live(self.cases, case)
                self.cases.write([case])

    def _settle(self, site: Site, walk: Walk, wait: str = "") -> None:
        """What the customer of an order says at its stages, what comes of it, the call-back, the end; all rows."""
        opened = self._heard_on_the_way(site, walk)
        calm = any(case.contacts > 1 for case in opened)
        call = self.calls.for_order(walk, calm=calm, wait=wait)
        if call is not None and call.record is not None and call.record.why:
            case = self.cases.open(site, call.record, opened, charged=call.charged)
            if case is not None:
                handling.live(self.cases, case)
                opened.append(case)
        finals = [Final(case.opened, case.closed, is_call=False) for case in opened]
        rings = [ring for case in opened for ring in case.calls]
        finals += [Final(ring.planned, ring.finished, is_call=True, reached=ring.reached) for ring in rings]
        own = None
        if call is not None:
            own = Final(call.planned, call.finished, is_call=True, reached=call.reached)
            finals.append(own)
        self.journeys.close(walk, finals, own, call.caller if call is not None else None)
        walk.client.keep(walk.closed if walk.state in ENDED else site.now + LONG)
        self.journeys.write(walk)
        self.cases.write(opened)
        self.calls.write([call] if call is not None else [])

    def _heard_on_the_way(self, site: Site, walk: Walk) -> list[Case]:
        """The records at the stages of an order in the order they came in, and the issues they opened."""
        done = [row for row in walk.services if row.state is StageState.DONE]
        told = [said for said in (self.voices.at_stage(walk, row) for row in done) if said is not None]
        opened: list[Case] = []
        for about, taken in sorted(told, key=lambda said: said[1].submitted):
            if _would_be_third(opened, about, taken):
                continue
            heard = self.voices.write(site, about, taken)
            case = self.cases.open(site, heard, opened) if heard.why else None
            if case is not None:
                handling.live(self.cases, case)
                opened.append(case)
        return opened


def _would_be_third(opened: Sequence[Case], about: About, taken: Taken) -> bool:
    """Whether bad news now would join an issue for the third time: those are told while the issue is worked."""
    return any(
        case.contacts > 1
        and case.is_open(taken.submitted)
        and (case.point.pk == about.point.pk or case.matter.pk == about.point.matter.pk)
        for case in opened
    )
