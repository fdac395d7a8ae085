"""Which orders a list asks for: the filters of the address as conditions, each one asked order by order.

Lists walk an index in their own order and stop after a page (workflows §11, DESIGN §8). A condition over the stages of
an order is therefore a scalar subquery; EXISTS would let PostgreSQL answer it for every stage of the table first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cxorders.customers.queries import all_keys, matching
from cxorders.kit.numbering import key_of
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries.calendars import calendar_for
from touchpoints.orders.enums import OPEN_STAGE_STATES, OrderState, StageState
from touchpoints.orders.models import STILL_MOVING, TICKING, Order, Stage
from touchpoints.orders.nearness import NEARNESS, horizon_of, near

MOST_FOUND = 200
"""a search that fits more customers or estates than this shows the orders of the newest ones"""
MOVING = (OrderState.DRAFT, OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED)
"""orders somebody still works on"""
OPEN = "open"
IN_FRONT = (*OPEN_STAGE_STATES, StageState.FAILED)


@dataclass(frozen=True)
class Wanted:
    """What a list of orders is filtered by; `sort` is "risk" (nearest due time first) or "new"."""

    state: str = OPEN
    """"open" for orders still worked on, "" for all, or one state"""
    order_type: str = ""
    stage: str = ""
    """code of the stage the order stands at; with a month, of the stages that are listed themselves"""
    unit: int | None = None
    whose: str = ""
    """"mine" for what I took in or hold, "unit" for what my unit has in hand, "" for all in reach"""
    owner: int | None = None
    late: bool = False
    risk: bool = False
    """at risk by the rule of promises; together with `late`, either"""
    appointed: bool = False
    """a stage in front has an appointment this week"""
    text: str = ""
    sort: str = "new"
    households: bool = False
    """also the households of contracts; a search always finds them"""
    after: tuple[datetime, int] | None = None

    @property
    def moving(self) -> bool:
        """Whether only orders are asked for that somebody still works on."""
        return self.state in (OPEN, *MOVING)

    @property
    def ticking(self) -> bool:
        """Whether a running clock decides, which only orders have that move: one condition, so that it is not guessed
        to leave next to nothing.
        """
        return self.urgent_first or self.late or self.risk

    @property
    def urgent_first(self) -> bool:
        """Whether due times decide the order of the rows; they run in orders that move only."""
        return self.sort == "risk" and self.moving


def narrowed(rows: QuerySet[Order], user: User, wanted: Wanted, now: datetime) -> QuerySet[Order]:
    """`rows` as `wanted` asks for them."""
    if not wanted.households and not wanted.text:
        rows = rows.filter(parent=None)
    if wanted.moving and not wanted.ticking:
        rows = rows.filter(STILL_MOVING)
    if wanted.state and wanted.state != OPEN:
        rows = rows.filter(state=wanted.state)
    if wanted.order_type:
        rows = rows.filter(order_type__code=wanted.order_type)
    if wanted.owner is not None:
        rows = rows.filter(owner_id=wanted.owner)
    if wanted.unit is not None:
        rows = _of_unit(rows, wanted.unit)
    rows = _whose(rows, user, wanted.whose)
    if wanted.stage:
        rows = _with_stage(rows, "at_stage", Q(stage_type__code=wanted.stage, state__in=IN_FRONT))
    if wanted.appointed:
        rows = _with_stage(rows, "this_week", Q(state__in=IN_FRONT) & _this_week(now))
    rows = _urgent(rows, user, wanted, now)
    return rows.filter(_fits(user, wanted.text)) if wanted.text else rows


def _with_stage(rows: QuerySet[Order], name: str, condition: Q, **aliases: Any) -> QuerySet[Order]:
    """`rows` that have a stage as `condition` says."""
    return _maybe_with_stage(rows, name, condition, **aliases).filter(**{f"{name}__isnull": False})


def _maybe_with_stage(rows: QuerySet[Order], name: str, condition: Q, **aliases: Any) -> QuerySet[Order]:
    stages = Stage.objects.order_by().alias(**aliases).filter(condition, order=OuterRef("pk"))
    return rows.alias(**{name: Subquery(stages.values("pk")[:1])})


def _of_unit(rows: QuerySet[Order], unit_id: int) -> QuerySet[Order]:
    """Orders a unit took in or has in front of it; of a whole company by its own column, which has the index."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        return rows.none()
    if unit.kind == UnitKind.COMPANY:
        return rows.filter(company=unit)
    below = sorted(Unit.objects.below(unit).order_by().values_list("pk", flat=True))
    rows = _maybe_with_stage(rows, "unit_front", Q(unit_id__in=below, state__in=IN_FRONT))
    if unit.company_id is not None:
        rows = rows.filter(company_id=unit.company_id)
    return rows.filter(Q(unit_id__in=below) | Q(unit_front__isnull=False))


def _whose(rows: QuerySet[Order], user: User, whose: str) -> QuerySet[Order]:
    if whose == "mine":
        rows = _maybe_with_stage(rows, "my_front", Q(assignee_id=user.pk, state__in=IN_FRONT))
        return rows.filter(Q(owner_id=user.pk) | Q(my_front__isnull=False))
    grant = user.active_grant
    return _of_unit(rows, grant.unit_id) if whose == "unit" and grant is not None else rows


def _this_week(now: datetime) -> Q:
    """Appointments from Monday 0:00 of the local week of `now` up to the next Monday."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    return Q(appointed_at__gte=monday, appointed_at__lt=monday + timedelta(days=7))


def _urgent(rows: QuerySet[Order], user: User, wanted: Wanted, now: datetime) -> QuerySet[Order]:
    """Orders of which a due time has passed, or comes near; a paused stage is never at risk."""
    if not wanted.late and not wanted.risk:
        return rows
    late, rows = Q(clock_at__lt=now), rows.filter(TICKING)
    if not wanted.risk:
        return rows.filter(late)
    grant = user.active_grant
    horizon = horizon_of(now, calendar_for(grant.unit)) if grant is not None else None
    coming = Q(state=StageState.ACTIVE, due_at__gte=now) & near(now, horizon)  # call-backs run when nothing else does
    rows = _maybe_with_stage(rows, "near_due", coming, **NEARNESS)
    risky = Q(near_due__isnull=False)
    return rows.filter(late | risky) if wanted.late else rows.filter(risky, clock_at__gte=now)


def _fits(user: User, text: str) -> Q:
    """An order number, or what names the customer: phone, address, name, customer number; the estate of a contract."""
    key = key_of("DD", text)
    if key is not None:
        return Q(pk=key)
    # keys first: told only that the customers are few, the database would still walk the whole list
    theirs = Q(customer_id__in=all_keys(matching(user, text).values_list("pk", flat=True)[:MOST_FOUND]))
    if text.replace(" ", "").replace("-", "").isdecimal():
        return theirs
    titled = Order.objects.filter(title__gt="", title__icontains=text).order_by("-pk")
    return theirs | Q(pk__in=list(titled.values_list("pk", flat=True)[:MOST_FOUND]))
