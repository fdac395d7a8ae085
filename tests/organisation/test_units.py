"""Opening, naming and closing units."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cxorders.journal.queries import timeline
from cxorders.organisation.actions import close_unit, end_grant, open_unit, rename_unit
from cxorders.organisation.actions.units import CodeTaken, UnitClosed, UnitInUse, WrongPlace
from cxorders.organisation.enums import UNIT_CHILDREN, UnitKind
from cxorders.organisation.models import Unit
from tests.factories.organisation import World, a_company, a_group, a_person, a_team, a_world, department_in, team_of

pytestmark = pytest.mark.django_db
GROUND = (a_world,)

NOW = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # already the 3rd of March in Shanghai


def test_a_unit_knows_its_company_its_department_and_its_day(world: World) -> None:
    hall = department_in(world.company, "D-HALL")
    team = open_unit(UnitKind.TEAM, "A-H9", "城南营业厅", hall, by=world.supervisor, at=NOW, touchpoint_code="BH")

    assert team.company == world.company
    assert (team.department_code, team.touchpoint_code) == ("D-HALL", "BH")
    assert team.opened_on == date(2026, 3, 3)
    assert [(entry.verb, entry.actor_name, entry.unit_id) for entry in timeline(team)] == [
        ("unit.opened", "陈建国", team.pk)
    ]


def test_a_company_belongs_to_itself_and_the_group_to_nobody() -> None:
    group, company = a_group(), a_company("C")

    assert (group.company, company.company) == (None, company)
    assert Unit.objects.get(pk=company.pk).company_id == company.pk


def test_paths_are_ranges_of_the_tree(world: World) -> None:
    hall = department_in(world.company, "D-HALL")
    second = a_team(hall, code="A-H2")

    assert [unit.code for unit in Unit.objects.below(hall)] == ["A-D-HALL", "A-D-HALL-1", "A-H2"]
    assert [unit.code for unit in Unit.objects.above(second)] == ["G", "A", "A-D-HALL", "A-H2"]
    assert set(Unit.objects.below(world.group)) == set(Unit.objects.all())


@pytest.mark.parametrize("parent", ["", *UnitKind])
@pytest.mark.parametrize("kind", UnitKind)
def test_every_kind_below_every_kind(parent: str, kind: str) -> None:
    a_company("C", departments=("D-HALL",))
    above = Unit.objects.filter(kind=parent).last()
    if kind in UNIT_CHILDREN[parent]:
        assert open_unit(kind, "X", "新单位", above, by=None, at=NOW).parent == above
    else:
        with pytest.raises(WrongPlace):
            open_unit(kind, "X", "新单位", above, by=None, at=NOW)


def test_a_code_is_given_once(world: World) -> None:
    with pytest.raises(CodeTaken):
        open_unit(UnitKind.COMPANY, "A", "又一个", world.group, by=None, at=NOW)


def test_a_new_name_leaves_the_old_one_in_the_journal(world: World) -> None:
    rename_unit(world.team, by=world.supervisor, at=NOW, zh="城东营业厅", en="East hall")

    assert Unit.objects.get(pk=world.team.pk).zh == "城东营业厅"
    assert timeline(world.team)[0].data == {"former": "中心营业厅", "zh": "城东营业厅"}


def test_a_unit_with_people_in_post_stays_open(world: World) -> None:
    with pytest.raises(UnitInUse) as refusal:
        close_unit(world.team, by=None, at=NOW)
    assert refusal.value.values == {"unit": "中心营业厅", "units": 0, "people": 1}

    end_grant(world.owner.grants.get(), by=None, at=NOW - timedelta(days=1))
    close_unit(world.team, by=None, at=NOW)

    assert Unit.objects.get(pk=world.team.pk).closed_on == date(2026, 3, 3)
    with pytest.raises(UnitClosed):
        close_unit(world.team, by=None, at=NOW)
    with pytest.raises(UnitClosed):
        open_unit(UnitKind.TEAM, "X", "晚来的", world.team, by=None, at=NOW)


def test_a_unit_with_open_units_below_stays_open(world: World) -> None:
    department = department_in(world.company, "D-ENG")
    with pytest.raises(UnitInUse):
        close_unit(department, by=None, at=NOW)

    close_unit(team_of(world.company, "D-ENG"), by=None, at=NOW)
    close_unit(department, by=None, at=NOW)

    assert department.closed_on == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("role", "at", "seen"),
    [
        ("auditor", "G", {"G", "A", "B", "A-D-HALL", "A-D-HALL-1", "B-D-HALL"}),
        ("admin", "G", {"G", "A", "B", "A-D-HALL", "A-D-HALL-1", "B-D-HALL"}),
        ("admin", "A", {"A", "A-D-HALL", "A-D-HALL-1"}),
        ("branch_leader", "A", {"A", "A-D-HALL", "A-D-HALL-1"}),
        ("callback", "A-D-CC", {"A", "A-D-HALL", "A-D-HALL-1"}),
        ("dept_mgr", "A-D-HALL", {"A-D-HALL", "A-D-HALL-1"}),
        ("front", "A-D-HALL-1", {"A-D-HALL-1"}),
        ("walker", "A-D-HALL-1", {"A-D-HALL-1"}),
    ],
)
def test_who_sees_which_units(world: World, role: str, at: str, seen: set[str]) -> None:
    person = a_person(role, at=Unit.objects.get(code=at))
    shown = {"G", "A", "B", "A-D-HALL", "A-D-HALL-1", "B-D-HALL"}

    assert set(Unit.objects.visible_to(person).values_list("code", flat=True)) & shown == seen


def test_without_a_grant_no_unit_is_seen(world: World) -> None:
    assert list(Unit.objects.visible_to(a_person("", at=world.team))) == []
