"""Roles at units, from a day to a day."""

from datetime import UTC, datetime, timedelta

import pytest

from cxorders.journal.queries import timeline
from cxorders.organisation.actions import close_unit, deactivate, end_grant, grant_role, transfer
from cxorders.organisation.actions.grants import (
    AlreadyGranted,
    GrantOver,
    LastAdmin,
    PersonInactive,
    RoleNotHere,
    UnknownRole,
)
from cxorders.organisation.actions.units import UnitClosed
from cxorders.organisation.enums import Reach
from cxorders.organisation.models import Grant
from cxorders.organisation.queries import grants_of, people_with
from cxorders.organisation.roles import ROLES
from tests.factories.organisation import LONG_AGO, World, a_person, a_world, department_in, give, team_of

pytestmark = pytest.mark.django_db
GROUND = (a_world,)

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def held(world: World, at: datetime = NOW) -> list[tuple[str, str]]:
    return [(grant.role_code, grant.unit.code) for grant in grants_of(world.owner, at=at)]


def test_a_person_may_hold_several_grants(world: World) -> None:
    give(world.owner, "handler", at=department_in(world.company, "D-CS"))

    assert held(world) == [("front", "A-D-HALL-1"), ("handler", "A-D-CS")]


def test_a_grant_leaves_a_journal_row_at_its_unit(world: World) -> None:
    grant = grant_role(world.owner, "handler", world.team, by=world.supervisor, at=NOW)

    entry = timeline(world.owner)[0]
    assert (entry.verb, entry.actor_name, entry.unit_id, entry.company_id) == (
        "grant.given", "陈建国", world.team.pk, world.company.pk,
    )  # fmt: skip
    assert entry.data == {"role": "handler", "unit": "中心营业厅", "starts_at": NOW.isoformat()}
    assert grant.granted_by == world.supervisor


def test_a_grant_begins_and_ends_on_time(world: World) -> None:
    give(world.owner, "handler", at=world.team, since=LATER)

    assert ("handler", "A-D-HALL-1") not in held(world, LATER - timedelta(seconds=1))
    assert ("handler", "A-D-HALL-1") in held(world, LATER)

    end_grant(world.owner.grants.get(role_code="front"), by=None, at=NOW)
    assert held(world, NOW - timedelta(seconds=1)) == [("front", "A-D-HALL-1")]
    assert held(world, NOW) == []


@pytest.mark.parametrize("code", ["king", "customer", ""])
def test_only_roles_that_exist_are_given(world: World, code: str) -> None:
    with pytest.raises(UnknownRole):
        grant_role(world.owner, code, world.team, by=None, at=NOW)


@pytest.mark.parametrize("code", sorted(code for code, role in ROLES.items() if role.permissions))
def test_each_role_stands_where_its_reach_fits(world: World, code: str) -> None:
    reach = ROLES[code].reach
    for unit, fits in ((world.group, reach is not Reach.COMPANY), (world.company, reach is not Reach.GROUP)):
        person = a_person("", name="某人")
        if fits:
            assert grant_role(person, code, unit, by=None, at=NOW).role is ROLES[code]
        else:
            with pytest.raises(RoleNotHere):
                grant_role(person, code, unit, by=None, at=NOW)


def test_the_same_grant_is_not_given_twice(world: World) -> None:
    with pytest.raises(AlreadyGranted):
        grant_role(world.owner, "front", world.team, by=None, at=NOW)

    end_grant(world.owner.grants.get(), by=None, at=NOW)
    grant_role(world.owner, "front", world.team, by=None, at=NOW)

    assert held(world) == [("front", "A-D-HALL-1")]


def test_a_grant_before_another_one_of_the_same_kind_must_end_in_time(world: World) -> None:
    give(world.owner, "handler", at=world.team, since=LATER)
    with pytest.raises(AlreadyGranted):
        grant_role(world.owner, "handler", world.team, by=None, at=NOW)

    grant_role(world.owner, "handler", world.team, by=None, at=NOW, ends_at=LATER)

    assert ("handler", "A-D-HALL-1") in held(world)


def test_nobody_who_left_and_no_closed_unit_gets_a_grant(world: World) -> None:
    empty = team_of(world.company, "D-ENG")
    close_unit(empty, by=None, at=NOW)
    with pytest.raises(UnitClosed):
        grant_role(world.owner, "crew", empty, by=None, at=NOW)

    deactivate(world.owner, by=None, at=NOW)
    with pytest.raises(PersonInactive):
        grant_role(world.owner, "handler", world.team, by=None, at=NOW)


def test_an_ended_grant_does_not_end_again(world: World) -> None:
    grant = world.owner.grants.get()
    end_grant(grant, by=None, at=NOW)
    with pytest.raises(GrantOver):
        end_grant(grant, by=None, at=LATER)


def test_a_grant_that_never_began_is_withdrawn(world: World) -> None:
    future = give(world.owner, "handler", at=world.team, since=LATER)
    end_grant(future, by=None, at=NOW)

    assert held(world, LATER) == [("front", "A-D-HALL-1")]
    assert timeline(world.owner)[0].verb == "grant.withdrawn"
    with pytest.raises(GrantOver):
        end_grant(future, by=None, at=NOW)


def test_the_last_administrator_stays(world: World) -> None:
    first = a_person("admin", at=world.group)
    with pytest.raises(LastAdmin):
        end_grant(first.grants.get(), by=None, at=NOW)

    a_person("admin", at=world.group)
    end_grant(first.grants.get(), by=None, at=NOW)

    assert Grant.objects.in_force(NOW).filter(role_code="admin").count() == 1


def test_a_move_keeps_history(world: World) -> None:
    there = team_of(world.other, "D-HALL")
    moved = transfer(world.owner.grants.get(), there, by=world.supervisor, at=NOW)

    assert [(g.unit.code, g.starts_at, g.ends_at) for g in world.owner.grants.all()] == [
        ("A-D-HALL-1", LONG_AGO, NOW),
        ("B-D-HALL-1", NOW, None),
    ]
    assert moved.role_code == "front"
    assert held(world, NOW - timedelta(days=1)) == [("front", "A-D-HALL-1")]
    assert held(world) == [("front", "B-D-HALL-1")]


def test_a_move_may_change_the_role(world: World) -> None:
    transfer(world.owner.grants.get(), department_in(world.company, "D-CS"), by=None, at=NOW, role_code="handler")

    assert held(world) == [("handler", "A-D-CS")]


def test_a_refused_move_changes_nothing(world: World) -> None:
    with pytest.raises(RoleNotHere):
        transfer(world.owner.grants.get(), world.team, by=None, at=NOW, role_code="auditor")

    assert held(world) == [("front", "A-D-HALL-1")]


def test_people_are_found_by_role_below_a_unit(world: World) -> None:
    second = a_person("front", at=world.team)

    assert people_with("front", world.company, at=NOW) == [world.owner, second]
    assert people_with("front", world.group, at=NOW) == [world.owner, world.stranger, second]
    assert people_with("handler", world.company, at=NOW) == []
