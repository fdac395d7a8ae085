"""The kinds of rows: what each refuses, what it writes, and that it can be taken back."""

from datetime import timedelta
from typing import Any

import pytest

from cxorders.customers.models import Customer, Premises
from cxorders.journal.models import Entry
from cxorders.transfer import actions
from cxorders.transfer.kinds import all_kinds, bare, kind_of
from cxorders.transfer.models import Made
from cxorders.transfer.queries import failure_of
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import complete_current_stage, shanghai
from tests.factories.organisation import World, a_person, a_world, team_of
from tests.factories.transfer import NOW, a_csv, again, an_xlsx, checked, loaded, problems_of
from touchpoints.appointments.actions import confirm
from touchpoints.appointments.models import Appointment
from touchpoints.orders.enums import OrderState, StageState
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import stages_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
ORDER_HEAD = ("原单号", "客户电话", "订单类型", "受理单位", "受理时间", "当前环节", "环节开始时间", "地址", "承诺完工")
PHONE = "13900000001"


@pytest.fixture
def clerk(world: World) -> Any:
    return a_person("data_clerk", at=world.company)


@pytest.fixture
def customer(world: World) -> Customer:
    made = Customer.objects.create(company=world.company, name="周敏", phone=PHONE, created_at=NOW)
    Premises.objects.create(company=world.company, customer=made, address="望江路 1 号")
    return made


def taken_back(batch: Any, clerk: Any) -> Any:
    actions.ask_undo(batch, by=clerk, at=NOW, reason="导错了")
    actions.carry_out(batch.pk, now=lambda: NOW)
    return again(batch)


def test_five_kinds_are_known() -> None:
    assert [kind.code for kind in all_kinds()] == ["customers", "premises", "orders", "history", "appointments"]


@pytest.mark.parametrize("code", ["customers", "premises", "orders", "history", "appointments"])
def test_no_heading_means_two_columns(code: str) -> None:
    kind = kind_of(code)
    assert kind is not None
    names: dict[str, str] = {}
    for column in kind.columns:
        for name in {bare(name) for name in (column.code, str(column.name))}:
            assert names.setdefault(name, column.code) == column.code
    assert kind.by_heading()[bare(f"{kind.columns[0].name}（必填）*")] == kind.columns[0].code


# ---- customers and premises --------------------------------------------------------------------------------------


def test_customers_are_written_as_the_file_says(world: World, clerk: Any) -> None:
    head = ("户名", "手机号码", "客户类型", "用气地址", "燃气表号", "免打扰")
    batch = loaded(world.company, clerk, an_xlsx(head, [("周敏", 13812345678, "VULN", "望江路  1 号", "QB1", "是")]))

    made = Customer.objects.get(company=world.company)
    assert batch.loaded == 1
    assert (made.name, made.phone, made.segment_code, made.do_not_call) == ("周敏", "13812345678", "VULN", True)
    assert [(home.address, home.meter_number) for home in made.premises.order_by("pk")] == [("望江路 1 号", "QB1")]


def test_what_is_wrong_with_customers(world: World, clerk: Any, customer: Customer) -> None:
    rows = [
        ("", "13900000002", ""),
        ("李琳", "1390000000", ""),
        ("王芳", PHONE, ""),
        ("赵丽", "13900000003", "贵宾"),
        ("孙洁", "13900000004", "RETAIL"),
        ("孙洁", "13900000004", "RETAIL"),
        ("很长" * 50, "1.39E+10", ""),
    ]
    batch = checked(world.company, clerk, a_csv(("姓名", "电话", "客户分类"), rows))

    assert problems_of(batch) == {
        2: [("name", "required")],
        3: [("phone", "phone_digits")],
        4: [("phone", "exists")],
        5: [("segment", "unknown_code")],
        7: [("", "twice_in_file")],
        8: [("name", "too_long"), ("phone", "phone_scientific")],
    }
    assert (batch.total, batch.bad, batch.good) == (7, 6, 1)


