"""Reads of orders that verbs and pages share."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from cxorders.customers.models import Customer, Premises
from cxorders.kit.worktime import CalendarYearMissing, WorkCalendar
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import calendar_for
from touchpoints.orders import promises
from touchpoints.orders.enums import (
    CALLBACK_DEPARTMENTS,
    CALLBACK_PROCESS,
    OPEN_STAGE_STATES,
    OrderState,
    StageState,
)
from touchpoints.orders.models import Order, OrderType, Stage, StageType
from touchpoints.orders.promises import Promise

IS_CALLBACK = Q(stage_type__process__code=CALLBACK_PROCESS, stage_type__department_code__in=CALLBACK_DEPARTMENTS)

MOST_KEPT = 20_000
"""forecasts kept by one `Calendars`"""


def is_callback(stage_type: StageType) -> bool:
    """Whether the stage is a call-back after the service, planned by the call-back room and not waited for (O12)."""
    process = stage_type.process
    return (
        process is not None and process.code == CALLBACK_PROCESS and stage_type.department_code in CALLBACK_DEPARTMENTS
    )


def is_per_household(stage_type: StageType) -> bool:
    """Whether a contract does this stage household by household (marked so in the catalogue)."""
    return "per-household sub-record" in stage_type.guards or stage_type.en.endswith("per household")


def stages_of(order: Order) -> list[Stage]:
    """Every stage of the order, rounds in order, with what promises and pages need of it."""
    rows = Stage.objects.filter(order=order).select_related(
        "stage_type__process", "stage_type__touchpoint", "stage_type__standard", "unit", "assignee"
    )
    stages = list(rows.order_by("round", "seq", "pk"))
    for stage in stages:
        stage.order = order
    return stages


def promise_of(stage: Stage) -> Promise:
    """The promise frozen for the stage."""
    return Promise(stage.promise_kind, stage.promise_value, stage.promise_unit)


def departments_of(company: Unit) -> dict[str, Unit]:
    """Department code → the department of `company` that answers for it."""
    rows = Unit.objects.filter(company=company, kind=UnitKind.DEPARTMENT, closed_on=None).order_by("-path")
    return {unit.department_code: unit for unit in rows if unit.department_code}


class Calendars:
    """Working calendars of units, looked up once each."""

    def __init__(self) -> None:
        self._known: dict[int, WorkCalendar] = {}
        self._ends: dict[tuple[str, str, str, int, datetime], datetime] = {}

    def of(self, unit: Unit) -> WorkCalendar:
        """The calendar of `unit` (its own windows or the nearest above)."""
        if unit.pk not in self._known:
            self._known[unit.pk] = calendar_for(unit)
        return self._known[unit.pk]

    def forecast(self, stage: Stage, start: datetime) -> datetime:
        """When `stage` should end by its frozen promise if it starts at `start`. CalendarYearMissing.

        Kept: stages of many orders begin at the same close of business, and each asks again and again.
        """
        promised = (stage.promise_kind, stage.promise_unit, repr(stage.promise_value), stage.unit_id, start)
        end = self._ends.get(promised)
        if end is None:
            if len(self._ends) >= MOST_KEPT:
                self._ends.clear()
            end = self._ends[promised] = promises.forecast(promise_of(stage), start, self.of(stage.unit))
        return end


def expected_finish(stages: list[Stage], at: datetime, calendars: Calendars) -> datetime | None:
    """When the service stages still to come should be over, seen from `at`; None where a holiday table is missing.

    Open and failed stages end when due, or now if that is past; optional stages count only if decided.
    """
    cursor = at
    try:
        for stage in stages:
            if is_callback(stage.stage_type) or stage.state in (StageState.DONE, StageState.SKIPPED):
                continue
            if stage.state == StageState.PENDING:
                if stage.stage_type.optional and not stage.needed:
                    continue
                cursor = calendars.forecast(stage, cursor)
                if stage.order.parent_id is not None and stage.forecast_at is not None:
                    cursor = max(cursor, stage.forecast_at)  # a household is never through before its contract
            else:
                cursor = max(stage.due_at or at, cursor)
    except CalendarYearMissing:
        return None
    return cursor


def open_stages(user: User) -> QuerySet[Stage]:
    """The work in front of a person: open stages the person sees by unit or assignment, most urgent first.

    Call-backs are worked from their own queue. The own stages of the person come before those of colleagues.
    """
    return (
        Stage.objects.visible_to(user)
        .filter(state__in=OPEN_STAGE_STATES, order__state=OrderState.RUNNING)
        .exclude(IS_CALLBACK)
        .filter(Q(assignee=None) | Q(assignee=user))
        .select_related("order__customer", "order__premises", "order__order_type", "stage_type__touchpoint", "unit")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )


def duplicates_of(customer: Customer | None, premises: Premises | None, order_type: OrderType) -> Order | None:
    """An order of the same type still moving for the same customer at the same address (O2), or None."""
    if customer is None:
        return None
    moving = (OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED)
    rows = Order.objects.filter(
        customer_id__in=customer.keys, premises=premises, order_type=order_type, state__in=moving
    )
    return rows.order_by("-created_at", "-pk").first()


def held_stages(user: User) -> QuerySet[Stage]:
    """Stages that wait for `user` personally: assigned, not over, in an order that moves."""
    states = (StageState.PENDING, StageState.FAILED, *OPEN_STAGE_STATES)
    moving = (OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED)
    return Stage.objects.filter(assignee=user, state__in=states, order__state__in=moving)


def held_orders(user: User) -> QuerySet[Order]:
    """Orders that are not over and for which `user` was asked first."""
    states = (OrderState.DRAFT, OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED)
    return Order.objects.filter(owner=user, state__in=states)
