"""Orders of one group: taken in, moved through their stages, closed; their rows with journal, pauses and proofs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxorders.demo import names, texts, work
from cxorders.demo.bulk import Lane, Table
from cxorders.demo.clients import Client, Clients, uuid_of
from cxorders.demo.diary import Diary, Story
from cxorders.demo.known import Known, OrderKind
from cxorders.demo.pace import Site, pick
from cxorders.demo.people import Place
from cxorders.demo.pictures import Pictures
from cxorders.demo.walk import Plan, Row, Walk
from cxorders.demo.words_work import REJECTS
from cxorders.kit.worktime import CalendarYearMissing
from touchpoints.orders.enums import GRACE_DAYS, WINDOW_DAYS, OrderState, StageState
from touchpoints.orders.guards import NUMBER, PHOTO, SIGNATURE, TICK, Guard
from touchpoints.orders.models import Evidence, Order, Stage, StagePause

MIX = {
    "OT-RETAIL-INSTALL": 34, "OT-CONTRACT-RES": 1, "OT-CONTRACT-CI": 4, "OT-REPAIR": 20, "OT-EMERG": 4, "OT-SAFETY": 10,
    "OT-ALTER": 8, "OT-METER": 8, "OT-OUTAGE": 2, "OT-APPLIANCE": 5, "OT-REMOTE": 1, "OT-ONSITE": 1,
    "OT-WORKSHOP": 1, "OT-PM": 1,
}  # fmt: skip
"""order type → weight among new orders"""
AT_THE_HALL = (
    "OT-RETAIL-INSTALL",
    "OT-CONTRACT-RES",
    "OT-CONTRACT-CI",
    "OT-ALTER",
    "OT-METER",
    "OT-APPLIANCE",
    "OT-WORKSHOP",
)
COMES_BACK = {
    "OT-REPAIR": 0.5,
    "OT-ALTER": 0.4,
    "OT-SAFETY": 0.5,
    "OT-METER": 0.6,
    "OT-APPLIANCE": 0.3,
    "OT-EMERG": 0.3,
}
"""order type → share taken by customers known from earlier"""
CLOSED_BY_SWEEP = (WINDOW_DAYS, GRACE_DAYS)
HOUSEHOLDS = (6, 20)
DRAFTS, REJECTED = 0.004, 0.008


@dataclass(frozen=True)
class Final:
    """A call-back or an issue of an order, as far as the end of the order depends on it."""

    begun: datetime
    over: datetime | None
    is_call: bool
    reached: bool = False


class Journeys:
    """Simulates orders of one group and queues their rows."""

    def __init__(self, known: Known, clients: Clients, diary: Diary, pictures: Pictures, lane: Lane) -> None:
        self.known, self.clients, self.diary, self.pictures = known, clients, diary, pictures
        self.orders, self.stages = lane.table(Order), lane.table(Stage)
        self.pauses, self.proofs = lane.table(StagePause), lane.table(Evidence)
        self.weights = [MIX[kind.code] for kind in known.kinds]
        self._keys = iter(self.stages.deal, None)

    @property
    def tables(self) -> list[Table]:
        """In the order in which they can be written."""
        return [self.orders, self.stages, self.pauses, self.proofs]

    # ---- taking in -----------------------------------------------------------------------------------------

    def order(self, site: Site, created: datetime) -> list[Walk]:
        """One order taken in at `created`, moved to where it stands now, with its households if it has any."""
        rnd = site.rnd
        kind = rnd.choices(self.known.kinds, self.weights)[0]
        taken = pick(site.company.teams_of("D-HALL" if kind.code in AT_THE_HALL else "D-CC"), rnd)
        owner = pick(taken.workers, rnd)
        estate = pick(names.ESTATES, rnd) if kind.code == "OT-CONTRACT-RES" else ""
        client = self.clients.back(created, rnd) if rnd.random() < COMES_BACK.get(kind.code, 0.0) else None
        if client is None:
            segment = (
                kind.segments[0] if kind.segments and rnd.random() < 0.9 else pick(kind.segments or ("RETAIL",), rnd)
            )
            client = self.clients.add(site, segment, created, owner, estate)
        walk = self.take(site, kind, client, taken, owner, created, title=f"{estate}集体报装" if estate else "")
        if self._left_at_the_counter(walk):
            return [walk]
        walk.accept(_known_needs(walk))
        if estate:
            self._households(walk, estate)
        work.run(walk)
        return [walk, *walk.households]

    def planned(
        self, site: Site, kind: OrderKind, taken: Place, owner: int, created: datetime, plan: Plan
    ) -> list[Walk]:
        """One order whose way is settled by `plan`, with its households."""
        estate = pick(names.ESTATES, site.rnd) if kind.code == "OT-CONTRACT-RES" else ""
        client = self.clients.add(site, kind.segments[0], created, owner, estate)
        walk = self.take(site, kind, client, taken, owner, created, plan, f"{estate}集体报装" if estate else "")
        walk.accept()
        if estate:
            self._households(walk, estate)
        work.run(walk)
        return [walk, *walk.households]

    def draft(self, site: Site, kind: OrderKind, taken: Place, owner: int, created: datetime) -> Walk:
        """An order somebody began to take in and has not accepted yet."""
        client = self.clients.add(site, kind.segments[0], created, owner)
        walk = self.take(site, kind, client, taken, owner, created)
        walk.story.note("order.created", owner, created, type=kind.code)
        return walk

    def take(
        self, site: Site, kind: OrderKind, client: Client, taken: Place, owner: int, created: datetime,
        plan: Plan | None = None, title: str = "", parent: Walk | None = None,
    ) -> Walk:  # fmt: skip
        """A draft."""
        key = self.orders.deal()
        story = Story(self.diary, "touchpoints.order", key, taken.key, site.company.key)
        return Walk(site, key, kind, client, taken, owner, created, story, self._keys, plan, parent, title)

    def _left_at_the_counter(self, walk: Walk) -> bool:
        """Whether the order is still a draft, or was rejected with its reason and another offer (O1, O3)."""
        site, chance = walk.site, walk.site.rnd.random()
        if chance > DRAFTS + REJECTED or walk.kind.code == "OT-EMERG":
            return False
        walk.story.note("order.created", walk.owner, walk.created, type=walk.kind.code)
        at = site.clock.soon(walk.created, 1)
        if chance > DRAFTS and at < site.now:
            reason, offer = pick(REJECTS, site.rnd)
            offer = texts.fill(offer, site.rnd, at)
            walk.state, walk.closed, walk.reason = OrderState.REJECTED, at, reason
            walk.story.note("order.rejected", walk.owner, at, reason=reason, alternative=offer)
        return True

    def _households(self, contract: Walk, estate: str) -> None:
        """The households of a contract are pasted in as one list, in the days after it was taken in."""
        site, rnd = contract.site, contract.site.rnd
        at = site.clock.in_hours(contract.created + timedelta(days=0.5 + 7 * rnd.random()))
        if at >= site.now:
            return
        few, many = HOUSEHOLDS
        for _ in range(few + int(rnd.random() * (many - few + 1))):
            client = self.clients.add(site, "RETAIL", at, None, names.dwelling(estate, rnd))
            walk = self.take(site, contract.kind, client, contract.taken, contract.owner, at, parent=contract)
            walk.accept()
            contract.households.append(walk)

    # ---- the end -------------------------------------------------------------------------------------------

    def close(self, walk: Walk, matters: Sequence[Final], own: Final | None, caller: int | None) -> None:
        """O15: the order closes when its call-backs are final and no issue is open, else by the sweep after the window.

        `own` is the order's own call-back, made by `caller`; the call-back stages end with it.
        """
        if walk.done is None:
            return
        swept, when, reached = self._sweep_time(walk), None, False
        for moment in sorted({final.over for final in matters if final.over is not None}):
            now = [final for final in matters if final.begun <= moment]
            calls = [final for final in now if final.is_call]
            if moment >= walk.done and calls and all(final.over is not None and final.over <= moment for final in now):
                when, reached = moment, any(final.reached for final in calls)
                break
        if swept is not None and (when is None or swept < when):
            when, reached = swept, False
        if when is not None and when >= walk.site.now:
            when = None
        if own is not None and own.over is not None and (when is None or own.over <= when):
            self._call_ended(walk, own.over, caller, reached=own.reached)
        if when is None:
            return
        walk.state, walk.closed = OrderState.CLOSED, when
        for row in walk.calls:
            if row.state is StageState.ACTIVE:
                row.state, row.ended = StageState.FAILED, when
                walk.told(row, "stage.not_called_back", None, when, '"reason":""')
        walk.story.note("order.closed", None, when, reached=reached)
        walk.client.keep(when)

    def _call_ended(self, walk: Walk, at: datetime, by: int | None, *, reached: bool) -> None:
        for row in walk.calls:
            row.state, row.ended = (StageState.DONE if reached else StageState.FAILED), at
            row.reason = "" if reached else "联系不上"
            verb = "stage.called_back" if reached else "stage.not_called_back"
            walk.told(row, verb, by, at, f'"reason":"{row.reason}"')

    def _sweep_time(self, walk: Walk) -> datetime | None:
        ends = [row.due for row in walk.calls if row.due is not None]
        clock, done = walk.site.clock, walk.done
        if done is None:
            return None
        try:
            window = max(ends) if ends else clock.due(done, WINDOW_DAYS, "WD")
            return clock.due(window, GRACE_DAYS, "WD")
        except CalendarYearMissing:
            return None

    # ---- rows ----------------------------------------------------------------------------------------------

    def write(self, walk: Walk) -> None:
        """Queue the rows of an order that is simulated to its end."""
        site = walk.site
        walk.think_over()
        self.orders.add(
            id=walk.key,
            company_id=site.company.key,
            unit_id=walk.taken.key,
            order_type_id=walk.kind.pk,
            customer_id=walk.client.key,
            premises_id=walk.client.premises,
            parent_id=walk.parent.key if walk.parent is not None else None,
            title=walk.title,
            state=walk.state,
            owner_id=walk.owner,
            created_at=walk.created,
            accepted_at=walk.accepted,
            promised_at=walk.promised,
            expected_at=walk.expected,
            clock_at=_nearest(walk),
            done_at=walk.done,
            closed_at=walk.closed,
            end_reason=walk.reason,
            client_key=uuid_of(site.rnd) if walk.parent is None else None,
        )
        recent = walk.closed is None or walk.closed >= self.diary.since
        for row in walk.rows:
            self._write_stage(walk, row, recent)
        if recent:
            walk.story.write()

    def _write_stage(self, walk: Walk, row: Row, recent: bool) -> None:
        self.stages.add(
            id=row.key,
            company_id=walk.site.company.key,
            order_id=walk.key,
            stage_type_id=row.kind.pk,
            seq=row.kind.seq,
            state=row.state,
            unit_id=row.unit.key,
            assignee_id=row.assignee,
            promise_kind=row.kind.promise.kind,
            promise_value=row.kind.promise_text,
            promise_unit=row.kind.promise.unit,
            forecast_at=row.forecast,
            started_at=row.started,
            due_at=row.due,
            first_due_at=row.first_due,
            ended_at=row.ended,
            needed=row.needed,
            appointed_at=row.appointed,
            reason=row.reason,
        )
        for wait in row.waits:
            self.pauses.add(
                stage_id=row.key,
                reason=wait.reason,
                note=wait.note,
                started_at=wait.start,
                started_by_id=wait.by,
                approved_by_id=wait.approved_by,
                auto_end_at=wait.auto_end,
                ended_at=wait.end,
            )
        if recent and row.state is StageState.DONE and not row.kind.callback:
            for guard in row.kind.proofs:
                self._write_proof(walk, row, guard)

    def _write_proof(self, walk: Walk, row: Row, guard: Guard) -> None:
        rnd, at = walk.site.rnd, row.ended or walk.created
        for number in range(guard.count):
            value, kind, file, print_ = "", guard.kind, "", ""
            if guard.kind == TICK:
                value = "1"
            elif guard.kind == PHOTO:
                file, print_ = self.pictures.one(number, rnd)
            elif guard.kind == SIGNATURE and not guard.strict and rnd.random() < 0.06:
                value, kind = "客户不在场，家人口头确认", "reason"
            elif guard.kind == SIGNATURE:
                value = "客户本人签字"
            else:
                value = texts.proof(guard.phrase, rnd, at) if guard.kind != NUMBER else _reading(guard, rnd.random())
            self.proofs.add(
                stage_id=row.key,
                guard=guard.phrase,
                kind=kind,
                value=value,
                file=file,
                sha256=print_,
                by_id=row.assignee,
                at=at,
            )


def _reading(guard: Guard, chance: float) -> str:
    """A pressure reading in kPa."""
    return f"{4.8 + chance * 0.6:.1f}" if "leak" in guard.phrase else f"{9.5 + chance * 1.5:.1f}"


def _nearest(walk: Walk) -> datetime | None:
    """The nearest due time that runs while the order moves (as the verbs of orders store it)."""
    if walk.done is not None or walk.closed is not None:
        return None
    running = [row.due for row in walk.rows if row.state is StageState.ACTIVE and row not in walk.calls]
    return min((due for due in (walk.promised, *running) if due is not None), default=None)


def _known_needs(walk: Walk) -> tuple[str, ...]:
    """Optional stages that are known to be needed when the order is taken in."""
    optional = [kind.code for kind in walk.kind.stages if kind.optional]
    return tuple(optional[:1]) if optional and walk.site.rnd.random() < 0.12 else ()
