"""Owner, supervisor, stranger, and the team whose department has the stage (DESIGN §6)."""

import pytest

from cxorders.kit.errors import NotAllowed
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import HOUR, MONDAY, an_order, proofs_for, run_to
from tests.factories.organisation import a_person, a_team, a_world, department_in, team_of
from touchpoints.orders.actions import (
    accept_order,
    complete_stage,
    create_order,
    fail_stage,
    hand_over_orders,
    hand_over_stages,
    pause_stage,
    skip_stage,
)
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import held_orders, held_stages, open_stages

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def test_an_order_is_seen_by_its_unit_its_supervisor_and_those_who_work_on_it(world):
    order = an_order(company=world.company, by=world.owner)
    crew = a_person("crew", at=team_of(world.company, "D-ENG"))
    colleague = a_person("crew", at=a_team(department_in(world.company, "D-ENG")))
    finance = a_person("handler", at=department_in(world.company, "D-FIN"))
    leader = a_person("branch_leader", at=world.company)
    other_leader = a_person("branch_leader", at=world.other)
    group = a_person("hq_cs", at=world.group)

    seen = {
        person.name: list(Order.objects.visible_to(person).order_by("pk"))
        for person in (world.owner, world.supervisor, crew, colleague, leader, group)
    }
    assert set(map(tuple, seen.values())) == {(order,)}
    for person in (world.stranger, finance, other_leader, a_person("admin", at=world.group)):
        assert list(Order.objects.visible_to(person).order_by("pk")) == []


def test_a_stage_taken_by_one_team_is_out_of_sight_of_the_next(world):
    order = an_order(company=world.company)
    stage = run_to(order, "INSTALL")
    crew = a_person("crew", at=team_of(world.company, "D-ENG"))
    sibling = a_person("crew", at=a_team(department_in(world.company, "D-ENG")))
    assert list(open_stages(sibling)) == [stage]

    Stage.objects.filter(pk=stage.pk).update(unit=team_of(world.company, "D-ENG"))

    assert list(open_stages(crew)) == [stage]
    assert list(open_stages(sibling)) == []


def test_strangers_do_nothing_to_an_order(world):
    order = an_order(company=world.company, by=world.owner)
    stage = run_to(order, "PAY")
    late = stage.started_at + HOUR

    with pytest.raises(NotAllowed):
        complete_stage(stage, by=world.stranger, at=late, evidence=proofs_for(stage))
    with pytest.raises(NotAllowed):
        fail_stage(stage, by=world.stranger, at=late, reason="到访不遇")
    with pytest.raises(NotAllowed):
        pause_stage(stage, by=world.stranger, at=late, reason="permit")
    assert complete_stage(stage, by=world.owner, at=late, evidence=proofs_for(stage)).state == "done"


def test_skipping_is_the_managers(world):
    order = an_order(company=world.company, by=world.owner)
    run_to(order, "PAY")
    optional = Stage.objects.select_related("stage_type", "unit").get(order=order, stage_type__code="YARD")

    for person in (world.owner, world.stranger, a_person("crew", at=team_of(world.company, "D-ENG"))):
        with pytest.raises(NotAllowed):
            skip_stage(optional, by=person, at=MONDAY, reason="不需要")


def test_an_order_is_taken_in_at_the_own_unit_only(world):
    draft = an_order(company=world.company, accepted=False)
    values = {"order_type": draft.order_type, "customer": draft.customer, "at": MONDAY}

    with pytest.raises(NotAllowed):
        create_order(company=world.company, unit=world.team, by=world.stranger, **values)
    with pytest.raises(NotAllowed):
        accept_order(draft, by=world.stranger, at=MONDAY)
    assert create_order(company=world.company, unit=world.team, by=world.owner, **values).owner == world.owner


def test_what_a_person_held_passes_to_the_successor(world):
    order = an_order(company=world.company, by=world.owner)
    stage = run_to(order, "PAY")
    Stage.objects.filter(pk=stage.pk).update(assignee=world.owner)
    successor = a_person("front", at=world.team)
    assert (held_stages(world.owner).count(), held_orders(world.owner).count()) == (1, 1)

    hand_over_stages(world.owner, successor, world.supervisor, MONDAY)
    hand_over_orders(world.owner, successor, world.supervisor, MONDAY)

    assert (held_stages(world.owner).count(), held_orders(world.owner).count()) == (0, 0)
    assert (list(held_stages(successor)), list(held_orders(successor))) == ([stage], [order])