def test_premises_find_their_customer_by_number_or_phone(world: World, clerk: Any, customer: Customer) -> None:
    elsewhere = Customer.objects.create(company=world.other, name="别家", phone="13700000009", created_at=NOW)
    rows = [
        (customer.number, "", "新街 1 号", "M1"),
        ("", PHONE, "新街 2 号", ""),
        ("", "13700000009", "新街 3 号", ""),
        (elsewhere.number, "", "新街 4 号", ""),
        ("", "", "新街 5 号", ""),
        ("", PHONE, "望江路 1 号", ""),
        ("", PHONE, "新街 2 号", ""),
    ]
    batch = loaded(world.company, clerk, a_csv(("客户号", "客户电话", "地址", "表号"), rows), "premises")

    assert problems_of(batch) == {
        4: [("phone", "no_customer")],
        5: [("customer", "other_company")],
        6: [("", "one_of")],
        7: [("address", "exists")],
        8: [("", "twice_in_file")],
    }
    assert set(customer.premises.values_list("address", flat=True)) == {"望江路 1 号", "新街 1 号", "新街 2 号"}
    assert taken_back(batch, clerk).state == "undone"
    assert set(customer.premises.values_list("address", flat=True)) == {"望江路 1 号"}


# ---- orders ------------------------------------------------------------------------------------------------------


def an_order_row(number: str, **said: str) -> tuple[str, ...]:
    """A row of the table of orders, with `said` in place of the usual."""
    usual = {
        "phone": PHONE, "type": "OT-RETAIL-INSTALL", "unit": "中心营业厅", "at": "2026-09-01 09:00", "stage": "DESIGN",
        "since": "2026-09-08 10:00", "address": "望江路 1 号", "promised": "",
    }  # fmt: skip
    values = {**usual, **said}
    return (number, *(values[name] for name in usual))


@pytest.fixture
def hall(world: World) -> str:
    return team_of(world.company, "D-HALL").code


def test_a_running_order_goes_on_in_its_stage(world: World, clerk: Any, customer: Customer, hall: str) -> None:
    batch = loaded(world.company, clerk, a_csv(ORDER_HEAD, [an_order_row("A-1", unit=hall)]), "orders")

    assert (batch.loaded, problems_of(batch)) == (1, {})
    order = Order.objects.get(company=world.company)
    assert (order.state, order.customer, order.unit.code) == ("running", customer, hall)
    assert (order.accepted_at, order.premises.address) == (shanghai("2026-09-01 09:00"), "望江路 1 号")  # type: ignore[union-attr]
    assert order.promised_at is not None
    assert order.expected_at is not None
    stages = {stage.stage_type.code: stage for stage in stages_of(order)}
    assert [stages[code].state for code in ("APPLY", "SURVEY", "DESIGN")] == ["skipped", "skipped", "active"]
    assert {stage.state for code, stage in stages.items() if stage.seq > stages["DESIGN"].seq} == {"pending"}
    assert stages["DESIGN"].started_at == shanghai("2026-09-08 10:00")
    assert stages["DESIGN"].due_at == stages["DESIGN"].first_due_at
    assert stages["DESIGN"].due_at is not None
    entry = Entry.objects.get(subject_label="touchpoints.order", subject_id=order.pk)
    assert (entry.verb, entry.data["original"], entry.actor_id) == ("order.imported", "A-1", clerk.pk)
    complete_current_stage(order, at=NOW)
    order.refresh_from_db()
    assert order.state == OrderState.RUNNING


def test_an_order_without_a_stage_is_a_draft(world: World, clerk: Any, customer: Customer, hall: str) -> None:
    loaded(world.company, clerk, a_csv(ORDER_HEAD, [an_order_row("A-1", unit=hall, stage="", since="")]), "orders")

    order = Order.objects.get(company=world.company)
    assert (order.state, order.accepted_at, Stage.objects.filter(order=order).count()) == ("draft", None, 0)


