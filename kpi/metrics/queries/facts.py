"""Which facts make up an indicator of a month: the one definition behind the computed counts and behind their rows.

Every condition is one a database can answer for a whole group at once, and holds for a given cut-off for ever: facts
are only appended, and a round keeps the times of its steps.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from feedback.intake.enums import Source
from feedback.intake.models import Record
from feedback.issues.models import IssuePause, Round
from kpi.metrics.enums import Answered
from kpi.metrics.periods import FREEZE_AFTER, Month

SAME_ANSWER = timedelta(hours=24)
"""within this time the last answer of one customer for one order counts (M01)"""
REOPENED = "reopened"


@dataclass(frozen=True)
class Window:
    """A month as it was known at the cut-off."""

    month: Month
    cut_off_at: datetime

    @classmethod
    def of(cls, month: Month, at: datetime) -> "Window":
        """The month as known at `at`; from its freezing on nothing more is booked (C4)."""
        return cls(month, min(at, month.freezes_at))


# ---- M01 ---------------------------------------------------------------------------------------------------------


def booked_in_time(window: Window) -> Q:
    """Records of events of the month that were there before it froze."""
    month = window.month
    return Q(
        occurred_at__gte=month.start,
        occurred_at__lt=month.end,
        submitted_at__lte=window.cut_off_at,
        submitted_at__lt=month.freezes_at,
    )


def booked_late(window: Window) -> Q:
    """C4: records handed in during the month for an earlier one that was frozen already."""
    month = window.month
    frozen = Q(submitted_at__gte=month.start + FREEZE_AFTER) | Q(occurred_at__lt=month.shifted(-1).start)
    return frozen & Q(
        submitted_at__gte=month.start,
        submitted_at__lt=month.end,
        submitted_at__lte=window.cut_off_at,
        occurred_at__lt=month.start,
    )


def booked(window: Window) -> QuerySet[Record]:
    """Every record the month answers for, rated or not."""
    return Record.objects.filter(booked_in_time(window) | booked_late(window))


def typed_by(mode: str) -> Q:
    """Answers the customer typed, or those staff wrote down (counter, door, call-back, import)."""
    own = Q(source=Source.CUSTOMER)
    return own if mode == Answered.CUSTOMER else ~own


def replaced(window: Window, mode: str, *, within: QuerySet[Record] | None = None) -> Q:
    """Answers of `mode` that the same customer replaced for the same order within 24 hours (M01).

    `within` narrows where successors are looked for. The condition is for records of `mode`, it does not select them.
    """
    successors = (Record.objects.all() if within is None else within).filter(
        typed_by(mode),
        Q(occurred_at__gt=OuterRef("occurred_at")) | Q(occurred_at=OuterRef("occurred_at"), pk__gt=OuterRef("pk")),
        order=OuterRef("order"),
        customer=OuterRef("customer"),
        rating__isnull=False,
        occurred_at__lte=OuterRef("occurred_at") + SAME_ANSWER,
        submitted_at__lte=window.cut_off_at,
    )
    return Q(order__isnull=False, customer__isnull=False) & Q(Exists(successors))


# ---- M11, M15 ----------------------------------------------------------------------------------------------------


def paused_at(moment: datetime) -> Q:
    """Rounds without an answer whose clock stands still at `moment`: their limit has not come (metrics 0.5)."""
    standing = IssuePause.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=moment),
        issue=OuterRef("issue"),
        started_at__lte=moment,
        started_at__lt=OuterRef("due_at"),
    )
    return (Q(replied_at=None) | Q(replied_at__gt=moment)) & Q(Exists(standing))


def due(window: Window) -> QuerySet[Round]:
    """M11: rounds whose answer fell due in the month and by the cut-off (C2), exempt ones included."""
    return Round.objects.filter(_within("due_at", window)).exclude(paused_at(window.cut_off_at))


def closure_due(window: Window) -> QuerySet[Round]:
    """M15: rounds whose verified closure fell due in the month and by the cut-off, exempt ones included."""
    return Round.objects.filter(_within("closure_due_at", window)).exclude(paused_at(window.cut_off_at))


def _within(name: str, window: Window) -> Q:
    month = window.month
    return Q(
        **{f"{name}__gte": month.start, f"{name}__lt": month.end, f"{name}__lte": window.cut_off_at},
    )


EXEMPT = ~Q(exempt_reason="")
ON_TIME = Q(exempt_reason="", replied_at__lte=F("due_at"))
MOVED = Q(exempt_reason="", due_at__gt=F("first_due_at"))
CLOSED_LOOP = Q(
    exempt_reason="",
    cause_at__lte=F("closure_due_at"),
    action_at__lte=F("closure_due_at"),
    replied_at__lte=F("closure_due_at"),
    confirmed_at__lte=F("closure_due_at"),
)
FORMALLY_CLOSED = Q(exempt_reason="", closed_at__lte=F("closure_due_at")) & ~Q(outcome=REOPENED)
"""closed by status; a round that ended because the customer said unsolved was never closed"""
