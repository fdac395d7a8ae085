"""Lists of orders: filters, keyset pages, and what one row shows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Case, CharField, F, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.customers.models import Customer
from cxorders.customers.queries import matching
from cxorders.kit.formats import day_prose
from cxorders.kit.numbering import key_of
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.orders import wording
from touchpoints.orders.enums import OPEN_STAGE_STATES, OrderState, StageState
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries.journey import Slip
from touchpoints.orders.queries.reads import IS_CALLBACK

PAGE = 50
MOST_CUSTOMERS = 200
"""a search that fits more customers than this shows the orders of the newest ones"""
CONTRACTS = "OT-CONTRACT"
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
MOVING = (OrderState.DRAFT, OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED)
"""orders somebody still works on"""
OPEN = "open"
IN_FRONT = (*OPEN_STAGE_STATES, StageState.FAILED)


@dataclass(frozen=True)
class Wanted:
    """What a list of orders is filtered by; `sort` is "risk" (nearest promise first) or "new"."""

    state: str = OPEN
    """"open" for orders still worked on, "" for all, or one state"""
    order_type: str = ""
    unit: int | None = None
    late: bool = False
    text: str = ""
    sort: str = "new"
    households: bool = False
    """also the households of contracts; a search always finds them"""
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Row:
    """One order in a list: where it stands, its promise, and whether it is late."""

    order: Order
    stage: Stage | None
    """the open stage in front, None where the order waits or is over"""
    slip: Slip | None
    note: str

    @property
    def waits(self) -> str:
        """What a running order without a stage in front waits for."""
        if self.stage is not None or self.order.state not in (OrderState.RUNNING, OrderState.ACCEPTED):
            return ""
        return _("等合同进行到此") if self.order.parent_id is not None else _("可选环节待定")

    @property
    def promised(self) -> date | datetime | None:
        """The promised finish: the day, or the minute where everything was promised within two days."""
        at, accepted = self.order.promised_at, self.order.accepted_at
        if at is None or (accepted is not None and at - accepted < timedelta(days=2)):
            return at
        return timezone.localdate(wording.due_day(at))

    @property
    def who(self) -> str:
        """How to name the customer."""
        customer = self.order.customer
        return str(customer) if customer is not None else self.order.anonymous_reason


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next: tuple[datetime, int] | None


def page_of(user: User, wanted: Wanted, now: datetime, size: int = PAGE) -> Page:
    """One page of the orders `user` may see. Newest first by (created_at, pk), or nearest promise first by
    (promised_at, pk); nothing is counted. Three queries whatever the number of rows.
    """
    rows = _filtered(_in_company(user), user, wanted, now)
    if wanted.sort == "risk":
        rows = rows.annotate(place=Coalesce("promised_at", Value(NEVER)))
        if wanted.after is not None:
            at, key = wanted.after
            rows = rows.filter(Q(place__gt=at) | Q(place=at, pk__gt=key))
        rows = rows.order_by("place", "pk")
    else:
        rows = rows.annotate(place=F("created_at"))
        if wanted.after is not None:
            at, key = wanted.after
            rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=key), created_at__lte=at)
        rows = rows.order_by("-created_at", "-pk")
    found = list(with_front(rows)[: size + 1])
    last = found[size - 1] if len(found) > size else None
    place = None if last is None else (last.place, last.pk)  # type: ignore[attr-defined]
    return Page([row_of(order, now) for order in found[:size]], place)


def _in_company(user: User) -> QuerySet[Order]:
    """The orders of the company a person works for, where it is one: so that its index carries the list."""
    rows, grant = Order.objects.visible_to(user), user.active_grant
    scope = scope_of(user)
    bound = grant is not None and grant.unit.company_id is not None and not scope.everything
    return rows.filter(company_id=grant.unit.company_id) if bound and grant is not None else rows


def with_front(orders: QuerySet[Order]) -> QuerySet[Order]:
    """`orders` with all a row shows; the stages in front come along in one further query."""
    front = Stage.objects.filter(state__in=IN_FRONT).exclude(IS_CALLBACK)
    front = front.select_related("stage_type__touchpoint", "unit", "assignee").order_by("round", "seq")
    shown = orders.select_related("order_type", "customer", "premises", "company", "unit", "owner")
    return shown.prefetch_related(Prefetch("stages", queryset=front, to_attr="front"))


def row_of(order: Order, now: datetime) -> Row:
    """The row of an order that came from `with_front`."""
    front: list[Stage] = order.front  # type: ignore[attr-defined]
    stage = front[0] if front and order.state in MOVING else None
    slip, note = _standing(order, stage, now)
    return Row(order, stage, slip, note)


def _standing(order: Order, stage: Stage | None, now: datetime) -> tuple[Slip | None, str]:
    """The promise of the order against today: slip, or a grey word."""
    promised = order.promised_at
    if order.state in (OrderState.CANCELLED, OrderState.REJECTED, OrderState.DRAFT):
        return None, order.end_reason
    if order.done_at is not None and promised is not None:
        days = wording.days_between(wording.due_day(promised), order.done_at)
        if order.done_at > promised:
            return Slip("bad", _("晚 %(time)s") % {"time": wording.amount(days, "CD") if days else _("当日")}), ""
        return Slip("ok", _("按时")), ""
    if promised is not None and now > promised:
        days = wording.days_between(wording.due_day(promised), now)
        span = wording.amount(days, "CD") if days else wording.left_until(now, promised)
        return Slip("bad", _("已过 %(time)s") % {"time": span}), ""
    if stage is not None and stage.state == StageState.ACTIVE and stage.due_at is not None and now > stage.due_at:
        return Slip("bad", _("本环节超时")), ""
    if order.state == OrderState.SUSPENDED or (stage is not None and stage.state == StageState.PAUSED):
        return Slip("warn", _("已挂起")), ""
    if promised is None:
        return None, _("完工日待定")
    left = wording.left_until(promised, now)
    if wording.days_between(now, wording.due_day(promised)) < 2:
        return Slip("warn", _("还剩 %(time)s") % {"time": left}), ""
    if order.expected_at is not None and wording.days_between(promised, order.expected_at) > 0:
        return Slip("warn", _("预计 %(day)s") % {"day": day_prose(order.expected_at)}), ""
    return None, _("还有 %(time)s") % {"time": left}


def _filtered(rows: QuerySet[Order], user: User, wanted: Wanted, now: datetime) -> QuerySet[Order]:
    if not wanted.households and not wanted.text:
        rows = rows.filter(parent=None)
    if wanted.state == OPEN:
        rows = rows.filter(state__in=MOVING)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.order_type:
        rows = rows.filter(order_type__code=wanted.order_type)
    if wanted.unit is not None:
        rows = rows.filter(_of_unit(wanted.unit))
    if wanted.late:
        rows = rows.filter(_late(now), state__in=GOING)
    return rows.filter(_fits(user, wanted.text)) if wanted.text else rows


def _of_unit(unit_id: int) -> Q:
    """Orders a unit took in or has in front of it; of a whole company by its own column, which has the index."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        return Q(pk__in=())
    if unit.kind == UnitKind.COMPANY:
        return Q(company=unit)
    below = sorted(Unit.objects.below(unit).order_by().values_list("pk", flat=True))
    took_in = Order.objects.order_by().filter(unit_id__in=below).values("pk")
    in_front = Stage.objects.order_by().filter(unit_id__in=below, state__in=IN_FRONT).values("order_id")
    return Q(pk__in=took_in.union(in_front))


