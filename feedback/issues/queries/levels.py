"""How long each level held an issue in the present round, out of the journal (the level clock of the issue page)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxorders.journal.models import Entry
from feedback.issues.enums import IssueState
from feedback.issues.models import Issue
from feedback.issues.queries.due import DueClock

FRONT, DISPATCH, WAITING, WORK, PAUSED, LEFT = "front", "dispatch", "waiting", "work", "paused", "left"
COLOUR = {FRONT: "a", DISPATCH: "b", WAITING: "a", WORK: "c", PAUSED: "pause", LEFT: "left"}

NEXT_PHASE = {
    "issue.opened": FRONT,
    "issue.triaged": DISPATCH,
    "issue.dispatched": WAITING,
    "issue.accepted": WORK,
    "issue.paused": PAUSED,
    "issue.resumed": WORK,
    "issue.reopened": WAITING,
}
"""which phase a journal row starts; a reply ends the last one"""


@dataclass(frozen=True)
class Segment:
    """A stretch in one phase: length on the clock of the issue, in minutes."""

    phase: str
    begin: datetime
    end: datetime
    minutes: float

    @property
    def kind(self) -> str:
        """Colour class of the bar."""
        return COLOUR[self.phase]


@dataclass(frozen=True)
class LevelClock:
    """The bar of a round: segments, where now is, the marks of 50, 80 and 100 percent, and sums per phase."""

    segments: list[Segment]
    now: float | None
    """percent of the bar; None when the answer is given"""
    marks: list[tuple[int, float]]
    """percent of the limit → percent of the bar"""
    sums: dict[str, timedelta]
    used: timedelta
    limit: timedelta


def level_clock(issue: Issue, clock: DueClock, entries: Sequence[Entry], *, at: datetime) -> LevelClock:
    """The level clock of the present round as of `at`; `entries` are the journal rows of the issue, newest first."""
    segments = _segments(issue, clock, entries, at)
    used = [segment for segment in segments if segment.phase != PAUSED]
    spent = timedelta(minutes=sum(segment.minutes for segment in used))
    running = issue.replied_at is None and issue.state != IssueState.PENDING_CUSTOMER
    left = max(clock.left, timedelta()) if issue.replied_at is None else timedelta()
    limit = spent + clock.left
    if left:
        segments.append(Segment(LEFT, at, clock.due_at, left.total_seconds() / 60))
    total = sum(segment.minutes for segment in segments) or 1.0
    done = total - left.total_seconds() / 60
    sums: dict[str, timedelta] = {}
    for segment in segments:
        if segment.phase != LEFT:
            sums[segment.phase] = sums.get(segment.phase, timedelta()) + timedelta(minutes=segment.minutes)
    marks = [
        (percent, _place(segments, limit.total_seconds() / 60 * percent / 100, total)) for percent in (50, 80, 100)
    ]
    return LevelClock(segments, done / total * 100 if running else None, marks, sums, spent, limit)


def _segments(issue: Issue, clock: DueClock, entries: Sequence[Entry], at: datetime) -> list[Segment]:
    """The phases from the start of the round to its answer or to now, in order."""
    until = min(issue.replied_at or at, at) if issue.replied_at else at
    turns = [
        (entry.at, NEXT_PHASE[entry.verb])
        for entry in reversed(entries)
        if entry.verb in NEXT_PHASE and clock.start <= entry.at <= until
    ]
    turns = turns or [(clock.start, WORK)]  # brought in from elsewhere, without a story
    ends = [*(begin for begin, _phase in turns[1:]), until]
    segments = []
    for (begin, phase), end in zip(turns, ends, strict=True):
        length = clock.calendar.elapsed(begin, end) if clock.working else end - begin
        minutes = length.total_seconds() / 60
        if minutes > 0:
            segments.append(Segment(phase, begin, end, minutes))
    return segments


def _place(segments: list[Segment], wanted: float, total: float) -> float:
    """Percent of the bar at which `wanted` minutes of counted time have passed; pauses take room but no time."""
    counted = passed = 0.0
    for segment in segments:
        if segment.phase != PAUSED:
            if counted + segment.minutes >= wanted:
                return min((passed + wanted - counted) / total * 100, 100.0)
            counted += segment.minutes
        passed += segment.minutes
    return 100.0
