"""Wall-clock readings, windows of them, and instants, also where summer time begins or ends. Pure.

An instant is an integer: microseconds since 1970-01-01 UTC. A reading is a naive datetime in some zone. When clocks
jump forward, readings are skipped (is_skipped); when they go back, readings come twice (fold 0, then fold 1).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from re import compile as pattern

Pair = tuple[str, str]
Minutes = tuple[tuple[int, int], ...]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND = 1_000_000
DAY_MINUTES = 24 * 60
_CLOCK = pattern(r"([01]\d|2[0-3]):([0-5]\d)")


def aware(at: datetime) -> datetime:
    """`at` itself. ValueError when it has no time zone."""
    if at.utcoffset() is None:
        raise ValueError(f"{at!r} has no time zone")
    return at


def ticks(at: datetime) -> int:
    """The instant of the aware datetime `at`."""
    return (aware(at) - EPOCH) // TICK


def moment(tz: tzinfo, at: int) -> datetime:
    """The instant `at` as an aware datetime in `tz`."""
    return (EPOCH + at * TICK).astimezone(tz)


def instant(tz: tzinfo, day: date, minute: int) -> int:
    """The first instant at which the clock in `tz` has reached `minute` minutes after 00:00 of `day`.

    The first pass of a repeated reading; the jump itself for a skipped one. So it never decreases with `minute`.
    """
    reading = datetime.combine(day, time()) + timedelta(minutes=minute)
    return jump(tz, reading) if is_skipped(tz, reading) else ticks(reading.replace(tzinfo=tz))


def is_skipped(tz: tzinfo, reading: datetime) -> bool:
    """Whether clocks in `tz` jump over `reading` (PEP 495: its offset grows between fold 0 and fold 1)."""
    return _offset(tz, reading, 0) < _offset(tz, reading, 1)


def jump(tz: tzinfo, reading: datetime) -> int:
    """The instant at which clocks jump over the skipped `reading`, found by bisection to the second."""
    before, after = _offset(tz, reading, 0), _offset(tz, reading, 1)
    early, late = (ticks((reading - offset).replace(tzinfo=UTC)) // SECOND for offset in (after, before))
    while late - early > 1:
        middle = (early + late) // 2
        if moment(tz, middle * SECOND).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late * SECOND


def windows_of(pairs: Iterable[Pair], where: str) -> Minutes:
    """Pairs ("08:30", "12:00") as pairs of minutes after 00:00.

    ValueError names `where` and what is wrong: a reading that is none, an end before its start, overlap, order.
    """
    windows = tuple(_window(pair, where) for pair in pairs)
    for (_, closes), (opens, _) in pairwise(windows):
        if opens < closes:
            raise ValueError(f"{where}: windows overlap or are not in order")
    return windows


def _window(pair: Pair, where: str) -> tuple[int, int]:
    if isinstance(pair, str) or len(pair) != 2:
        raise ValueError(f"{where}: {pair!r} is not a pair of clock times")
    opens, closes = _minute(pair[0], where), DAY_MINUTES if pair[1] == "24:00" else _minute(pair[1], where)
    if opens >= closes:
        raise ValueError(f"{where}: {pair[0]} does not come before {pair[1]}")
    return opens, closes


def _minute(clock: str, where: str) -> int:
    match = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    if match is None:
        raise ValueError(f"{where}: {clock!r} is not a clock time from 00:00 to 23:59 (24:00 only as an end)")
    return int(match[1]) * 60 + int(match[2])


def _offset(tz: tzinfo, reading: datetime, fold: int) -> timedelta:
    return reading.replace(tzinfo=tz, fold=fold).utcoffset() or timedelta()
