"""When a running stage is at risk: the one rule for promises and lists of orders (workflows.md §11)."""

from datetime import datetime
from typing import Any

from django.db.models import F, FloatField, Func, Q

from cxorders.kit.worktime import CalendarYearMissing, WorkCalendar
from touchpoints.orders.models import Stage
from touchpoints.orders.wording import DAYS


class Epoch(Func):
    """A moment as seconds since 1970, so that databases can weigh lengths of time against each other."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        """SQLite keeps moments as text."""
        template = "((julianday(%(expressions)s) - 2440587.5) * 86400.0)"
        return self.as_sql(compiler, connection, template=template, **extra_context)


def horizon_of(now: datetime, calendar: WorkCalendar) -> datetime | None:
    """Close of business one working day from `now`; None where the holiday table does not reach."""
    try:
        return calendar.add_working_days(now, 1)
    except CalendarYearMissing:
        return None


def is_near(stage: Stage, now: datetime, horizon: datetime | None) -> bool:
    """Whether a running promise is at risk: a fifth of its time is left, or one working day of a promise in days."""
    if stage.due_at is None or stage.started_at is None:
        return False
    if horizon is not None and stage.promise_unit in DAYS and stage.due_at <= horizon:
        return True
    return (stage.due_at - now) * 5 < stage.due_at - stage.started_at


NEARNESS = {"nearness": Epoch(F("due_at")) * 4.0 + Epoch(F("started_at"))}
"""alias for `near`: 5 · (due − now) < due − start, with all columns on one side"""


def near(now: datetime, horizon: datetime | None) -> Q:
    """The condition of `is_near`, for stages with the alias NEARNESS."""
    fifth = Q(nearness__lt=5 * now.timestamp())
    return fifth if horizon is None else fifth | Q(promise_unit__in=DAYS, due_at__lte=horizon)
