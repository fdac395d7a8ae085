"""An order is promised what is in force on the day it is accepted, and keeps it (O2)."""

from datetime import UTC, date, datetime, timedelta

from cxorders.organisation.models import User
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import an_order
from tests.factories.organisation import World, a_world
from tests.factories.standards import a_draft, an_own_value
from touchpoints.orders.importing.reference import Reference
from touchpoints.orders.models import Order, StageType
from touchpoints.standards.actions import approve_version
from touchpoints.standards.models import Standard
from touchpoints.standards.queries import own_limits

GROUND = (the_catalogue, a_world)

FIRST = date(2026, 9, 15)
MIDNIGHT = datetime(2026, 9, 14, 16, 0, tzinfo=UTC)
"""00:00 of 15 September in Shanghai"""
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def frozen(order: Order, stage_type: StageType) -> object:
    return order.stages.get(stage_type=stage_type).promise_value


def a_measured_stage() -> StageType:
    """A stage of the usual installation that promises its standard's own value."""
    rows = StageType.objects.filter(order_type__code="OT-RETAIL-INSTALL", promise_kind="within", optional=False)
    for row in rows.exclude(standard=None).select_related("standard").order_by("seq"):
        if row.standard.op == "<=" and (row.standard.value, row.standard.unit) == (row.promise_value, row.promise_unit):
            return row
    raise AssertionError("the catalogue has no such stage")


def test_the_promise_changes_at_midnight_in_shanghai_and_not_before(world: World, leader: User) -> None:
    row = a_measured_stage()
    group, own = row.promise_value, row.promise_value / 2
    before = an_order(company=world.company, at=MIDNIGHT - SECOND)
    an_own_value(world.company, row.standard.code, own, at=MIDNIGHT - DAY, first=FIRST, last=FIRST)

    again = an_order(company=world.company, at=MIDNIGHT - SECOND)
    inside = an_order(company=world.company, at=MIDNIGHT)
    last = an_order(company=world.company, at=MIDNIGHT + DAY - SECOND)
    after = an_order(company=world.company, at=MIDNIGHT + DAY)
    stranger = an_order(company=world.other, at=MIDNIGHT)

    found = [frozen(order, row) for order in (before, again, inside, last, after, stranger)]
    assert found == [group, group, own, own, group, group]


def test_accepted_orders_keep_theirs_when_the_next_version_comes(world: World, leader: User) -> None:
    row = a_measured_stage()
    an_own_value(world.company, row.standard.code, row.promise_value / 2, at=MIDNIGHT, first=FIRST)
    order = an_order(company=world.company, at=MIDNIGHT)
    draft = a_draft(world.company, row.standard.code, row.promise_value / 4, at=MIDNIGHT, first=FIRST + DAY)

    assert frozen(an_order(company=world.company, at=MIDNIGHT + DAY), row) == row.promise_value / 2
    approve_version(draft, by=leader, at=MIDNIGHT)

    assert frozen(an_order(company=world.company, at=MIDNIGHT + DAY), row) == row.promise_value / 4
    assert frozen(Order.objects.get(pk=order.pk), row) == row.promise_value / 2


def test_a_standard_the_group_has_overtaken_is_promised_as_the_group_has_it(world: World, leader: User) -> None:
    row = a_measured_stage()
    own, tighter = row.promise_value / 2, row.promise_value / 4
    an_own_value(world.company, row.standard.code, own, at=MIDNIGHT, first=FIRST)
    Standard.objects.filter(pk=row.standard_id).update(value=tighter)
    StageType.objects.filter(pk=row.pk).update(promise_value=tighter)

    assert own_limits(world.company, FIRST) == {row.standard.code: own}
    assert frozen(an_order(company=world.company, at=MIDNIGHT), row) == tighter


def test_an_imported_order_is_promised_what_was_in_force_when_it_was_accepted(world: World, leader: User) -> None:
    row = a_measured_stage()
    an_own_value(world.company, row.standard.code, row.promise_value / 2, at=MIDNIGHT, first=FIRST)
    reference = Reference(world.company)

    orders = [
        Order(company=world.company, unit=world.team, order_type=row.order_type, created_at=MIDNIGHT, accepted_at=at)
        for at in (MIDNIGHT - SECOND, MIDNIGHT, MIDNIGHT + 100 * DAY)
    ]
    laid = [stage for order in orders for stage in reference.lay_out(order) if stage.stage_type_id == row.pk]
    promised = [stage.promise_value for stage in laid]

    assert promised == [row.promise_value, row.promise_value / 2, row.promise_value / 2]
    assert len(reference._laid) == 2  # days under the same limits share one lay-out: files of many years stay small