def test_what_is_wrong_with_orders(world: World, clerk: Any, customer: Customer, hall: str) -> None:
    there = team_of(world.other, "D-HALL").code
    rows = [
        an_order_row("B-1", unit=hall, type="没有"),
        an_order_row("B-2", unit="火星厅"),
        an_order_row("B-3", unit=there),
        an_order_row("B-4", unit=hall, stage="COOK"),
        an_order_row("B-5", unit=hall, at="2027-01-01", since="2027-01-02"),
        an_order_row("B-6", unit=hall, since="2026-08-01"),
        an_order_row("B-7", unit=hall, address="不认识的路"),
        an_order_row("B-8", unit=hall, phone="13999999999"),
        an_order_row("B-9", unit=hall, at="三月五日"),
        an_order_row("B-10", unit=hall, promised="2026-08-01"),
        an_order_row("B-11", unit=hall),
        an_order_row("b-11", unit=hall),
    ]
    batch = checked(world.company, clerk, a_csv(ORDER_HEAD, rows), "orders")

    assert problems_of(batch) == {
        2: [("type", "unknown_code")],
        3: [("unit", "unknown_code")],
        4: [("unit", "other_company")],
        5: [("stage", "unknown_code")],
        6: [("accepted", "future"), ("stage_started", "future")],
        7: [("stage_started", "before")],
        8: [("address", "no_premises")],
        9: [("phone", "no_customer")],
        10: [("accepted", "no_date")],
        11: [("promised", "before")],
        13: [("", "twice_in_file")],
    }


def test_an_order_of_another_system_comes_once(world: World, clerk: Any, customer: Customer, hall: str) -> None:
    loaded(world.company, clerk, a_csv(ORDER_HEAD, [an_order_row("A-1", unit=hall)]), "orders")
    second = checked(
        world.company,
        clerk,
        a_csv(ORDER_HEAD, [an_order_row("a-1", unit=hall), an_order_row("A-2", unit=hall)]),
        "orders",
    )

    assert problems_of(second) == {2: [("original", "exists")]}


def test_orders_are_taken_back_unless_one_has_moved_on(world: World, clerk: Any, customer: Customer, hall: str) -> None:
    rows = [an_order_row(f"A-{number}", unit=hall) for number in range(3)]
    batch = loaded(world.company, clerk, a_csv(ORDER_HEAD, rows), "orders")
    moved = Order.objects.filter(company=world.company).order_by("pk")[1]
    complete_current_stage(moved, at=NOW)

    kept = taken_back(batch, clerk)
    assert (kept.state, kept.problem["rows"]) == ("loaded", [[3, moved.number]])
    assert f"第 3 行：{moved.number}" in failure_of(kept)

    fresh = loaded(world.company, clerk, a_csv(ORDER_HEAD, [an_order_row("C-1", unit=hall)]), "orders")
    assert taken_back(fresh, clerk).state == "undone"
    assert Order.objects.filter(company=world.company).count() == 3
    assert Made.objects.filter(batch=fresh).count() == 0


HISTORY_HEAD = (
    "原单号",
    "客户电话",
    "订单类型",
    "受理单位",
    "受理时间",
    "完工时间",
    "环节1开始",
    "环节1完成",
    "环节2完成",
)


def test_history_keeps_the_times_of_its_stages(world: World, clerk: Any, customer: Customer, hall: str) -> None:
    row = ("H-1", PHONE, "OT-RETAIL-INSTALL", hall, "2025-03-03 09:00", "2025-03-20", "2025-03-03 09:00",
           "2025-03-03 09:40", "2025-03-06 15:00")  # fmt: skip
    batch = loaded(world.company, clerk, a_csv(HISTORY_HEAD, [row]), "history")

    assert problems_of(batch) == {}
    order = Order.objects.get(company=world.company)
    assert (order.state, order.done_at, order.closed_at) == ("closed", shanghai("2025-03-20 00:00"), order.done_at)
    stages = stages_of(order)
    assert [stage.state for stage in stages[:3]] == [StageState.DONE, StageState.DONE, StageState.SKIPPED]
    assert (stages[0].started_at, stages[0].ended_at) == (shanghai("2025-03-03 09:00"), shanghai("2025-03-03 09:40"))
    assert (stages[1].started_at, stages[1].ended_at) == (stages[0].ended_at, shanghai("2025-03-06 15:00"))
    assert stages[1].due_at is not None
    assert {stage.state for stage in stages[2:]} == {"skipped"}
    assert taken_back(batch, clerk).state == "undone"
    assert Order.objects.filter(company=world.company).count() == 0


