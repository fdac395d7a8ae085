"""Issues from bad news: routed, taken up, answered, verified by a call, closed or opened again (I1–I22)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cxorders.demo.bulk import Lane, Table
from cxorders.demo.calls import Call, Calls
from cxorders.demo.diary import Diary, Story
from cxorders.demo.known import GOVERNMENT, Known, Matter, Point, Weight, destination
from cxorders.demo.pace import Site
from cxorders.demo.people import Group, Place
from cxorders.demo.voices import Heard, Voices
from feedback.callbacks.actions.finishing import CHARGED_CATEGORY
from feedback.intake.enums import Source
from feedback.issues.actions.opening import title_of
from feedback.issues.enums import IssueSource, IssueState, Level
from feedback.issues.models import Issue, IssuePause, IssueRecord, Round


@dataclass(frozen=True)
class Fate:
    """Where an issue is meant to stand now, who has it, and how much of its pause there was.

    `halt`: dispatched, accepted, contacted, pending, verifying, closed, reopened, gate, group, abroad (with the group's
    engineers). `paused`: working time its clock stood still, so that it falls due later.
    """

    halt: str = ""
    handler: int | None = None
    paused: timedelta = timedelta()
    call: str = ""
    """how the verifying call-back is left: due, retry"""


@dataclass(eq=False)
class Handling:
    """One round while it is simulated."""

    number: int
    place: Place
    owner: int
    start: datetime
    due: datetime
    first_due: datetime
    replied: datetime | None = None
    confirmed: datetime | None = None
    closed: datetime | None = None
    outcome: str = ""


@dataclass(eq=False)
class Stop:
    """A stretch in which the clock of an issue stood still."""

    reason: str
    note: str
    start: datetime
    by: int
    approved_by: int | None
    auto_end: datetime
    end: datetime | None = None


@dataclass(eq=False)
class Case:
    """One issue while it is simulated."""

    key: int
    site: Site
    heard: Heard
    matter: Matter
    severity: Weight
    place: Place
    owner: int
    opened: datetime
    due: datetime
    ack_due: datetime
    contact_due: datetime
    verified_by: str
    routed: str
    story: Story
    fate: Fate
    level: Level = Level.DEPARTMENT
    state: IssueState = IssueState.DISPATCHED
    accepted: datetime | None = None
    contacted: datetime | None = None
    overdue: datetime | None = None
    replied: datetime | None = None
    closed: datetime | None = None
    how: str = ""
    rating: int | None = None
    cause: str = ""
    action: str = ""
    reply: str = ""
    reopened: int = 0
    contacts: int = 1
    rounds: list[Handling] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    joined: list[tuple[int, datetime]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    @property
    def point(self) -> Point:
        """The key point it is about."""
        return self.heard.about.point

    @property
    def now(self) -> Handling:
        """The round that runs."""
        return self.rounds[-1]

    def is_open(self, at: datetime) -> bool:
        """Whether somebody still has to act at `at`."""
        return self.opened <= at and (self.closed is None or self.closed > at)

    def same_matter(self, heard: Heard, matter: Matter) -> bool:
        """Whether bad news is about what this issue is about (RT-09)."""
        return self.point.pk == heard.about.point.pk or self.matter.pk == matter.pk


class Cases:
    """Queues issues with their rounds, pauses and joined records."""

    def __init__(self, known: Known, voices: Voices, calls: Calls, diary: Diary, group: Group, lane: Lane) -> None:
        self.known, self.voices, self.calls, self.diary, self.group = known, voices, calls, diary, group
        self.issues, self.rounds = lane.table(Issue), lane.table(Round)
        self.stops, self.links = lane.table(IssuePause), lane.table(IssueRecord)

    @property
    def tables(self) -> list[Table]:
        """In the order in which they can be written."""
        return [self.issues, self.rounds, self.stops, self.links]

    # ---- opening -------------------------------------------------------------------------------------------

    def open(
        self, site: Site, heard: Heard, before: Sequence[Case], fate: Fate | None = None, *, charged: bool = False
    ) -> Case | None:
        """The issue of bad news, dispatched; None where it joins one of `before` that is open (F4, RT-09).

        `charged`: the customer spoke of a charge outside the list on the phone, which is a matter of its own.
        """
        matter = heard.about.point.matter
        if heard.safety:
            matter = self.known.danger(heard.taken.words)
        elif charged:
            matter = self.known.matters[CHARGED_CATEGORY]
        if heard.about.client is not None and not heard.safety:
            same = [case for case in before if case.is_open(heard.taken.submitted) and case.same_matter(heard, matter)]
            if same:
                self.join(min(same, key=lambda case: (case.opened, case.key)), heard)
                return None
        severity = self.known.hazard if heard.safety else matter.severity
        place, rule = destination(site.company, matter, severity)
        taken, at, clock = heard.taken, heard.taken.submitted, site.clock
        first = taken.place if taken.place is not None else heard.about.place
        owner = taken.collector if taken.collector is not None else heard.about.place.manager
        key = self.issues.deal()
        story = Story(self.diary, "feedback.issue", key, place.key, site.company.key)
        case = Case(
            key=key, site=site, heard=heard, matter=matter, severity=severity, place=place, owner=owner, opened=at,
            due=clock.due(at, severity.resolve.value, severity.resolve.unit),
            ack_due=clock.due(at, severity.ack.value, severity.ack.unit),
            contact_due=clock.due(at, severity.contact.value, severity.contact.unit),
            verified_by=GOVERNMENT if taken.method == "FM-12345" else matter.rule,
            routed=rule, story=story, fate=fate or Fate(),
        )  # fmt: skip
        by, name = taken.collector, self.diary.name(owner)
        story.note("issue.opened", by, at, unit_id=first.key, owner=name, record=heard.number, reason=heard.why)
        story.note("issue.triaged", None, at, unit_id=first.key, category=matter.code, severity=severity.code)
        story.note("issue.dispatched", None, at, unit=place.key, unit_name=place.zh, rule=rule)
        self.begin_round(case, at)
        return case

    def join(self, case: Case, heard: Heard) -> None:
        """A further record of the same matter (I3); the third contact raises the severity (ES-04)."""
        at = heard.taken.submitted
        case.joined.append((heard.record, at))
        case.contacts += 1
        case.story.note(
            "issue.joined",
            heard.taken.collector,
            at,
            unit_id=case.place.key,
            record=heard.number,
            contacts=case.contacts,
        )
        if case.contacts == 3:
            self._raise(case, at)

    def _raise(self, case: Case, at: datetime) -> None:
        above, before = self.known.above(case.severity), case.severity
        if above is None:
            return
        case.severity = above
        running = next((r for r in case.rounds if r.start <= at and (r.closed is None or r.closed > at)), None)
        if running is not None and running is case.now and (case.replied is None or case.replied > at):
            clock = case.site.clock
            case.due = running.due = min(case.due, clock.due(at, above.resolve.value, above.resolve.unit))
            if case.contacted is None or case.contacted > at:
                case.contact_due = min(case.contact_due, clock.due(at, above.contact.value, above.contact.unit))
        case.story.note(
            "issue.raised", None, at, unit_id=case.place.key, before=before.code, severity=above.code, rule="ES-04"
        )

    def begin_round(self, case: Case, at: datetime) -> None:
        """A handling of its own, with its limit."""
        case.rounds.append(Handling(len(case.rounds) + 1, case.place, case.owner, at, case.due, case.due))

    # ---- rows ----------------------------------------------------------------------------------------------

    def write(self, cases: Sequence[Case]) -> None:
        """Queue the rows of issues that are simulated to their end."""
        for case in cases:
            self._write_issue(case)
            for this in case.rounds:
                self._write_round(case, this)
            for stop in case.stops:
                self.stops.add(
                    issue_id=case.key,
                    reason=stop.reason,
                    note=stop.note,
                    started_at=stop.start,
                    auto_end_at=stop.auto_end,
                    ended_at=stop.end,
                    by_id=stop.by,
                    approved_by_id=stop.approved_by,
                )
            for record, at in case.joined:
                self.links.add(issue_id=case.key, record_id=record, at=at)
            case.story.write()
            self.calls.write(case.calls)

    def _write_issue(self, case: Case) -> None:
        heard, about, taken = case.heard, case.heard.about, case.heard.taken
        called = taken.source is Source.CALLBACK
        self.issues.add(
            id=case.key,
            company_id=case.site.company.key,
            unit_id=case.place.key,
            level=case.level,
            owner_id=case.owner,
            author_id=taken.collector,
            author_unit_id=taken.place.key if taken.place is not None else None,
            source=IssueSource.CALLBACK if called else IssueSource.RECORD,
            record_id=heard.record,
            order_id=about.order,
            stage_id=about.stage,
            customer_id=about.client.key if about.client is not None else None,
            touchpoint_id=about.point.touchpoint_id,
            key_point_id=about.point.pk,
            category_id=case.matter.pk,
            severity_id=case.severity.pk,
            title=title_of(taken.words, f"{about.point.zh}:客户不满意"),
            state=case.state,
            opened_at=case.opened,
            acknowledged_at=case.accepted,
            ack_due_at=case.ack_due,
            contact_due_at=case.contact_due,
            contacted_at=case.contacted,
            due_at=case.due,
            overdue_at=case.overdue,
            replied_at=case.replied,
            closed_at=case.closed,
            closed_how=case.how,
            closing_rating=case.rating,
            cause=case.cause,
            action_taken=case.action,
            reply_text=case.reply,
            reopened_count=case.reopened,
            contacts_count=case.contacts,
            routing_rule=case.routed,
        )

    def _write_round(self, case: Case, this: Handling) -> None:
        window = self.known.windows[case.verified_by]
        self.rounds.add(
            issue_id=case.key,
            number=this.number,
            rework=this.number > 1,
            company_id=case.site.company.key,
            unit_id=this.place.key,
            owner_id=this.owner,
            started_at=this.start,
            due_at=this.due,
            first_due_at=this.first_due,
            closure_due_at=case.site.clock.window(window, this.due)[1],
            cause_at=this.replied,
            action_at=this.replied,
            replied_at=this.replied,
            confirmed_at=this.confirmed,
            closed_at=this.closed,
            outcome=this.outcome,
        )
