"""A contract keeps its households (合同户): pasted, waiting for the contract, in the way of its end."""

import pytest

from cxorders.kit.errors import NotAllowed
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import (
    HOUR,
    MONDAY,
    an_order,
    complete_current_stage,
    current_stage,
    finish,
    proofs_for,
    run_to,
    stage_of,
)
from tests.factories.organisation import a_person, a_world, department_in
from touchpoints.orders.actions import add_household, add_households, cancel_order, complete_stage
from touchpoints.orders.actions.households import BadLines, NoHouseholds, TooManyLines
from touchpoints.orders.actions.stages import HouseholdsOpen
from touchpoints.orders.households import MOST_LINES, HouseholdLine, parse
from touchpoints.orders.models import Order
from touchpoints.orders.queries import stages_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

PASTE = """姓名\t电话\t地址
王芳\t13812340001\t翠湖天地 3-0101

李强，13812340002，翠湖天地 3-0102
赵敏, 0532-85551234, 翠湖天地 3-0103, 左门
"""


def a_contract(world, **more) -> Order:
    return an_order("OT-CONTRACT-RES", company=world.company, by=world.owner, title="翠湖天地 3 栋", **more)


def test_a_paste_is_read_line_by_line():
    assert parse(PASTE) == [
        HouseholdLine(2, "王芳", "13812340001", "翠湖天地 3-0101"),
        HouseholdLine(4, "李强", "13812340002", "翠湖天地 3-0102"),
        HouseholdLine(5, "赵敏", "0532-85551234", "翠湖天地 3-0103, 左门"),
    ]


def test_a_paste_names_what_is_wrong_with_each_line():
    lines = parse(
        "王芳\t13812340001\n\t138\t3-0101\n李强\t138\t \n周一\t13812340001\t3-0104\n周二\t13812340002\t3-0104"
    )

    assert [(line.line, line.problem) for line in lines] == [
        (1, "columns"),
        (2, "columns"),
        (3, "columns"),
        (4, ""),
        (5, "twice"),
    ]


def test_households_of_a_paste_become_orders_with_the_stages_done_per_household(world):
    contract = a_contract(world)

    homes = add_households(contract, parse(PASTE), by=world.owner, at=MONDAY + HOUR)

    assert [(home.customer.name, home.premises.address, home.parent, home.state) for home in homes] == [
        ("王芳", "翠湖天地 3-0101", contract, "accepted"),
        ("李强", "翠湖天地 3-0102", contract, "accepted"),
        ("赵敏", "翠湖天地 3-0103, 左门", contract, "accepted"),
    ]
    assert [s.stage_type.code for s in stages_of(homes[0])] == ["INSTALL", "CONVERT", "CALLBACK"]


def test_one_bad_line_saves_nothing(world):
    contract = a_contract(world)
    add_household(contract, name="钱一", phone="13812340009", address="3-0901", by=world.owner, at=MONDAY)
    lines = parse("王芳\t12345\t3-0101\n李强\t13812340002\t3-0102\n钱一\t13812340009\t3-0901")

    with pytest.raises(BadLines) as refused:
        add_households(contract, lines, by=world.owner, at=MONDAY)

    assert [(line.line, line.problem) for line in refused.value.lines] == [(1, "phone"), (3, "present")]
    assert Order.objects.filter(parent=contract).count() == 1


def test_a_paste_has_its_limit(world):
    lines = [HouseholdLine(n, "王芳", "13812340001", f"3-{n}") for n in range(MOST_LINES + 1)]

    with pytest.raises(TooManyLines):
        add_households(a_contract(world), lines, by=world.owner, at=MONDAY)


def test_households_start_when_the_contract_reaches_their_stage(world):
    contract = a_contract(world)
    home = add_household(contract, name="王芳", phone="13812340001", address="3-0101", by=world.owner, at=MONDAY)
    assert (home.state, current_stage(home)) == ("accepted", None)

    stage = run_to(contract, "INSTALL")

    home.refresh_from_db()
    assert home.state == "running"
    own = current_stage(home)
    assert (own.stage_type.code, own.started_at, own.due_at) == ("INSTALL", stage.started_at, stage.due_at)


def test_a_contract_stage_ends_after_its_last_household(world):
    contract = a_contract(world)
    homes = add_households(contract, parse(PASTE), by=world.owner, at=MONDAY)
    stage = run_to(contract, "INSTALL")
    for home in homes[:2]:
        home.refresh_from_db()
        complete_current_stage(home)
    late = stage.started_at + 9 * HOUR

    with pytest.raises(HouseholdsOpen) as refused:
        complete_stage(stage, by=None, at=late, evidence=proofs_for(stage))
    assert refused.value.in_language("zh") == "还有 1 户没有完成“户内安装”。"

    homes[2].refresh_from_db()
    cancel_order(homes[2], by=None, at=late, reason="退房", asked_by="customer")
    assert complete_stage(stage, by=None, at=late, evidence=proofs_for(stage)).state == "done"


def test_a_household_waits_between_its_stages_for_the_contract(world):
    contract = a_contract(world)
    home = add_household(contract, name="王芳", phone="13812340001", address="3-0101", by=world.owner, at=MONDAY)
    run_to(contract, "INSTALL")
    home.refresh_from_db()
    complete_current_stage(home)
    assert current_stage(home) is None, "conversion waits for the acceptance of the whole"

    run_to(contract, "CONVERT")
    home.refresh_from_db()
    assert current_stage(home).stage_type.code == "CONVERT"
    complete_current_stage(home)
    assert (home.state, stage_of(home, "CALLBACK").state) == ("observing", "active")
    finish(contract)
    assert contract.state == "observing"


def test_cancelling_a_contract_cancels_its_households(world):
    contract = a_contract(world)
    homes = add_households(contract, parse(PASTE), by=world.owner, at=MONDAY)
    cancel_order(contract, by=world.supervisor, at=MONDAY + HOUR, reason="项目停建", asked_by="customer")

    assert {Order.objects.get(pk=home.pk).state for home in homes} == {"cancelled"}


def test_only_the_unit_of_the_contract_adds_households(world):
    contract = a_contract(world)
    values = {"name": "王芳", "phone": "13812340001", "address": "3-0101", "at": MONDAY}

    for person in (world.stranger, a_person("dept_mgr", at=department_in(world.company, "D-ENG"))):
        with pytest.raises(NotAllowed):
            add_household(contract, by=person, **values)
    with pytest.raises(NoHouseholds):
        add_household(an_order(company=world.company, by=world.owner), by=world.owner, **values)
