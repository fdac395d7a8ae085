"""What comes in bulk equals what the verbs make, row for row and field for field."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxorders.customers.models import Customer
from cxorders.journal.models import Entry
from cxorders.transfer.actions import ask_undo, carry_out, start_loading
from cxorders.transfer.models import Batch
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import an_order, stage_of
from tests.factories.organisation import World, a_person, a_world, team_of
from tests.factories.transfer import NOW, a_csv, again, checked, problems_of
from touchpoints.appointments.actions import Agreed, book_appointment, book_many
from touchpoints.appointments.actions.booking import AlreadyBooked
from touchpoints.appointments.actions.places import HalfDayFull
from touchpoints.appointments.models import Appointment, CrewCapacity
from touchpoints.heat.models import HeatMark
from touchpoints.orders.actions import fail_stage
from touchpoints.orders.models import Order, OrderType, Stage
from touchpoints.orders.queries import stages_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
PHONE = "13900000001"
ORDER_HEAD = ("原单号", "客户电话", "订单类型", "受理单位", "受理时间", "当前环节")
VISIT_HEAD = ("订单号", "班组", "日期", "时段", "上门须知")
HISTORY_HEAD = ("原单号", "客户电话", "订单类型", "受理单位", "受理时间", "完工时间", "环节1开始", "环节1完成")
ACCEPTED = "2026-09-14 10:00"
"""NOW, as it stands in a file"""


@pytest.fixture
def clerk(world: World) -> Any:
    return a_person("data_clerk", at=world.company)


@pytest.fixture
def customer(world: World) -> Customer:
    return Customer.objects.create(company=world.company, name="周敏", phone=PHONE, created_at=NOW)


def come_in(world: World, clerk: Any, kind: str, head: Any, rows: Any) -> Batch:
    """Loaded at NOW, as the verbs act at NOW."""
    batch = checked(world.company, clerk, a_csv(head, rows), kind)
    start_loading(batch, by=clerk, at=NOW)
    carry_out(batch.pk, now=lambda: NOW)
    return again(batch)


def fields(row: Any, *without: str) -> dict[str, Any]:
    names = {field.attname for field in row._meta.concrete_fields} - {"id", *without}
    return {name: getattr(row, name) for name in sorted(names)}


def order_as_it_is(order: Order) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The order and its stages; what tells two orders apart is left out."""
    order.refresh_from_db()
    return fields(order, "client_key"), [fields(stage, "order_id") for stage in stages_of(order)]


def told(label: str, keys: list[int]) -> list[dict[str, Any]]:
    """Journal rows about one thing, without what tells two things apart."""
    rows = Entry.objects.filter(subject_label=label, subject_id__in=keys).order_by("pk")
    return [fields(row, "subject_id") | {"data": {**row.data, "stage": 0, "order": ""}} for row in rows]


def test_an_order_of_every_type_is_the_one_the_verbs_make(world: World, clerk: Any, customer: Customer) -> None:
    hall = team_of(world.company, "D-HALL")
    kinds = list(OrderType.objects.filter(retired=False).order_by("position"))
    firsts = {kind.code: kind.stage_types.filter(retired=False).order_by("seq")[0] for kind in kinds}
    rows = [(f"V-{kind.code}", PHONE, kind.code, hall.code, ACCEPTED, firsts[kind.code].code) for kind in kinds]
    batch = come_in(world, clerk, "orders", ORDER_HEAD, rows)
    assert (batch.loaded, problems_of(batch)) == (len(kinds), {})

    assert len(kinds) > 5
    for kind in kinds:
        bulk = Order.objects.get(order_type=kind)
        decided = {firsts[kind.code].code: True}
        made = an_order(
            kind, company=world.company, unit=hall, customer=customer, at=NOW, premises=None, decided=decided
        )
        assert order_as_it_is(bulk) == order_as_it_is(made)
        assert [
            entry.verb for entry in Entry.objects.filter(subject_label="touchpoints.order", subject_id=bulk.pk)
        ] == ["order.imported"]


def repairs(world: World, clerk: Any, count: int) -> list[Order]:
    hall = team_of(world.company, "D-HALL").code
    rows = [(f"R-{n}", PHONE, "OT-REPAIR", hall, ACCEPTED, "ONSITE") for n in range(count)]
    come_in(world, clerk, "orders", ORDER_HEAD, rows)
    return list(Order.objects.filter(company=world.company).order_by("pk"))


def test_a_visit_is_the_one_the_verb_books(world: World, clerk: Any, customer: Customer) -> None:
    crew = team_of(world.company, "D-HOME")
    bulk, other = repairs(world, clerk, 2)
    come_in(world, clerk, "appointments", VISIT_HEAD, [("R-0", crew.zh, "2026-09-16", "8:30-10:30", "门禁  3021")])
    day = (NOW + timedelta(days=2)).date()
    made = book_appointment(stage_of(other, "ONSITE"), by=None, at=NOW, agreed=Agreed(crew, day, "0830", "门禁  3021"))

    booked = Appointment.objects.get(order=bulk)
    made.refresh_from_db()
    assert fields(booked, "order_id", "stage_id") == fields(made, "order_id", "stage_id")
    assert order_as_it_is(bulk) == order_as_it_is(other)
    assert told("touchpoints.appointment", [booked.pk]) == told("touchpoints.appointment", [made.pk])
    assert told("touchpoints.order", [bulk.pk])[1:] == told("touchpoints.order", [other.pk])[1:]
    assert [entry["verb"] for entry in told("touchpoints.order", [bulk.pk])] == ["order.imported", "stage.appointed"]


