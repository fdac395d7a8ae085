"""Facts for scores, written straight to the tables so that every time can be chosen; what was computed from them.

    answer(team, 5, day(3))                                  # a rated record of a unit, entered by staff at once
    answer(team, 2, day(3), by_customer=True, order=order)   # typed by the customer, for an order
    a_round(team, due=day(8, 17), replied=day(7))            # an issue round; closure due a week after the answer
    value = values(computed("2026-10"), team)["M11"]

`day(8, 17)` is 17:00 in Shanghai on 8 October 2026, the month of these worlds.
"""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from cxorders.customers.models import Customer
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.models import Unit
from feedback.intake.enums import NoAnswer, Source
from feedback.intake.models import Record
from feedback.issues.models import Issue, Round
from kpi.metrics.actions import compute_period
from kpi.metrics.models import ComputeRun, MetricValue
from tests.factories.catalogue import key_point, method, severity
from tests.factories.feedback import a_customer_row
from touchpoints.orders.models import Order, OrderType, Stage

PERIOD = "2026-10"
DECEMBER = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
"""long after October froze"""
HOUR = timedelta(hours=1)

_serial = count(1)


def day(number: int, hour: int = 10, minute: int = 0, *, month: int = 10) -> datetime:
    """A moment of October 2026 (or another month) in Shanghai."""
    return datetime(2026, month, number, hour, minute, tzinfo=BUSINESS_ZONE)


def an_order_row(company: Unit, customer: Customer | None = None) -> Order:
    """A running order, written straight to the table."""
    key_point()
    who = customer or a_customer_row(company, phone=f"1370000{next(_serial):04d}")
    kind = OrderType.objects.order_by("code").first()
    assert kind is not None
    return Order.objects.create(
        company=company, unit=company, order_type=kind, customer=who, state="running", created_at=day(1)
    )


def answer(
    unit: Unit,
    rating: int | None,
    at: datetime,
    *,
    submitted: datetime | None = None,
    by_customer: bool = False,
    order: Order | None = None,
    point: str = "KP-HS-05",
    negative: bool | None = None,
    stage: Stage | None = None,
    late: bool = False,
    by: str = "",
    source: str = "",
) -> Record:
    """One record of `unit`, sealed at `submitted` (default: at once)."""
    where = key_point(point)
    return Record.objects.create(
        company=unit.company or unit,
        unit=unit,
        source=source or (Source.CUSTOMER if by_customer else Source.STAFF),
        method=method(by) if by else method(),
        late=late,
        stage=stage,
        order=order,
        customer=order.customer if order else None,
        anonymous_reason="" if order else "测试",
        touchpoint=where.touchpoint,
        key_point=where,
        occurred_at=at,
        submitted_at=submitted or at,
        rating=rating,
        no_answer="" if rating else NoAnswer.REFUSED,
        verbatim=f"第 {next(_serial)} 条",
        negative=rating is not None and rating <= 2 if negative is None else negative,
        digest="0" * 64,
        client_key=uuid4(),
    )


def a_round(
    unit: Unit,
    *,
    due: datetime,
    replied: datetime | None = None,
    confirmed: datetime | None = None,
    closed: datetime | None = None,
    closure_due: datetime | None = None,
    outcome: str = "",
    exempt: str = "",
    rework: bool = False,
    issue: Issue | None = None,
    first_due: datetime | None = None,
) -> Round:
    """One round of an issue of `unit` (or of `issue`), with cause and action given with the answer."""
    where = key_point("KP-HS-01")
    case = issue or Issue.objects.create(
        company=unit.company or unit,
        unit=unit,
        source="record",
        touchpoint=where.touchpoint,
        key_point=where,
        severity=severity(),
        title=f"问题 {next(_serial)}",
        state="closed" if closed else "in_progress",
        opened_at=due - timedelta(days=5),
        closed_at=closed,
        due_at=due,
    )
    return Round.objects.create(
        issue=case,
        number=case.rounds.count() + 1,
        rework=rework,
        company=case.company,
        unit=unit,
        started_at=due - timedelta(days=5),
        due_at=due,
        first_due_at=first_due or due,
        closure_due_at=closure_due or due + timedelta(days=7),
        cause_at=replied,
        action_at=replied,
        replied_at=replied,
        confirmed_at=confirmed,
        closed_at=closed or confirmed,
        outcome=outcome or ("confirmed" if confirmed else ""),
        exempt_reason=exempt,
    )


def computed(period: str = PERIOD, *, at: datetime = DECEMBER) -> ComputeRun:
    """The month computed by the scheduler at `at`."""
    return compute_period(period, by=None, at=at)


def values(run: ComputeRun, unit: Unit) -> dict[str, MetricValue]:
    """Metric code → value of `unit` in `run`."""
    return {value.code: value for value in MetricValue.objects.filter(run=run, unit=unit).order_by("code")}


def fraction(run: ComputeRun, unit: Unit, code: str) -> tuple[int, int]:
    """Numerator and denominator of one value; (0, 0) where there is none."""
    value = values(run, unit).get(code)
    return (value.numerator, value.denominator) if value else (0, 0)
