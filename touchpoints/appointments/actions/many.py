"""Agreeing many visits at once, for imports: every rule of `book_appointment`, asked of a chunk and not of each row."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cxorders.journal.models import Entry
from cxorders.kit.errors import BusinessError
from cxorders.kit.inserting import pour
from touchpoints.appointments.actions.booking import (
    Agreed,
    WrongCrew,
    after_deadline,
    book_appointment,
    drafted,
    following,
    noting,
    require_window,
)
from touchpoints.appointments.actions.places import HalfDays
from touchpoints.appointments.enums import Window
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.reads import crews_of
from touchpoints.orders.actions.appointing import agree, held_with_stages, store_agreed
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Stage
from touchpoints.orders.queries import Calendars

Outcome = Appointment | BusinessError
AT_ONCE = 500


@transaction.atomic
def book_many(wanted: Sequence[tuple[Stage, Agreed]], *, at: datetime) -> list[Outcome]:
    """What `book_appointment` would do for each of `wanted`, in order, by the system: the appointment, or its refusal.

    A constant number of queries, however many are wanted. What is rare goes by the verb
    itself: a stage that failed starts again (O9), a stage that is named twice.
    Effects, in order: places of half-days; appointments; agreed times of the stages and expectations of their orders;
    journal.
    """
    return _Booking(wanted, at).run()


class _Booking:
    """One call of `book_many`: what is locked, what was decided so far."""

    def __init__(self, wanted: Sequence[tuple[Stage, Agreed]], at: datetime) -> None:
        self.wanted, self.at = wanted, at
        self.held = held_with_stages(stage.order_id for stage, _agreed in wanted)
        self.stages = {stage.pk: stage for stages in self.held.values() for stage in stages}
        self.earlier: dict[int, list[Appointment]] = defaultdict(list)
        keys = [stage.pk for stage, _agreed in wanted]
        for row in Appointment.objects.filter(stage__in=keys).order_by("pk"):
            self.earlier[row.stage_id].append(row)
        self.crews: dict[int, set[int]] = {}
        self.calendars = Calendars()

    def run(self) -> list[Outcome]:
        found: dict[int, Outcome] = {}
        windows: dict[int, Window] = {}
        long_way: list[int] = []
        seen: set[int] = set()
        for place, (stage, agreed) in enumerate(self.wanted):
            if stage.pk in seen or self.stages[stage.pk].state == StageState.FAILED:
                long_way.append(place)
                continue
            seen.add(stage.pk)
            try:
                windows[place] = self._window(self.stages[stage.pk], agreed)
            except BusinessError as refusal:
                found[place] = refusal
        self._store(self._drafts(windows, found))
        for place in long_way:
            found[place] = self._one(*self.wanted[place])
        return [found[place] for place in range(len(self.wanted))]

    def _one(self, stage: Stage, agreed: Agreed) -> Outcome:
        """The verb itself: for a stage that failed, and for the second row about one stage."""
        try:
            return book_appointment(self.stages[stage.pk], by=None, at=self.at, agreed=agreed)
        except BusinessError as refusal:
            return refusal

    def _window(self, stage: Stage, agreed: Agreed) -> Window:
        following(stage, self.earlier[stage.pk])
        window = require_window(agreed, self.at)
        if agreed.crew.pk not in self._crews(stage):
            raise WrongCrew(field="crew")
        return window

    def _crews(self, stage: Stage) -> set[int]:
        if stage.unit_id not in self.crews:
            self.crews[stage.unit_id] = {crew.pk for crew in crews_of(stage)}
        return self.crews[stage.unit_id]

    def _drafts(self, windows: dict[int, Window], found: dict[int, Outcome]) -> list[Appointment]:
        """Appointments in places that are left, in order; put into `found` beside what is refused."""
        slots = {place: (self.wanted[place][1].crew, self.wanted[place][1].day, w.half) for place, w in windows.items()}
        days = HalfDays(slots.values())
        days.count()
        drafts = []
        for place, (crew, day, half) in slots.items():
            try:
                days.require((crew.pk, day, half))
                draft = self._draft(*self.wanted[place], windows[place])
            except BusinessError as refusal:
                found[place] = refusal
                continue
            days.take((crew.pk, day, half))
            found[place] = draft
            drafts.append(draft)
        return drafts

    def _draft(self, stage: Stage, agreed: Agreed, window: Window) -> Appointment:
        stage = self.stages[stage.pk]
        last, visit = following(stage, self.earlier[stage.pk])
        draft = drafted(stage, agreed, window, by=None, at=self.at, follows=last, visit=visit)
        agree(stage, at=self.at, appointed_at=draft.starts_at, until=draft.ends_at, calendars=self.calendars)
        return draft

    def _store(self, drafts: list[Appointment]) -> None:
        Appointment.objects.bulk_create(drafts, batch_size=AT_ONCE)
        stages = [self.stages[draft.stage_id] for draft in drafts]
        told = store_agreed(stages, self.held, at=self.at, calendars=self.calendars)
        entries: list[Entry] = []
        for draft, entry in zip(drafts, told, strict=True):
            late = after_deadline(draft.follows, draft)
            booked = noting(draft, "appointment.booked", by=None, at=self.at, visit=draft.visit, late=late)
            entries += [entry, booked]
        pour(entries)
