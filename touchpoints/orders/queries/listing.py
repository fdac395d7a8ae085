"""Lists of orders: filters, keyset pages, and what one row shows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Case, CharField, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.kit.formats import day_prose
from cxorders.kit.numbering import key_of
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries.calendars import calendar_for
from cxorders.organisation.scope import scope_of
from touchpoints.orders import wording
from touchpoints.orders.enums import OrderState, StageState
from touchpoints.orders.models import STILL_MOVING, TICKING, Order, Stage
from touchpoints.orders.nearness import horizon_of, is_near
from touchpoints.orders.queries.journey import Slip
from touchpoints.orders.queries.narrowing import IN_FRONT, MOVING, OPEN, Wanted, narrowed
from touchpoints.orders.queries.reads import IS_CALLBACK

__all__ = ["OPEN", "Wanted", "page_of"]

PAGE = 50
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


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
    """One page of the orders `user` may see. Newest first by (created_at, pk), or the nearest due time first by
    (clock_at, pk) with orders on which no clock runs at the end; nothing is counted.

    The keys of the page come from a walk along an index, the rows are fetched for these keys: a constant number of
    queries, whatever the number of orders.
    """
    rows = narrowed(Order.objects.listed_for(user), user, wanted, now)
    places = _urgent_places(rows, wanted, size + 1) if wanted.urgent_first else _new_places(rows, wanted, size + 1)
    shown = with_front(Order.objects.filter(pk__in=[key for _at, key in places[:size]])).order_by("pk")
    found, grant = {order.pk: order for order in shown}, user.active_grant
    horizon = horizon_of(now, calendar_for(grant.unit)) if grant is not None and found else None
    following = places[size - 1] if len(places) > size else None
    return Page([row_of(found[key], now, horizon) for _at, key in places[:size] if key in found], following)


Place = tuple[datetime, int]


def _new_places(rows: QuerySet[Order], wanted: Wanted, limit: int) -> list[Place]:
    if wanted.after is not None:
        at, key = wanted.after
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=key), created_at__lte=at)
    return list(rows.order_by("-created_at", "-pk").values_list("created_at", "pk")[:limit])


def _urgent_places(rows: QuerySet[Order], wanted: Wanted, limit: int) -> list[Place]:
    """By due time; then, by key, the orders on which no clock runs. Two queries at most, each along one index."""
    at, key = wanted.after or (None, 0)
    found: list[Place] = []
    if at != NEVER:
        ticking = rows.filter(TICKING)
        if at is not None:
            ticking = ticking.filter(Q(clock_at__gt=at) | Q(clock_at=at, pk__gt=key), clock_at__gte=at)
        ticks = ticking.order_by("clock_at", "pk").values_list("clock_at", "pk")[:limit]
        found, key = [(clock, order) for clock, order in ticks if clock is not None], 0
    if len(found) < limit:
        still = rows.filter(STILL_MOVING, clock_at=None, pk__gt=key).order_by("pk").values_list("pk", flat=True)
        found += [(NEVER, order) for order in still[: limit - len(found)]]
    return found


def with_front(orders: QuerySet[Order]) -> QuerySet[Order]:
    """`orders` with all a row shows; the stages in front come along in one further query."""
    front = Stage.objects.filter(state__in=IN_FRONT).exclude(IS_CALLBACK)
    front = front.select_related("stage_type__touchpoint", "unit", "assignee").order_by("round", "seq")
    shown = orders.select_related("order_type", "customer", "premises", "company", "unit", "owner")
    return shown.prefetch_related(Prefetch("stages", queryset=front, to_attr="front"))


def row_of(order: Order, now: datetime, horizon: datetime | None = None) -> Row:
    """The row of an order that came from `with_front`; `horizon` is one working day from now, where it is known."""
    front: list[Stage] = order.front  # type: ignore[attr-defined]
    stage = front[0] if front and order.state in MOVING else None
    slip, note = _standing(order, stage, now)
    if slip is None and stage is not None and stage.state == StageState.ACTIVE and is_near(stage, now, horizon):
        left = wording.left_until(stage.due_at, now) if stage.due_at is not None else ""
        slip = Slip("warn", _("本环节还剩 %(time)s") % {"time": left})
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


def unit_options(user: User) -> list[Unit]:
    """The units a person may filter by: companies for the group, else the units inside the own reach."""
    scope = scope_of(user)
    rows = Unit.objects.filter(closed_on=None).order_by("path")
    if scope.everything:
        return list(rows.filter(kind=UnitKind.COMPANY))
    if scope.company_id is not None:
        return list(rows.filter(company_id=scope.company_id).exclude(kind=UnitKind.COMPANY))
    return list(rows.filter(pk__in=scope.unit_ids)) if len(scope.unit_ids) > 1 else []


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