def test_what_is_wrong_with_history(world: World, clerk: Any, customer: Customer, hall: str) -> None:
    def row(number: str, *times: str, kind: str = "OT-PM") -> tuple[str, ...]:
        return (number, PHONE, kind, hall, *times)

    head = (
        "原单号",
        "客户电话",
        "订单类型",
        "受理单位",
        "受理时间",
        "完工时间",
        "环节1开始",
        "环节1完成",
        "环节12完成",
    )
    rows = [
        row("H-1", "2025-03-03", "2025-03-01", "", "", ""),
        row("H-2", "2025-03-03", "2025-03-09", "2025-03-04", "", ""),
        row("H-3", "2025-03-03", "2025-03-09", "2025-03-05", "2025-03-04", ""),
        row("H-4", "2025-03-03", "2025-03-09", "2025-03-05", "2025-03-10", ""),
        row("H-5", "2025-03-03", "2025-03-09", "2025-03-01", "2025-03-04", ""),
        row("H-6", "2025-03-03", "2025-03-09", "", "", "2025-03-08"),
        row("H-7", "2025-03-03", "", "", "", ""),
    ]
    batch = checked(world.company, clerk, a_csv(head, rows), "history")

    assert problems_of(batch) == {
        2: [("done", "before")],
        3: [("end1", "required")],
        4: [("end1", "before")],
        5: [("end1", "after_done")],
        6: [("start1", "before")],
        7: [("end12", "no_such_stage")],
        8: [("done", "required")],
    }


# ---- appointments ------------------------------------------------------------------------------------------------

VISIT_HEAD = ("订单号", "班组", "日期", "时段", "上门须知")


@pytest.fixture
def repair(world: World, clerk: Any, customer: Customer, hall: str) -> Order:
    """An order of another system that waits for a visit."""
    rows = [an_order_row("R-1", unit=hall, type="OT-REPAIR", stage="ONSITE")]
    loaded(world.company, clerk, a_csv(ORDER_HEAD, rows), "orders")
    return Order.objects.get(company=world.company)


def test_appointments_go_through_the_verb_and_back(world: World, clerk: Any, repair: Order) -> None:
    crew = team_of(world.company, "D-HOME")
    stage = next(one for one in stages_of(repair) if one.stage_type.code == "ONSITE")
    rows = [("R-1", crew.zh, "2026-09-16", "8:30-10:30", "门禁 3021")]
    batch = loaded(world.company, clerk, a_csv(VISIT_HEAD, rows), "appointments")

    assert (batch.loaded, problems_of(batch)) == (1, {})
    booked = Appointment.objects.get(stage=stage)
    assert (booked.starts_at, booked.unit, booked.note) == (shanghai("2026-09-16 08:30"), crew, "门禁 3021")
    before = (stage.appointed_at, stage.due_at, stage.first_due_at)
    assert taken_back(batch, clerk).state == "undone"
    stage.refresh_from_db()
    assert (stage.appointed_at, stage.due_at, stage.first_due_at) == before
    assert Appointment.objects.count() == 0


def test_an_appointment_that_was_confirmed_stays(world: World, clerk: Any, repair: Order) -> None:
    crew = team_of(world.company, "D-HOME")
    rows = [(repair.number, crew.code, "2026-09-16", "上午", "")]
    batch = loaded(world.company, clerk, a_csv(VISIT_HEAD, rows), "appointments")
    booked = Appointment.objects.get()
    confirm(booked, by=None, at=booked.starts_at - timedelta(hours=15))

    kept = taken_back(batch, clerk)
    assert (kept.state, kept.problem["rows"]) == ("loaded", [[2, booked.number]])


def test_what_is_wrong_with_appointments(world: World, clerk: Any, repair: Order, hall: str) -> None:
    crew = team_of(world.company, "D-HOME").code
    rows = [
        ("没有这单", crew, "2026-09-16", "上午", ""),
        ("R-1", crew, "2026-09-01", "上午", ""),
        ("R-1", crew, "2026-09-16", "半夜", ""),
        ("R-1", hall, "2026-09-16", "下午", ""),
        ("R-1", crew, "2027-09-16", "下午", ""),
    ]
    batch = loaded(world.company, clerk, a_csv(VISIT_HEAD, rows), "appointments")

    assert problems_of(batch) == {
        2: [("order", "unknown_code")],
        3: [("day", "past_day")],
        4: [("window", "no_window")],
        5: [("crew", "no_such_crew")],
        6: [("", "said")],
    }
    assert batch.loaded == 0
