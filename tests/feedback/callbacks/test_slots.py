"""Slots, half-days, permitted hours and the next try (CB-03, C6, C7)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxorders.kit.worktime import WorkCalendar
from feedback.callbacks.enums import Slot
from feedback.callbacks.slots import (
    LATE_SLOTS,
    Try,
    half_day,
    is_exhausted,
    may_follow,
    next_try,
    permitted,
    slot_of,
)

OFFICE = WorkCalendar("Asia/Shanghai", {day: [("08:30", "12:00"), ("13:30", "17:30")] for day in range(5)})


def at(text: str) -> datetime:
    """A local moment of the week of Monday 14 September 2026: "Mon 10:00"."""
    day, clock = text.split()
    number = 14 + ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].index(day)
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 9, number, hour, minute, tzinfo=OFFICE.tz)


def tried(*moments: str) -> list[Try]:
    return [Try(at(moment), slot_of(at(moment), OFFICE)) for moment in moments]


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        ("Mon 09:00", Slot.AM),
        ("Mon 11:29", Slot.AM),
        ("Mon 11:30", Slot.NOON),
        ("Mon 13:59", Slot.NOON),
        ("Mon 14:00", Slot.PM),
        ("Mon 17:45", Slot.PM),
        ("Mon 18:00", Slot.EVENING),
        ("Sat 10:00", Slot.WEEKEND),
        ("Sun 19:00", Slot.WEEKEND),
    ],
)
def test_each_hour_has_its_slot(moment: str, slot: Slot) -> None:
    assert slot_of(at(moment), OFFICE) is slot


@pytest.mark.parametrize(
    ("moment", "allowed"), [("Mon 08:59", False), ("Mon 09:00", True), ("Sun 19:59", True), ("Mon 20:00", False)]
)
def test_customers_are_called_from_nine_to_eight(moment: str, allowed: bool) -> None:
    assert permitted(at(moment), OFFICE) is allowed


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        ("Mon 10:00", "Mon 10:40", False),  # same slot
        ("Mon 10:00", "Tue 10:00", False),  # same slot, another day
        ("Mon 11:00", "Mon 11:45", False),  # another slot, same half-day
        ("Mon 10:00", "Mon 12:30", True),
        ("Mon 10:00", "Mon 15:00", True),
        ("Mon 15:00", "Mon 18:30", True),
        ("Mon 15:00", "Tue 09:30", True),
        ("Sat 10:00", "Sun 16:00", False),  # both weekend
        ("Fri 10:00", "Sat 10:00", True),
    ],
)
def test_a_second_try_needs_another_slot_and_another_half_day(first: str, second: str, allowed: bool) -> None:
    assert may_follow(tried(first)[0], at(second), OFFICE) is allowed


@pytest.mark.parametrize(
    ("moments", "message_left", "exhausted"),
    [
        (("Mon 10:00", "Mon 15:00", "Tue 18:30"), True, True),
        (("Mon 10:00", "Mon 15:00", "Tue 18:30"), False, False),  # no message left
        (("Mon 10:00", "Mon 15:00"), True, False),  # two tries
        (("Mon 10:00", "Mon 15:00", "Tue 10:00"), True, False),  # neither evening nor weekend
        (("Sat 10:00", "Sat 15:00", "Sun 10:00"), True, False),  # one slot
        (("Mon 10:00", "Tue 15:00", "Sat 10:00"), True, True),
    ],
)
def test_unreachable_needs_three_tries_two_slots_a_late_one_and_a_message(
    moments: tuple[str, ...], message_left: bool, exhausted: bool
) -> None:
    assert is_exhausted(tried(*moments), message_left=message_left) is exhausted


@pytest.mark.parametrize(
    ("moments", "suggestion"),
    [
        (("Mon 10:00",), ("Mon 12:00", Slot.NOON)),
        (("Mon 15:00",), ("Mon 18:00", Slot.EVENING)),
        (("Mon 19:00",), ("Tue 09:30", Slot.AM)),
        (("Mon 10:00", "Mon 15:00"), ("Mon 18:00", Slot.EVENING)),
        (("Thu 10:00", "Fri 19:30"), ("Sat 10:00", Slot.WEEKEND)),
        (("Thu 10:00", "Fri 15:00"), ("Fri 18:00", Slot.EVENING)),
    ],
)
def test_the_rule_suggests_the_next_try(moments: tuple[str, ...], suggestion: tuple[str, Slot]) -> None:
    found = next_try(tried(*moments), OFFICE)

    assert (found.at, found.slot) == (at(suggestion[0]), suggestion[1])


@given(st.integers(0, 6 * 24 * 60), st.integers(0, 2))
def test_a_suggested_try_is_always_allowed_and_soon(minutes: int, earlier: int) -> None:
    first = at("Mon 09:00") + timedelta(minutes=minutes)
    tries = [Try(first - timedelta(days=2), Slot.AM)] * earlier + [Try(first, slot_of(first, OFFICE))]

    found = next_try(tries, OFFICE)

    assert may_follow(tries[-1], found.at, OFFICE)
    assert permitted(found.at, OFFICE)
    assert slot_of(found.at, OFFICE) == found.slot
    assert timedelta() < found.at - first <= timedelta(days=4)
    if earlier == 2:
        assert found.slot in LATE_SLOTS or LATE_SLOTS & {attempt.slot for attempt in tries}


def test_the_halves_of_a_day_are_morning_afternoon_and_evening() -> None:
    halves = [half_day(at(moment), OFFICE)[1] for moment in ("Mon 11:59", "Mon 12:00", "Mon 17:59", "Mon 18:00")]

    assert halves == [0, 1, 1, 2]
