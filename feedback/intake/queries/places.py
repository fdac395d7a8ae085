"""What a record is about: finding the order or customer, and the stage and key point that stand first."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from cxorders.customers.models import Customer
from cxorders.customers.queries import find
from cxorders.kit.numbering import key_of
from cxorders.kit.reading import condition_of
from cxorders.organisation.models import Unit, User
from feedback.intake.queries.catalogue import Catalogue, Sheet, catalogue_for
from touchpoints.catalogue.models import KeyPoint
from touchpoints.orders.enums import OPEN_ORDER_STATES, StageState
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import open_stages

MOST_FOUND = 8
MOST_ORDERS = 3
MOST_STAGES = 5

_FIRST = (StageState.ACTIVE, StageState.PAUSED, StageState.FAILED)


@dataclass(frozen=True)
class Place:
    """The order, stage, customer and key point a record is about, as far as the person may see them."""

    company: Unit | None
    catalogue: Catalogue
    order: Order | None = None
    stage: Stage | None = None
    named: Customer | None = None
    """a customer without an order"""
    sheet: Sheet | None = None
    missing: tuple[str, ...] = ()
    """names of what was asked for and is not there for this person: order, stage, customer, key_point"""

    @property
    def customer(self) -> Customer | None:
        """The customer of the order, else the one named."""
        return self.order.customer if self.order is not None and self.order.customer_id is not None else self.named


@dataclass(frozen=True)
class Found:
    """A customer with the orders of theirs the person may see; or an order found by its number."""

    customer: Customer | None
    orders: tuple[Order, ...]

    @property
    def address(self) -> str:
        """The first address of the customer, as far as known."""
        premises = [] if self.customer is None else list(self.customer.premises.all())
        return premises[0].address if premises else ""


def _key(prefix: str, text: str) -> int:
    """The key in a number like DD-26-00012, or plain digits; 0, which no row has, for anything else."""
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    return key_of(prefix, text) or 0


def place_of(
    user: User, *, order: str = "", stage: str = "", customer: str = "", key_point: str = "", full: bool = True
) -> Place:
    """The place named by numbers or keys (order, customer), keys (stage) and code (key point), seen by `user`.

    A stage brings its order, an order its customer and, where none is named, its current stage; the stage brings its
    first key point. What the person may not see is left out and named in `missing`. Without `full` a stage and its
    order carry nothing but their keys, which is all a submission needs.
    """
    missing: list[str] = []
    the_stage = _stage(user, stage, full) if stage else None
    the_order = the_stage.order if the_stage is not None else None
    if stage and the_stage is None:
        missing.append("stage")
    if the_order is None and order:
        the_order = _order(user, order)
        if the_order is None:
            missing.append("order")
        elif not stage and not key_point:
            the_stage = _current(the_order)
    named = None
    if customer and (the_order is None or the_order.customer_id is None):
        named = Customer.objects.visible_to(user).select_related("company").filter(pk=_key("KH", customer)).first()
        if named is None:
            missing.append("customer")
    company = _company(user, the_order or named)
    catalogue = catalogue_for(company)
    sheet = catalogue.sheet_by_code(key_point) if key_point else None
    if key_point and sheet is None:
        missing.append("key_point")
    if sheet is None:
        sheet = _first_sheet(the_stage, catalogue)
    return Place(company, catalogue, the_order, the_stage, named, sheet, tuple(missing))


def _company(user: User, row: Order | Customer | None) -> Unit | None:
    own = user.active_grant.unit.company if user.active_grant is not None else None
    if row is None or (own is not None and own.pk == row.company_id):
        return own
    return row.company


def _stage(user: User, text: str, full: bool) -> Stage | None:
    """The stage, if the person works it or sees its order."""
    key = _key("", text)
    if not full:
        found = _keys(key, Stage.objects.visible_to(user))
        return found or _keys(key, Stage.objects.filter(order__in=Order.objects.visible_to(user)))
    return _read(Stage.objects.visible_to(user).filter(pk=key)) or _read(
        Stage.objects.filter(pk=key, order__in=Order.objects.visible_to(user))
    )


def _read(rows: QuerySet[Stage]) -> Stage | None:
    return rows.select_related("stage_type", "order__company", "order__customer", "order__premises").first()


_STAGE_KEYS = ("id", "company_id", "order_id", "stage_type_id", "unit_id")
_ORDER_KEYS = ("id", "company_id", "customer_id")
"""in the order of the fields of their models"""
_KEYS = (
    f"SELECT {', '.join(f'touchpoints_stage.{name}' for name in _STAGE_KEYS)}, "  # noqa: S608 -- own names
    f"{', '.join(f'touchpoints_order.{name}' for name in _ORDER_KEYS)} FROM touchpoints_stage "
    "JOIN touchpoints_order ON touchpoints_order.id = touchpoints_stage.order_id WHERE touchpoints_stage.id = %s AND "
)


def _keys(key: int, seen: QuerySet[Stage]) -> Stage | None:
    """The stage among those `seen`, and its order, with nothing but their keys: what a submission stores.

    By hand, under the condition of `seen`: this stands on the path of every submission. Other fields would be read
    when asked for.
    """
    condition = condition_of(seen)
    if condition is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"{_KEYS}({condition[0]})", (key, *condition[1]))
        row = cursor.fetchone()
    if row is None:
        return None
    own, of_order = row[: len(_STAGE_KEYS)], row[len(_STAGE_KEYS) :]
    stage = Stage.from_db(connection.alias, _STAGE_KEYS, own)
    stage.order = Order.from_db(connection.alias, _ORDER_KEYS, of_order)
    return stage


def _order(user: User, text: str) -> Order | None:
    rows = Order.objects.visible_to(user).filter(pk=_key("DD", text))
    return rows.select_related("company", "customer", "premises").first()


def _current(order: Order) -> Stage | None:
    """The stage feedback is most likely about: the open one, else the one that ended last."""
    stages = list(Stage.objects.filter(order=order).select_related("stage_type", "unit").order_by("round", "seq"))
    for stage in stages:
        stage.order = order
    now_open = [stage for stage in stages if stage.state in _FIRST]
    ended = [stage for stage in stages if stage.state == StageState.DONE]
    return now_open[0] if now_open else (ended[-1] if ended else None)


def _first_sheet(stage: Stage | None, catalogue: Catalogue) -> Sheet | None:
    """The questions of the first key point of the stage; of the first at its touchpoint where it names none."""
    place = catalogue.reference.places.get(stage.stage_type_id) if stage is not None else None
    return None if place is None or place.first is None else catalogue.sheet(place.first)


def key_points_near(place: Place) -> tuple[list[KeyPoint], dict[str, list[KeyPoint]]]:
    """Key points of the stage, and all others by touchpoint name, for the picker."""
    known = place.catalogue.reference
    at_stage = known.places.get(place.stage.stage_type_id) if place.stage is not None else None
    own = set(at_stage.key_point_ids) if at_stage is not None else set()
    others: dict[str, list[KeyPoint]] = {}
    for point in known.key_points.values():
        if point.pk not in own:
            others.setdefault(point.touchpoint.name, []).append(point)
    return [point for point in known.key_points.values() if point.pk in own], others


def find_places(user: User, text: str) -> list[Found]:
    """Orders by number and customers by phone, number, name or address, with their open orders. At most MOST_FOUND."""
    text = text.replace("\x00", "")
    key = key_of("DD", text)
    if key is not None:
        rows = Order.objects.visible_to(user).filter(pk=key).select_related("customer", "premises", "order_type")
        return [Found(order.customer, (order,)) for order in rows.order_by("pk")]
    customers = find(user, text, MOST_FOUND) if text.strip() else []
    orders: dict[int, list[Order]] = {}
    rows = (
        Order.objects.visible_to(user)
        .filter(customer__in=customers, state__in=OPEN_ORDER_STATES)
        .select_related("order_type", "premises")
        .order_by("-created_at", "-pk")
    )
    for order in rows if customers else ():
        orders.setdefault(order.customer_id or 0, []).append(order)
    return [Found(customer, tuple(orders.get(customer.pk, ())[:MOST_ORDERS])) for customer in customers]


def my_stages(user: User) -> list[Stage]:
    """The stages in front of the person, the most urgent first: one tap opens the form."""
    return list(open_stages(user)[:MOST_STAGES])
