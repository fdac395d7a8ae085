"""What a company may change for itself here: its own departments, further questions. Nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed
from cxorders.organisation.models import Unit, User
from tests.factories.catalogue import category, key_point, question, the_catalogue
from tests.factories.organisation import World, a_person, a_world, department_in
from touchpoints.catalogue import overriding
from touchpoints.catalogue.actions import (
    GroupQuestion,
    NoSuchDepartment,
    NothingToClear,
    NotOverridable,
    QuestionEmpty,
    QuestionTwice,
    QuestionTypeUnknown,
    RowUnknown,
    SameAsGroup,
    add_question,
    clear_override,
    override_value,
    retire_question,
)
from touchpoints.catalogue.models import KeyPoint, Override, Question
from touchpoints.catalogue.queries import categories_for, department_code_for, questions_for

GROUND = (the_catalogue, a_world)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
QUEUE = ("issue_categories", "IC-HALL-QUEUE", "department_code")


@pytest.fixture
def leader(world: World) -> User:
    the_catalogue()
    return a_person("branch_leader", at=world.company)


def move(company: Unit, by: User, code: str, department: str) -> Any:
    return override_value(company, "issue_categories", code, "department_code", department, by=by, at=NOON).value


# ---- never codes, never other values -----------------------------------------------------------------------------


def test_the_list_of_values_a_company_may_change() -> None:
    assert overriding.registered() == [("issue_categories", "department_code")]


@pytest.mark.parametrize(
    ("kind", "field"),
    [("standards", "code"), ("standards", "value"), ("standards", "unit"), ("standards", "op"),
     ("severities", "resolve_value"), ("issue_categories", "severity"), ("key_points", "standards")],
)  # fmt: skip
def test_codes_and_other_values_belong_to_the_group(world: World, leader: User, kind: str, field: str) -> None:
    with pytest.raises(NotOverridable):
        override_value(world.company, kind, "STD-BH-01", field, "x", by=leader, at=NOON)


# ---- who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["front", "handler", "dept_mgr", "gatekeeper", "callback"])
def test_other_posts_of_the_company_change_nothing(world: World, leader: User, role: str) -> None:
    person = a_person(role, at=department_in(world.company, "D-HALL"))

    with pytest.raises(NotAllowed):
        move(world.company, person, "IC-HALL-QUEUE", "D-CS")
    with pytest.raises(NotAllowed):
        add_question(key_point(), company=world.company, zh="停车方便吗", type="yn", by=person, at=NOON)


def test_the_group_changes_nothing_in_a_company(world: World, leader: User) -> None:
    headquarters = a_person("hq_cs", at=world.group)

    with pytest.raises(NotAllowed):
        move(world.company, headquarters, "IC-HALL-QUEUE", "D-CS")
    with pytest.raises(NotAllowed):
        move(world.group, headquarters, "IC-HALL-QUEUE", "D-CS")


def test_the_leader_of_another_company_is_a_stranger(world: World, leader: User) -> None:
    stranger = a_person("branch_leader", at=world.other)
    move(world.company, leader, "IC-HALL-QUEUE", "D-CS")
    own = add_question(key_point(), company=world.company, zh="停车方便吗", type="yn", by=leader, at=NOON)

    with pytest.raises(NotAllowed):
        move(world.company, stranger, "IC-HALL-QUEUE", "D-CC")
    with pytest.raises(NotAllowed):
        clear_override(world.company, *QUEUE, by=stranger, at=NOON)
    with pytest.raises(NotAllowed):
        retire_question(own, by=stranger, at=NOON)
    assert department_code_for(category("IC-HALL-QUEUE"), world.company) == "D-CS"


# ---- categories --------------------------------------------------------------------------------------------------


def test_another_department_of_the_company_answers(world: World, leader: User) -> None:
    queue = category("IC-HALL-QUEUE")

    assert move(world.company, leader, queue.code, "D-CS") == "D-CS"
    assert department_code_for(queue, world.company) == "D-CS"
    assert department_code_for(queue, world.other) == queue.department_code


def test_only_an_open_department_of_the_own_company(world: World, leader: User) -> None:
    with pytest.raises(NoSuchDepartment):
        move(world.company, leader, "IC-HALL-QUEUE", "D-NONE")
    with pytest.raises(SameAsGroup):
        move(world.company, leader, "IC-HALL-QUEUE", category("IC-HALL-QUEUE").department_code)
    with pytest.raises(RowUnknown):
        move(world.company, leader, "IC-NONE", "D-CS")


def test_a_second_value_replaces_the_first_and_both_are_in_the_journal(world: World, leader: User) -> None:
    move(world.company, leader, "IC-HALL-QUEUE", "D-CS")
    move(world.company, leader, "IC-HALL-QUEUE", "D-CC")
    clear_override(world.company, *QUEUE, by=leader, at=NOON)

    rows = Entry.objects.filter(verb__startswith="catalogue.over", company_id=world.company.pk).order_by("pk")
    assert [(row.verb, row.data["from"], row.data["to"]) for row in rows] == [
        ("catalogue.overridden", None, "D-CS"),
        ("catalogue.overridden", "D-CS", "D-CC"),
        ("catalogue.override_cleared", "D-CC", None),
    ]
    assert Override.objects.count() == 0


def test_nothing_to_clear(world: World, leader: User) -> None:
    with pytest.raises(NothingToClear):
        clear_override(world.company, *QUEUE, by=leader, at=NOON)


# ---- questions ---------------------------------------------------------------------------------------------------


def test_an_added_question_comes_after_those_of_the_group(world: World, leader: User) -> None:
    point = key_point("KP-BH-01")

    own = add_question(
        point, company=world.company, zh=" 停车方便吗 ", type="yn", by=leader, at=NOON, en="Easy to park?"
    )

    group = ["KP-BH-01-Q1", "KP-BH-01-Q2", "KP-BH-01-Q3"]
    assert own.code == f"KP-BH-01-U{world.company.pk}-1"
    assert own.zh == "停车方便吗"
    assert [q.code for q in questions_for(point, world.company)] == [*group, own.code]
    assert [q.code for q in questions_for(point, world.other)] == group
    assert [q.code for q in questions_for(point, None)] == group


def test_the_same_question_is_asked_once(world: World, leader: User) -> None:
    point = key_point("KP-BH-01")
    add_question(point, company=world.company, zh="停车方便吗", type="yn", by=leader, at=NOON)

    with pytest.raises(QuestionTwice):
        add_question(point, company=world.company, zh="停车方便吗", type="csat5", by=leader, at=NOON)
    with pytest.raises(QuestionTwice):
        add_question(point, company=world.company, zh=question("KP-BH-01-Q1").zh, type="csat5", by=leader, at=NOON)


def test_a_question_needs_words_and_a_known_answer(world: World, leader: User) -> None:
    point = key_point("KP-BH-01")

    with pytest.raises(QuestionEmpty):
        add_question(point, company=world.company, zh="  ", type="yn", by=leader, at=NOON)
    with pytest.raises(QuestionEmpty):
        add_question(point, company=world.company, zh="问" * 201, type="yn", by=leader, at=NOON)
    with pytest.raises(QuestionTypeUnknown):
        add_question(point, company=world.company, zh="停车方便吗", type="choice", by=leader, at=NOON)
    KeyPoint.objects.filter(pk=point.pk).update(retired=True)
    with pytest.raises(RowUnknown):
        add_question(point, company=world.company, zh="停车方便吗", type="yn", by=leader, at=NOON)


def test_an_own_question_may_be_retired_and_its_code_is_not_used_again(world: World, leader: User) -> None:
    point = key_point("KP-BH-01")
    own = add_question(point, company=world.company, zh="停车方便吗", type="yn", by=leader, at=NOON)

    retire_question(own, by=leader, at=NOON)
    later = add_question(point, company=world.company, zh="停车方便吗", type="yn", by=leader, at=NOON)

    assert later.code == f"KP-BH-01-U{world.company.pk}-2"
    assert [q.code for q in questions_for(point, world.company)][3:] == [later.code]
    with pytest.raises(NothingToClear):
        retire_question(Question.objects.get(pk=own.pk), by=leader, at=NOON)


def test_questions_of_the_group_stay(world: World, leader: User) -> None:
    with pytest.raises(GroupQuestion):
        retire_question(question("KP-BH-01-Q1"), by=leader, at=NOON)

    assert question("KP-BH-01-Q1").retired is False


def test_the_likely_categories_of_a_key_point_stand_in_the_order_of_the_file(world: World, leader: User) -> None:
    codes = [row.code for row in categories_for(key_point("KP-BH-01"))]

    assert codes == ["IC-HALL-QUEUE", "IC-HALL-SHIRK", "IC-HALL-ATT", "IC-HALL-ENV"]