def test_a_full_half_day_and_a_stage_named_twice_are_refused_in_the_words_of_the_verb(
    world: World, clerk: Any, customer: Customer
) -> None:
    crew = team_of(world.company, "D-HOME")
    orders = repairs(world, clerk, 4)
    day = (NOW + timedelta(days=2)).date()
    CrewCapacity.objects.create(company=world.company, unit=crew, day=day, half="am", places=2)
    rows = [(f"R-{n}", crew.code, "2026-09-16", "上午", "") for n in range(3)]
    rows.append((orders[0].number, crew.code, "2026-09-16", "下午", ""))
    batch = come_in(world, clerk, "appointments", VISIT_HEAD, rows)

    assert batch.loaded == 2
    booked = Appointment.objects.get(order=orders[0])
    said = {row.row: row.problems[0][2]["zh"] for row in batch.errors.all()}  # type: ignore[attr-defined]
    with pytest.raises(HalfDayFull) as full:
        book_appointment(stage_of(orders[3], "ONSITE"), by=None, at=NOW, agreed=Agreed(crew, day, "am"))
    assert said == {
        4: full.value.in_language("zh-hans"),
        5: AlreadyBooked(number=booked.number).in_language("zh-hans"),
    }


def test_a_stage_that_failed_after_the_check_starts_again(world: World, clerk: Any, customer: Customer) -> None:
    crew = team_of(world.company, "D-HOME")
    bulk, other = repairs(world, clerk, 2)
    stale = stage_of(bulk, "ONSITE")
    for order in (bulk, other):
        fail_stage(stage_of(order, "ONSITE"), by=None, at=NOW, reason="没人")
    day = (NOW + timedelta(days=2)).date()
    agreed = Agreed(crew, day, "0830")
    made = book_many([(stale, agreed)], at=NOW)[0]
    book_appointment(stage_of(other, "ONSITE"), by=None, at=NOW, agreed=agreed)

    assert isinstance(made, Appointment)
    assert stage_of(bulk, "ONSITE").state == "active"
    assert order_as_it_is(bulk) == order_as_it_is(other)


@pytest.mark.parametrize("kind", ["orders", "history", "appointments"])
def test_a_chunk_costs_the_same_for_two_rows_and_for_six(
    world: World, clerk: Any, customer: Customer, kind: str
) -> None:
    hall, crew = team_of(world.company, "D-HALL").code, team_of(world.company, "D-HOME").code
    repairs(world, clerk, 8)

    def asked(name: str, first: int, count: int) -> int:
        many = range(first, first + count)
        heads = {"orders": ORDER_HEAD, "history": HISTORY_HEAD, "appointments": VISIT_HEAD}
        rows = {
            "orders": [(f"{name}-{n}", PHONE, "OT-REPAIR", hall, ACCEPTED, "ONSITE") for n in many],
            "history": [
                (f"{name}-{n}", PHONE, "OT-REPAIR", hall, "2025-03-03", "2025-03-09", "2025-03-04", "2025-03-05")
                for n in many
            ],
            "appointments": [(f"R-{n}", crew, f"2026-09-{16 + n}", "上午", "") for n in many],
        }
        batch = checked(world.company, clerk, a_csv(heads[kind], rows[kind]), kind)
        start_loading(batch, by=clerk, at=NOW)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            carry_out(batch.pk, now=lambda: NOW)
        assert again(batch).loaded == count
        return len(queries)

    asked("W", 0, 1)  # what is looked up once per process
    assert asked("X", 1, 1) == asked("Y", 2, 6)


def test_history_and_its_undo_are_heard_by_the_heat_map(world: World, clerk: Any, customer: Customer) -> None:
    hall = team_of(world.company, "D-HALL").code
    row = (
        "H-1",
        PHONE,
        "OT-RETAIL-INSTALL",
        hall,
        "2025-03-03 09:00",
        "2025-04-20",
        "2025-04-01 00:00",
        "2025-04-01 09:00",
    )
    batch = come_in(world, clerk, "history", HISTORY_HEAD, [row])

    def marked() -> set[str]:
        rows = HeatMark.objects.filter(company_id=world.company.pk)
        return {f"{mark.month:%Y-%m}" for mark in rows.order_by("pk")}

    over = Stage.objects.filter(order__company=world.company, ended_at__isnull=False).order_by("pk")
    assert {stage.state for stage in over} == {"done", "skipped"}
    assert marked() == {"2025-04"}
    HeatMark.objects.all().delete()
    ask_undo(batch, by=clerk, at=NOW, reason="导错了")
    carry_out(batch.pk, now=lambda: NOW)
    assert (again(batch).state, marked()) == ("undone", {"2025-04"})


def test_an_undone_visit_gives_the_order_its_expectation_back(world: World, clerk: Any, customer: Customer) -> None:
    crew = team_of(world.company, "D-HOME")
    (order,) = repairs(world, clerk, 1)
    before = order_as_it_is(order)
    batch = come_in(world, clerk, "appointments", VISIT_HEAD, [("R-0", crew.code, "2026-09-30", "上午", "")])
    assert order_as_it_is(order) != before
    ask_undo(batch, by=clerk, at=NOW, reason="导错了")
    carry_out(batch.pk, now=lambda: NOW)

    assert again(batch).state == "undone"
    assert order_as_it_is(order) == before
