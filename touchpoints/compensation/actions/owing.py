"""How a compensation comes into being, and how an exemption granted later ends it."""

import logging
from datetime import datetime

from django.db import IntegrityError, transaction

from cxorders.kit.errors import Stale
from cxorders.kit.promise_clock import due_at
from cxorders.kit.states import move
from cxorders.kit.worktime import CalendarYearMissing
from touchpoints.compensation.enums import (
    COMPENSATION_TRANSITIONS,
    EXEMPTED_EN,
    EXEMPTED_ZH,
    MOST_TEXT,
    PAY_WITHIN_DAYS,
    CompensationState,
)
from touchpoints.compensation.models import Compensation
from touchpoints.compensation.queries import Candidate, candidates, is_exempted
from touchpoints.orders.actions.flow import hold, note
from touchpoints.orders.models import Stage
from touchpoints.orders.queries.journey import is_late
from touchpoints.promises.models import Exemption

log = logging.getLogger(__name__)


def sweep_due(at: datetime) -> int:
    """Sweep: every broken promise the company pays for owes its customer a compensation; returns how many are new.

    Which terms count depends on the day of the breach alone, so a sweep after days of downtime gives the same rows.
    A breach whose deadline reaches a year without a holiday table waits for the table. Running it twice changes
    nothing, two at once give one row.
    """
    made = 0
    for candidate in candidates(at):
        try:
            deadline = due_at(candidate.broken_at, PAY_WITHIN_DAYS, "WD", candidate.calendar)
        except CalendarYearMissing as missing:
            log.warning("compensation of stage %s waits for the holidays of %s", candidate.stage_id, missing.year)
            continue
        made += _owe(candidate, deadline, at)
    return made


@transaction.atomic
def _owe(candidate: Candidate, deadline: datetime, at: datetime) -> bool:
    """One row, where the promise is still broken and not exempted now that the order is held.

    Effects, in order: the row; journal `compensation.due`.
    """
    stage = Stage.objects.select_related("stage_type", "unit").get(pk=candidate.stage_id)
    stage.order = hold(stage.order_id)
    stage.refresh_from_db(fields=["state", "due_at", "ended_at"])
    if stage.due_at != candidate.broken_at or not is_late(stage, at) or is_exempted(stage):
        return False
    owed = Compensation(
        company_id=stage.company_id, unit_id=stage.unit_id, stage=stage, terms=candidate.terms,
        amount=candidate.terms.amount, broken_at=candidate.broken_at, due_at=deadline, created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            owed.save(force_insert=True)
    except IntegrityError:
        return False  # another sweep was first
    note(
        stage, "compensation.due", by=None, at=at,
        compensation=owed.number, amount=str(owed.amount), due_at=deadline.isoformat(),
    )  # fmt: skip
    return True


@transaction.atomic
def end_exempted(exemption: Exemption, *, at: datetime) -> Compensation | None:
    """due → refused, by the system, because the level above exempted the breach; one that was paid stays paid.

    Effects: journal `compensation.refused`. Returns the compensation it ended.
    """
    stage = Stage.objects.select_related("stage_type", "unit").get(pk=exemption.stage_id)
    stage.order = hold(stage.order_id)  # a sweep that is making the row is over after this
    owed = Compensation.objects.filter(stage=stage, state=CompensationState.DUE).first()
    if owed is None:
        return None
    said = f"{exemption.get_reason_display()}：{exemption.text}"[:MOST_TEXT]
    try:
        move(
            owed, CompensationState.REFUSED, table=COMPENSATION_TRANSITIONS,
            refused_zh=EXEMPTED_ZH, refused_en=EXEMPTED_EN, text=said, ended_at=at, ended_by=None,
        )  # fmt: skip
    except Stale:
        return None  # paid a moment before
    note(stage, "compensation.refused", by=None, at=at, compensation=owed.number, text=said)
    return owed
