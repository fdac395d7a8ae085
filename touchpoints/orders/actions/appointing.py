"""A moment agreed with the customer for a stage: for one, for a thousand at once, and taken back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from cxorders.journal.models import Entry
from cxorders.kit.errors import WrongState
from cxorders.kit.events import publish
from cxorders.kit.inserting import insert
from cxorders.kit.rewriting import rewrite
from cxorders.organisation.models import Unit, User
from touchpoints.orders.actions.flow import due_of, expect, hold_running, noting
from touchpoints.orders.actions.stages import require_work
from touchpoints.orders.enums import OPEN_STAGE_STATES, StageState
from touchpoints.orders.events import StageAppointed
from touchpoints.orders.models import Order, Stage, StageType
from touchpoints.orders.planning import foresee
from touchpoints.orders.queries import Calendars, stages_of

HANGING = ("appointed_at", "due_at", "first_due_at")
"""what an agreed moment sets on a stage"""


def agree(stage: Stage, *, at: datetime, appointed_at: datetime, until: datetime | None, calendars: Calendars) -> None:
    """Set the agreed moment on `stage` and the due time that hangs on it, in memory; see `appoint_stage`.

    Raises CalendarMissing.
    """
    stage.appointed_at = until if until is not None and stage.promise_kind == "tolerance" else appointed_at
    hangs_on_it = stage.promise_kind in ("tolerance", "ahead", "manual") and stage.started_at is not None
    if hangs_on_it:
        stage.due_at = due_of(stage, stage.started_at or at, calendars)
    stage.first_due_at = stage.first_due_at or stage.due_at
    stage.appointed_at = appointed_at


def _appointed(stage: Stage, *, by: User | None, at: datetime, reason: str = "") -> Entry:
    moment = stage.appointed_at.isoformat() if stage.appointed_at else None
    return noting(stage, "stage.appointed", by=by, at=at, appointed_at=moment, reason=reason)


@transaction.atomic
def appoint_stage(
    stage: Stage,
    *,
    by: User | None,
    at: datetime,
    appointed_at: datetime,
    until: datetime | None = None,
    reason: str = "",
) -> Stage:
    """Agree a moment with the customer, or announce one; told to the customer, so it is in the journal.

    Promises of kind tolerance, ahead and manual get their due time from it; a promise in days does not move.
    `until`: the end of the agreed window; a tolerance runs from there. Effects: journal, StageAppointed.
    Errors: NotAllowed, WrongState, and what a receiver refuses.
    """
    order = hold_running(stage)
    require_work(stage, by)
    agree(stage, at=at, appointed_at=appointed_at, until=until, calendars=Calendars())
    changed = Stage.objects.filter(pk=stage.pk, state__in=(StageState.PENDING, *OPEN_STAGE_STATES))
    if not changed.update(**{name: getattr(stage, name) for name in HANGING}):
        raise WrongState()
    insert(_appointed(stage, by=by, at=at, reason=reason.strip()))
    publish(StageAppointed(stage_id=stage.pk, appointed_at=appointed_at, at=at, by_id=by.pk if by else None))
    expect(order, stages_of(order), at=at, calendars=Calendars())
    return stage


def held_with_stages(orders: Iterable[int]) -> dict[int, list[Stage]]:
    """Orders locked until the end of the transaction → all their stages, as `stages_of` gives them. Four queries."""
    rows = Order.objects.select_for_update(of=("self",)).select_related("company", "unit")
    held = {order.pk: order for order in rows.filter(pk__in=set(orders)).order_by("pk")}
    found: dict[int, list[Stage]] = {key: [] for key in held}
    stages = list(Stage.objects.filter(order__in=held).order_by("order", "round", "seq", "pk"))
    # a few types and units shared by thousands of stages: joined, each stage would bring its own copies
    types = StageType.objects.select_related("process").in_bulk({stage.stage_type_id for stage in stages})
    units = Unit.objects.in_bulk({stage.unit_id for stage in stages})
    for stage in stages:
        stage.order, stage.stage_type, stage.unit = (
            held[stage.order_id],
            types[stage.stage_type_id],
            units[stage.unit_id],
        )
        found[stage.order_id].append(stage)
    return found


def store_agreed(
    agreed: Sequence[Stage], held: Mapping[int, list[Stage]], *, at: datetime, calendars: Calendars
) -> list[Entry]:
    """Write what `agree` set on stages out of `held` (`held_with_stages`), for the system, as `appoint_stage` would.

    Effects: stages; the expectation of their orders. Returns the journal rows, one for each stage, not written: the
    caller has rows of its own between them. No StageAppointed: the caller makes the visit itself.
    """
    rewrite(agreed, HANGING)
    _expect_all({stage.order_id for stage in agreed}, held, at=at, calendars=calendars)
    return [_appointed(stage, by=None, at=at) for stage in agreed]


def _expect_all(orders: Iterable[int], held: Mapping[int, list[Stage]], *, at: datetime, calendars: Calendars) -> None:
    changed = []
    for key in orders:
        order = held[key][0].order
        foresee(order, held[key], at, calendars)
        changed.append(order)
    rewrite(changed, ("expected_at", "clock_at"))


@transaction.atomic
def put_back_times(before: Mapping[int, Mapping[str, datetime | None]], *, at: datetime) -> None:
    """Stages (by key) get back the times they had before a moment was agreed: for an import that is taken back.

    Effects: stages; the expectation of orders that still run is counted anew.
    """
    orders = Stage.objects.order_by().filter(pk__in=before).values_list("order_id", flat=True)
    held = held_with_stages(orders)
    changed: dict[int, list[Stage]] = defaultdict(list)
    for stages in held.values():
        for stage in stages:
            if stage.pk in before:
                for name in HANGING:
                    setattr(stage, name, before[stage.pk][name])
                changed[stage.order_id].append(stage)
    rewrite([one for some in changed.values() for one in some], HANGING)
    moving = [key for key in changed if held[key][0].order.done_at is None and held[key][0].order.closed_at is None]
    _expect_all(moving, held, at=at, calendars=Calendars())
