"""The way of one order through its stages, step by step as the verbs of orders take them (workflows O1–O14)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cxorders.demo import texts
from cxorders.demo.clients import Client
from cxorders.demo.diary import Story
from cxorders.demo.known import OrderKind, StageKind
from cxorders.demo.pace import Site, pick
from cxorders.demo.people import Place
from cxorders.demo.words_work import NEEDED, SKIPS
from cxorders.kit.worktime import CalendarYearMissing
from touchpoints.orders.enums import WINDOW_DAYS, OrderState, StageState

LIVE = (StageState.ACTIVE, StageState.PAUSED, StageState.FAILED)


@dataclass(eq=False, slots=True)
class Wait:
    """A stretch in which the clock of a stage stood still."""

    reason: str
    note: str
    start: datetime
    by: int
    approved_by: int | None
    auto_end: datetime
    end: datetime | None = None


@dataclass(eq=False, slots=True)
class Row:
    """One stage of an order."""

    key: int
    kind: StageKind
    unit: Place
    state: StageState = StageState.PENDING
    assignee: int | None = None
    forecast: datetime | None = None
    started: datetime | None = None
    due: datetime | None = None
    first_due: datetime | None = None
    ended: datetime | None = None
    needed: bool | None = None
    appointed: datetime | None = None
    reason: str = ""
    waits: list[Wait] = field(default_factory=list)

    @property
    def late(self) -> bool:
        """Whether the stage ended after its due time."""
        return self.due is not None and self.ended is not None and self.ended > self.due


@dataclass(frozen=True)
class Plan:
    """How the beginning of an order goes where that is not left to chance.

    `ends`: when the first service stages end, one by one (for an optional one: when it is skipped); the next one stands
    still as `halt` says: active, paused, suspended, failed, undecided.
    """

    ends: tuple[datetime, ...]
    halt: str
    assignee: int | None = None
    appointed: datetime | None = None


@dataclass(eq=False)
class Walk:
    """One order on its way. `taken` is the unit that took it in, `owner` the first-asked person."""

    site: Site
    key: int
    kind: OrderKind
    client: Client
    taken: Place
    owner: int
    created: datetime
    story: Story
    keys: Iterator[int]
    plan: Plan | None = None
    parent: "Walk | None" = None
    title: str = ""
    state: OrderState = OrderState.DRAFT
    rows: list[Row] = field(default_factory=list)
    households: list["Walk"] = field(default_factory=list)
    accepted: datetime | None = None
    promised: datetime | None = None
    expected: datetime | None = None
    done: datetime | None = None
    closed: datetime | None = None
    reason: str = ""
    seen: datetime | None = None
    """when the expected finish was thought over last"""

    def __post_init__(self) -> None:
        self.services: list[Row] = []
        self.calls: list[Row] = []

    # ---- journal -------------------------------------------------------------------------------------------

    def told(self, row: Row, verb: str, by: int | None, at: datetime, data: str = "") -> None:
        """One journal row about a stage; `data` is JSON text of further members, without braces."""
        rest = f",{data}" if data else ""
        self.story.told(verb, by, at, row.unit.key, f'{{"stage":{row.key},{row.kind.label}{rest}}}')

    # ---- acceptance ----------------------------------------------------------------------------------------

    def accept(self, decided: tuple[str, ...] = ()) -> None:
        """O1 and O2: the order is taken in and its promises are frozen. `decided`: optional stages known as needed."""
        kinds = [kind for kind in self.kind.stages if self.parent is None or kind.household or kind.callback]
        departments = self.site.company.departments
        for kind in kinds:
            own = self.taken if self.taken.department == kind.department else None
            row = Row(next(self.keys), kind, own or departments.get(kind.department) or self.taken)
            row.needed = True if kind.optional and kind.code in decided else None
            self.rows.append(row)
        self.services = [row for row in self.rows if not row.kind.callback]
        self.calls = [row for row in self.rows if row.kind.callback]
        self._foretell()
        by = None if self.parent is not None else self.owner
        at = self.accepted = self.created
        self.state = OrderState.ACCEPTED
        self.story.note("order.created", by, at, type=self.kind.code)
        self.story.note("order.accepted", by, at, stages=len(self.rows))
        promised = self.promised.isoformat() if self.promised else None
        self.story.note("order.customer_told", by, at, promised_at=promised)
        self.seen = at

    def _foretell(self) -> None:
        cursor = self.created
        contract: dict[int, datetime] = {}
        if self.parent is not None:
            pending = [row for row in self.parent.rows if row.state is StageState.PENDING]
            contract = {row.kind.pk: row.forecast for row in pending if row.forecast is not None}
        try:
            for row in [*self.services, *self.calls]:
                if row.kind.optional and not row.needed:
                    continue
                end = self.site.clock.forecast(row.kind.promise, cursor)
                row.forecast = max(end, contract.get(row.kind.pk, end))
                cursor = cursor if row.kind.callback else row.forecast
        except CalendarYearMissing:
            pass
        ends = [row.forecast for row in self.services if row.needed or not row.kind.optional]
        known = [end for end in ends if end is not None]
        self.promised = max(known) if known and len(known) == len(ends) else None

    # ---- stages --------------------------------------------------------------------------------------------

    def may_start(self, index: int, at: datetime) -> bool:
        """Whether what follows at `index` can begin at `at`: a promise beyond the known calendar cannot (0.4)."""
        if index < len(self.services):
            row = self.services[index]
            rows = [] if row.kind.optional and not row.needed else [row]
        else:
            rows = self.calls
        try:
            if index >= len(self.services):
                self.site.clock.due(
                    at, WINDOW_DAYS, "WD"
                )  # the call-back of the order has its window even without a stage
            for row in rows:
                self.site.clock.promised(row.kind.promise, at, row.appointed)
        except CalendarYearMissing:
            return False
        return True

    def begin(self, at: datetime) -> None:
        """O4: the order runs."""
        if self.state is OrderState.ACCEPTED:
            self.state = OrderState.RUNNING
            self.story.told("order.running", None, at, None, "{}")

    def start(self, row: Row, by: int | None, at: datetime) -> None:
        """O5: the clock of the stage starts."""
        row.state, row.started = StageState.ACTIVE, at
        row.due = row.first_due = self.site.clock.promised(row.kind.promise, at, row.appointed)
        self.told(row, "stage.started", by, at, f'"due_at":{quoted(row.due)}')
        self.seen = at

    def decide(self, index: int, at: datetime, planned: datetime | None, *, wanted: bool = False) -> datetime | None:
        """O5, O10: the manager says whether an optional stage is needed; when, None while nobody has.

        `planned`: when it is skipped, if that is settled; `wanted`: it is settled that it is needed.
        """
        site, row = self.site, self.services[index]
        self.told(row, "stage.decision_due", None, at)
        moment = at if wanted else planned or site.clock.soon(at, 4)
        needed = wanted or (planned is None and site.rnd.random() < 0.35)
        if moment >= site.now or not self.may_start(index + 1, moment):
            return None
        if needed:
            row.needed, row.reason = (
                True,
                texts.fill(pick(NEEDED.get(row.kind.code) or ("现场需要",), site.rnd), site.rnd, moment),
            )
            if not self.may_start(index, moment):
                row.needed, row.reason = None, ""
                return None
            self.told(row, "stage.decided", row.unit.manager, moment, f'"reason":"{row.reason}"')
            return moment
        row.state, row.ended, row.needed = StageState.SKIPPED, moment, False
        row.reason = pick(SKIPS.get(row.kind.code) or ("现场不需要",), site.rnd)
        self.told(row, "stage.skipped", row.unit.manager, moment, f'"reason":"{row.reason}"')
        self.seen = moment
        return moment

    def complete(self, row: Row, at: datetime) -> None:
        """O8: who held the stage, or somebody of the responsible team, ends it."""
        row.state, row.ended = StageState.DONE, at
        if row.assignee is None:
            row.assignee, row.unit = self.somebody(row)
        self.told(row, "stage.completed", row.assignee, at, f'"late":{"true" if row.late else "false"}')
        self.seen = at

    def somebody(self, row: Row) -> tuple[int, Place]:
        """A person who does such stages and the unit they then count for."""
        rnd, company = self.site.rnd, self.site.company
        teams = company.teams_of(row.unit.department) if row.unit.parent is company.place else [row.unit]
        unit = pick(teams, rnd)
        if unit.parent is row.unit or unit is row.unit:
            return pick(unit.workers, rnd), unit
        return pick(row.unit.workers, rnd), row.unit

    def finish(self, by: int | None, at: datetime) -> None:
        """O12 and O14: done, observed; the call-backs start their windows."""
        self.state, self.done, self.expected = OrderState.OBSERVING, at, at
        self.story.told("order.done", by, at, None, "{}")
        for row in self.calls:
            self.start(row, None, at)

    def cancel(self, row: Row, at: datetime, reason: str) -> None:
        """O13: the customer does not want it any more; the open stage fails."""
        by = self.owner
        self.state, self.closed, self.reason = OrderState.CANCELLED, at, reason
        row.state, row.ended, row.reason = StageState.FAILED, at, reason
        for wait in row.waits:
            wait.end = wait.end or at
        self.story.note("order.cancelled", by, at, reason=reason, asked_by="customer")

    def think_over(self) -> None:
        """Today's expectation of the finish, as of the last step."""
        if self.done is not None or self.seen is None:
            return
        cursor: datetime = self.seen
        try:
            for row in self.services:
                if row.state in LIVE:
                    cursor = max(row.due or self.seen, cursor)
                elif row.state is StageState.PENDING and (row.needed or not row.kind.optional):
                    cursor = self.site.clock.forecast(row.kind.promise, cursor)
                    if self.parent is not None and row.forecast is not None:
                        cursor = max(cursor, row.forecast)
        except CalendarYearMissing:
            return
        self.expected = cursor

    @property
    def felt(self) -> Row | None:
        """The stage a satisfaction call speaks of: the last service stage that is done and has key points."""
        done = [row for row in self.services if row.state is StageState.DONE and row.kind.first_point is not None]
        return done[-1] if done else None


def quoted(at: datetime | None) -> str:
    """A moment as JSON text."""
    return f'"{at.isoformat()}"' if at is not None else "null"


def json_words(value: Any) -> str:
    """Words as JSON text; they hold neither quotes nor backslashes."""
    return f'"{value}"'
