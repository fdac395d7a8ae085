"""Orders of a test world, through the real verbs.

    order = an_order()                                       # 散户报装, accepted in company A, first stage active
    order = an_order("OT-CONTRACT-RES", company=company, by=clerk, at=MONDAY)
    stage = current_stage(order)                             # the open stage
    complete_current_stage(order, at=later)                  # with evidence for every guard
    run_to(order, "INSTALL")                                 # stages before it completed, optional ones skipped
    finish(order)                                            # every service stage over: the order is observed

Times default to working hours: the order is accepted at MONDAY, each further step takes place one hour later.
"""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cxorders.customers.actions import register_customer
from cxorders.customers.models import Customer, Premises
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.models import CalendarDay, Unit, User
from cxorders.organisation.queries import forget_calendars
from tests.factories.catalogue import order_type as the_order_type
from tests.factories.organisation import a_company, team_of
from touchpoints.orders.actions import (
    EvidenceInput,
    accept_order,
    complete_stage,
    create_order,
    decide_stage,
    skip_stage,
)
from touchpoints.orders.enums import OPEN_STAGE_STATES, StageState
from touchpoints.orders.guards import CHOICE, PHOTO, guards_of
from touchpoints.orders.models import Order, OrderType, Stage
from touchpoints.orders.queries import is_callback, stages_of

MONDAY = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
"""Monday 14 September 2026, 10:00 in Shanghai, an ordinary working week"""
HOUR = timedelta(hours=1)

_serial = count(1)


def a_customer(company: Unit | None = None, *, at: datetime = MONDAY, by: User | None = None, **more: Any) -> Customer:
    """A customer with a mobile number and one address."""
    number = next(_serial)
    values: dict[str, Any] = {
        "name": f"周{number}",
        "salutation": "周女士",
        "phone": f"139{number:08d}",
        "address": f"望江路 {number} 号 3-1202",
        **more,
    }
    return register_customer(company=company or _company(), by=by, at=at, **values)


def an_order(
    kind: OrderType | str = "OT-RETAIL-INSTALL",
    *,
    company: Unit | None = None,
    unit: Unit | None = None,
    customer: Customer | None = None,
    by: User | None = None,
    at: datetime = MONDAY,
    accepted: bool = True,
    decided: dict[str, bool] | None = None,
    **more: Any,
) -> Order:
    """An order taken in by the hall team of the company (or by the unit of `by`), accepted and running."""
    if unit is None and by is not None and by.active_grant is not None and by.active_grant.unit.company_id:
        unit = by.active_grant.unit
    company = company or (unit.company if unit is not None else None) or _company()
    customer = customer or a_customer(company, at=at)
    order = create_order(
        order_type=the_order_type(kind) if isinstance(kind, str) else kind,
        company=company,
        unit=unit or team_of(company, "D-HALL"),
        customer=customer,
        premises=more.pop("premises", None) or Premises.objects.filter(customer=customer).order_by("pk").first(),
        by=by,
        at=at,
        **more,
    )
    return accept_order(order, by=by, at=at, decided=decided) if accepted else order


def in_front(order: Order) -> tuple[Stage | None, Stage | None]:
    """The open service stage of the order, and, where none is open, the optional one that waits for its decision."""
    stages = [stage for stage in stages_of(order) if not is_callback(stage.stage_type)]
    current = next((stage for stage in stages if stage.state in OPEN_STAGE_STATES), None)
    waiting = next((stage for stage in stages if stage.state == StageState.PENDING), None)
    return current, None if current else waiting


def current_stage(order: Order) -> Stage | None:
    """The open service stage of the order, or None."""
    return in_front(order)[0]


def stage_of(order: Order, code: str, round: int = 1) -> Stage:  # noqa: A002
    """The stage `code` of the order."""
    return next(s for s in stages_of(order) if s.stage_type.code == code and s.round == round)


def proofs_for(stage: Stage) -> list[EvidenceInput]:
    """Evidence for every guard of the stage."""
    proofs = []
    for guard in guards_of(stage.stage_type.guards):
        if guard.is_evidence:
            for number in range(guard.count):
                file = a_picture(f"{number}.jpg") if guard.kind == PHOTO else None
                value = guard.choices[0].code if guard.kind == CHOICE else "1"
                proofs.append(EvidenceInput(guard.phrase, guard.kind, "" if file else value, file))
    return proofs


def a_picture(name: str = "现场.jpg") -> SimpleUploadedFile:
    """A small photo as a browser uploads it."""
    out = BytesIO()
    Image.new("RGB", (32, 24), "#0b5f6c").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def complete_current_stage(order: Order, *, by: User | None = None, at: datetime | None = None) -> Stage:
    """Complete what is in front: the open stage, with all evidence. An optional stage in front is skipped first.

    `by` defaults to the system, `at` to one hour after the stage started.
    """
    stage, waiting = in_front(order)
    while waiting is not None and waiting.stage_type.optional:
        _skip(order, waiting, at)
        stage, waiting = in_front(order)
    assert stage is not None, f"no stage of {order} is open"
    moment = at or (stage.started_at or MONDAY) + HOUR
    complete_stage(stage, by=by, at=moment, evidence=proofs_for(stage))
    order.refresh_from_db()
    return stage


def take_optional(order: Order, *, at: datetime | None = None, by: User | None = None) -> Stage:
    """Decide that the optional stage in front is needed; it starts."""
    stage = in_front(order)[1]
    assert stage is not None
    decide_stage(stage, by=by, at=at or _latest(order) + HOUR, reason="现场需要")
    order.refresh_from_db()
    return stage


def run_to(order: Order, code: str, *, at: datetime | None = None) -> Stage:
    """Complete the stages before `code` (optional ones are skipped) and return it, active."""
    while True:
        stage, waiting = in_front(order)
        if stage is not None and stage.stage_type.code == code:
            return stage
        if waiting is not None and waiting.stage_type.code == code:
            return take_optional(order, at=at)
        if waiting is not None and waiting.stage_type.optional:
            _skip(order, waiting, at)
        else:
            complete_current_stage(order, at=at)


def finish(order: Order, *, at: datetime | None = None, by: User | None = None) -> Order:
    """Complete every service stage: the order is done and observed. `at`: the moment of every completion."""
    stage, waiting = in_front(order)
    while stage or waiting:
        if waiting is not None and waiting.stage_type.optional:
            _skip(order, waiting, at)
        else:
            complete_current_stage(order, at=at, by=by)
        stage, waiting = in_front(order)
    return order


def _skip(order: Order, stage: Stage, at: datetime | None) -> None:
    skip_stage(stage, by=None, at=at or _latest(order) + HOUR, reason="不需要")
    order.refresh_from_db()


def _latest(order: Order) -> datetime:
    moments = [m for s in stages_of(order) for m in (s.started_at, s.ended_at) if m]
    return max(moments, default=order.accepted_at or MONDAY)


def _company() -> Unit:
    return Unit.objects.filter(code="A").first() or a_company("A")


def shanghai(text: str) -> datetime:
    """A moment on the clocks of Shanghai: shanghai("2026-09-24 15:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


def the_fixture_calendar() -> None:
    """The small calendar of the worked examples: holidays 1–7 October 2026, make-up Saturday 10 October."""
    CalendarDay.objects.all().delete()
    days = [(date(2026, 10, day), True) for day in range(1, 8)] + [(date(2026, 10, 10), False)]
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day, is_off=off, name="国庆节", notice_year=2026) for day, off in days
    )
    forget_calendars()
