"""Slots of the day, permitted hours and the next try of a call-back (CB-03, C6, C7). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cxorders.kit.worktime import WorkCalendar
from feedback.callbacks.enums import Slot

CALLS_FROM, CALLS_UNTIL = time(9), time(20)
"""nobody is called earlier or later (catalogue `calendar.quiet_hours`)"""
NOON, EVENING_FROM = time(12), time(18)
TRIES_BEFORE_GIVING_UP = 3
SLOTS_BEFORE_GIVING_UP = 2
LATE_SLOTS = frozenset({Slot.EVENING, Slot.WEEKEND})
SEARCH_DAYS = 16
"""longer than the longest public holiday"""

OPENINGS = ((Slot.AM, time(9, 30)), (Slot.NOON, time(12)), (Slot.PM, time(14)), (Slot.EVENING, EVENING_FROM))
WEEKEND_OPENINGS = ((Slot.WEEKEND, time(10)),)


@dataclass(frozen=True)
class Try:
    """One try to reach the customer: when, and in which slot."""

    at: datetime
    slot: str


def permitted(at: datetime, calendar: WorkCalendar) -> bool:
    """Whether a customer may be called at `at`: from 09:00, before 20:00, local time."""
    return CALLS_FROM <= at.astimezone(calendar.tz).time() < CALLS_UNTIL


def slot_of(at: datetime, calendar: WorkCalendar) -> Slot:
    """The slot of `at`: any hour of a day off is weekend; a working day has morning, noon, afternoon, evening.

    The gap of the catalogue between 17:30 and 18:00 belongs to the afternoon.
    """
    local = at.astimezone(calendar.tz)
    if not calendar.is_working_day(local.date()):
        return Slot.WEEKEND
    clock = local.time()
    if clock < time(11, 30):
        return Slot.AM
    if clock < time(14):
        return Slot.NOON
    return Slot.PM if clock < EVENING_FROM else Slot.EVENING


def half_day(at: datetime, calendar: WorkCalendar) -> tuple[int, int]:
    """Local day and half of it (0 before noon, 1 until 18:00, 2 evening); two tries may not share one."""
    local = at.astimezone(calendar.tz)
    half = 0 if local.time() < NOON else 1 if local.time() < EVENING_FROM else 2
    return local.toordinal(), half


def may_follow(last: Try, at: datetime, calendar: WorkCalendar) -> bool:
    """Whether a further try at `at` is in another slot and another half-day than the last one (CB-03)."""
    other_slot = slot_of(at, calendar) != last.slot
    return other_slot and half_day(at, calendar) != half_day(last.at, calendar)


def is_exhausted(tries: Sequence[Try], *, message_left: bool) -> bool:
    """C7: three tries, at least two slots, one of them evening or weekend, and a message left."""
    slots = {attempt.slot for attempt in tries}
    return (
        len(tries) >= TRIES_BEFORE_GIVING_UP
        and len(slots) >= SLOTS_BEFORE_GIVING_UP
        and bool(slots & LATE_SLOTS)
        and message_left
    )


def next_try(tries: Sequence[Try], calendar: WorkCalendar) -> Try:
    """The next try the rule suggests after the last of `tries`: another slot and half-day, the third late (C6).

    The earliest such moment; with two misses and none in the evening or on a day off, one of these.
    """
    last = tries[-1]
    needs_late = len(tries) >= TRIES_BEFORE_GIVING_UP - 1 and not LATE_SLOTS & {attempt.slot for attempt in tries}
    for candidate in _openings(last.at, calendar):
        if needs_late and candidate.slot not in LATE_SLOTS:
            continue
        if may_follow(last, candidate.at, calendar):
            return candidate
    return Try(last.at + timedelta(days=1), last.slot)


def _openings(after: datetime, calendar: WorkCalendar) -> Iterator[Try]:
    """The slots that open later than `after`, in order."""
    day = after.astimezone(calendar.tz).date()
    for offset in range(SEARCH_DAYS):
        date = day + timedelta(days=offset)
        for slot, clock in OPENINGS if calendar.is_working_day(date) else WEEKEND_OPENINGS:
            at = datetime.combine(date, clock, calendar.tz)
            if at > after:
                yield Try(at, slot)
