"""What an order looks like the moment it is laid out: stages, units, frozen promises, forecasts, clocks (O2, O5).

Rules only: nothing here reads or writes the database. Verbs use them for one order, an import for a thousand at once,
so that an order that came in bulk is the order the verbs would have made.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from cxorders.kit.worktime import CalendarYearMissing
from cxorders.organisation.models import Unit
from touchpoints.orders import promises
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Order, Stage, StageType
from touchpoints.orders.promises import Promise
from touchpoints.orders.queries import Calendars, expected_finish, is_callback, promise_of


def frozen_promise(stage_type: StageType, own: Mapping[str, Any]) -> Promise:
    """The promise of a stage, `own` being the company's `own_limits` of that day: the catalogue's or a tighter one."""
    promise = Promise(stage_type.promise_kind, stage_type.promise_value, stage_type.promise_unit or "")
    standard = stage_type.standard
    if standard is None:
        return promise
    return promises.tighter(promise, own.get(standard.code, standard.value), standard.unit)


def lay_out(
    order: Order, types: Sequence[StageType], *, departments: Mapping[str, Unit], own: Mapping[str, Any]
) -> list[Stage]:
    """The stages of `order` with the unit that answers for each and its promise, not saved; nothing is decided yet."""
    stages = []
    for row in types:
        took_in = order.unit if order.unit.department_code == row.department_code else None
        promise = frozen_promise(row, own)
        stages.append(
            Stage(
                company=order.company,
                order=order,
                stage_type=row,
                seq=row.seq,
                unit=took_in or departments.get(row.department_code) or order.unit,
                promise_kind=promise.kind,
                promise_value=promise.value,
                promise_unit=promise.unit,
            )
        )
    return stages


def same_for(order: Order, laid: Sequence[Stage]) -> list[Stage]:
    """The stages `laid` out for an order of the same type, company and unit, once more for `order`; not saved.

    A copy takes a fraction of the time of a new instance, and a chunk of an import has ten thousand stages.
    """
    stages = []
    for row in laid:
        stage = copy(row)
        stage.order = order
        stages.append(stage)
    return stages


def undecided(stage: Stage) -> bool:
    """Whether an optional stage still waits for yes or no (O5)."""
    return stage.stage_type.optional and not stage.needed


def foretell(
    stages: Sequence[Stage], at: datetime, calendars: Calendars, contract: Mapping[int, datetime] | None = None
) -> None:
    """Write the forecast of each stage, as far as the holiday tables reach; call-backs follow the last service.

    `contract`: stage type → when the contract of a household should be through with a stage, never earlier than that.
    """
    cursor = at
    floor = contract or {}
    try:
        for stage in sorted(stages, key=lambda s: (is_callback(s.stage_type), s.seq)):
            if undecided(stage):
                continue
            end = calendars.forecast(stage, cursor)
            stage.forecast_at = max(end, floor.get(stage.stage_type_id, end))
            cursor = cursor if is_callback(stage.stage_type) else stage.forecast_at
    except CalendarYearMissing:
        return


def promised_finish(stages: Sequence[Stage]) -> datetime | None:
    """When the last service stage should be over; None where one of them has no forecast."""
    counted = [s for s in stages if not is_callback(s.stage_type) and (s.needed or not s.stage_type.optional)]
    ends = [stage.forecast_at for stage in counted]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def starters(pending: Sequence[Stage]) -> list[Stage]:
    """Which of the `pending` stages, in order, start together: the first and the parallel ones right behind it.

    Empty where the first waits for its decision.
    """
    if not pending or undecided(pending[0]):
        return []
    found = [pending[0]]
    for stage in pending[1:]:
        if not stage.stage_type.parallel or undecided(stage):
            break
        found.append(stage)
    return found


def due(stage: Stage, start: datetime, calendars: Calendars) -> datetime | None:
    """When `stage` is due if it starts at `start`, by its frozen promise and the moment agreed for it.

    CalendarYearMissing where the table of holidays does not reach.
    """
    return promises.due(promise_of(stage), start, calendars.of(stage.unit), stage.appointed_at)


def foresee(order: Order, stages: list[Stage], at: datetime, calendars: Calendars) -> None:
    """Write today's expectation of the finish and the nearest clock; what was promised stays as it was."""
    order.expected_at = expected_finish(stages, at, calendars)
    clocks = [order.promised_at, *(stage.due_at for stage in stages if stage.state == StageState.ACTIVE)]
    order.clock_at = min((clock for clock in clocks if clock is not None), default=None)