GOING = (OrderState.RUNNING, OrderState.SUSPENDED)


def _late(now: datetime) -> Q:
    """The promise of the order has passed, or that of its open stage."""
    orders = Order.objects.order_by().filter(promised_at__lt=now, state__in=GOING).values("pk")
    stages = Stage.objects.order_by().filter(state=StageState.ACTIVE, due_at__lt=now).values("order_id")
    return Q(pk__in=orders.union(stages))


def _fits(user: User, text: str) -> Q:
    """An order number, or what names the customer: phone, address, name, customer number; the estate of a contract."""
    key = key_of("DD", text)
    if key is not None:
        return Q(pk=key)
    # keys first: told only that the customers are few, the database would still walk the whole list
    customers = list(matching(user, text).values_list("pk", flat=True)[:MOST_CUSTOMERS])
    theirs = Q(customer_id__in=customers)
    if text.replace(" ", "").replace("-", "").isdecimal():
        return theirs
    return theirs | Q(title__icontains=text, order_type__code__startswith=CONTRACTS)


def unit_options(user: User) -> list[Unit]:
    """The units a person may filter by: companies for the group, else the units inside the own reach."""
    scope = scope_of(user)
    rows = Unit.objects.filter(closed_on=None).order_by("path")
    if scope.everything:
        return list(rows.filter(kind=UnitKind.COMPANY))
    if scope.company_id is not None:
        return list(rows.filter(company_id=scope.company_id).exclude(kind=UnitKind.COMPANY))
    return list(rows.filter(pk__in=scope.unit_ids)) if len(scope.unit_ids) > 1 else []


def orders_of(customer: Customer, user: User, now: datetime, limit: int = 20) -> list[Row]:
    """The orders of a customer that `user` may see: those still moving first, then the newest."""
    moving = Case(When(state__in=MOVING, then=Value("0")), default=Value("1"), output_field=CharField())
    rows = Order.objects.visible_to(user).filter(customer=customer).annotate(rank=moving)
    return [row_of(order, now) for order in with_front(rows.order_by("rank", "-created_at", "-pk"))[:limit]]


def customers_by_order(user: User, text: str) -> list[int]:
    """Customer keys for an order number a person typed: a lookup of the search for customers."""
    key = key_of("DD", text)
    if key is None:
        return []
    rows = Order.objects.visible_to(user).filter(pk=key, customer__isnull=False)
    return [found for found in rows.values_list("customer_id", flat=True) if found is not None]


@dataclass(frozen=True)
class HouseholdProgress:
    """How far the households of a contract are."""

    rows: list[Row]
    total: int
    done: int
    more: bool

    @property
    def share(self) -> int:
        """Percent done."""
        return round(self.done * 100 / self.total) if self.total else 0


def households_of(contract: Order, user: User, now: datetime, limit: int = 30) -> HouseholdProgress:
    """The households of a contract, open ones first, and how many there are; a contract has hundreds at most."""
    rows = Order.objects.filter(parent=contract).exclude(state=OrderState.CANCELLED)
    done = (OrderState.DONE, OrderState.OBSERVING, OrderState.CLOSED)
    moving = Case(When(state__in=MOVING, then=Value("0")), default=Value("1"), output_field=CharField())
    visible = Order.objects.visible_to(user).filter(pk__in=rows.order_by().values("pk")).annotate(rank=moving)
    shown = list(with_front(visible.order_by("rank", "pk"))[: limit + 1])
    states = list(rows.order_by().values_list("state", flat=True))
    return HouseholdProgress(
        rows=[row_of(order, now) for order in shown[:limit]],
        total=len(states),
        done=sum(state in done for state in states),
        more=len(shown) > limit,
    )
