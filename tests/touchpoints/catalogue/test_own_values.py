"""What a company may change for itself: stricter standards, its own departments, further questions. Nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cxorders.journal.models import Entry
from cxorders.kit.errors import BusinessError, NotAllowed
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
from touchpoints.catalogue.queries import categories_for, department_code_for, effective, questions_for
from touchpoints.standards.actions import BadLimit, NotTighter, StandardUnknown

GROUND = (the_catalogue, a_world)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def leader(world: World) -> User:
    the_catalogue()
    return a_person("branch_leader", at=world.company)


def tighten(company: Unit, by: User, code: str, value: Any) -> Any:
    return override_value(company, "standards", code, "value", value, by=by, at=NOON).value


# ---- standards: stricter only ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "given", "kept"),
    [
        pytest.param("STD-BH-01", 10, 10, id="at most: lower"),
        pytest.param("STD-BH-01", "10", 10, id="typed"),
        pytest.param("STD-BH-01", " １２.５ ", 12.5, id="typed full-width"),
        pytest.param("STD-BH-05", 0.25, 0.25, id="half a working day halved"),
        pytest.param("STD-CC-02", "98%", 98, id="at least: higher"),
        pytest.param("STD-HS-09", 96, 96, id="notice further ahead"),
        pytest.param("STD-HS-11", 0, 0, id="no error at all"),
        pytest.param("STD-CC-14", [8, 12], [8, 12], id="between: narrower"),
        pytest.param("STD-CC-14", ["7", "10"], [7, 10], id="between: one end"),
        pytest.param("STD-EC-17", ["21:00", "07:00"], ["21:00", "07:00"], id="not in: longer over midnight"),
        pytest.param("STD-EC-17", ["22:00", "06:30"], ["22:00", "06:30"], id="not in: one end"),
    ],
)
def test_a_stricter_standard_is_kept(world: World, leader: User, code: str, given: Any, kept: Any) -> None:
    assert tighten(world.company, leader, code, given) == kept
    assert effective("standards", code, "value", "the group's", world.company) == kept


@pytest.mark.parametrize(
    ("code", "given", "error"),
    [
        pytest.param("STD-BH-01", 15, NotTighter, id="at most: the same"),
        pytest.param("STD-BH-01", 16, NotTighter, id="at most: higher"),
        pytest.param("STD-CC-02", 95, NotTighter, id="at least: the same"),
        pytest.param("STD-CC-02", 90, NotTighter, id="at least: lower"),
        pytest.param("STD-CC-14", [7, 15], NotTighter, id="between: the same"),
        pytest.param("STD-CC-14", [6, 14], NotTighter, id="between: from earlier"),
        pytest.param("STD-CC-14", [8, 16], NotTighter, id="between: to later"),
        pytest.param("STD-CC-14", [12, 9], NotTighter, id="between: reversed"),
        pytest.param("STD-EC-17", ["22:00", "06:00"], NotTighter, id="not in: the same"),
        pytest.param("STD-EC-17", ["23:00", "06:00"], NotTighter, id="not in: shorter"),
        pytest.param("STD-EC-17", ["06:00", "22:00"], NotTighter, id="not in: the day instead of the night"),
        pytest.param("STD-BH-01", 0, BadLimit, id="no time at all"),
        pytest.param("STD-BH-01", -5, BadLimit, id="less than nothing"),
        pytest.param("STD-BH-01", 1.234, BadLimit, id="three decimals"),
        pytest.param("STD-BH-01", "soon", BadLimit, id="words"),
        pytest.param("STD-BH-01", "1e3", BadLimit, id="exponent"),
        pytest.param("STD-BH-01", "", BadLimit, id="nothing"),
        pytest.param("STD-BH-01", None, BadLimit, id="none"),
        pytest.param("STD-BH-01", True, BadLimit, id="true"),
        pytest.param("STD-BH-01", [5, 10], BadLimit, id="two for one"),
        pytest.param("STD-BH-01", {"value": 5}, BadLimit, id="a mapping"),
        pytest.param("STD-CC-14", 9, BadLimit, id="one for two"),
        pytest.param("STD-CC-02", 101, BadLimit, id="more than all"),
        pytest.param("STD-EC-17", ["25:00", "07:00"], BadLimit, id="no such time"),
        pytest.param("STD-XX-01", 5, StandardUnknown, id="no such standard"),
    ],
)
def test_anything_else_is_refused(
    world: World, leader: User, code: str, given: Any, error: type[BusinessError]
) -> None:
    with pytest.raises(error):
        tighten(world.company, leader, code, given)

    assert Override.objects.count() == 0


def test_the_refusal_names_the_standard_of_the_group(world: World, leader: User) -> None:
    with pytest.raises(NotTighter) as caught:
        tighten(world.company, leader, "STD-BH-01", 20)

    assert caught.value.in_language("zh-hans") == "只能比集团标准（≤ 15 分钟）更严。"


def test_other_companies_and_the_group_keep_theirs(world: World, leader: User) -> None:
    tighten(world.company, leader, "STD-BH-01", 10)

    assert effective("standards", "STD-BH-01", "value", 15, world.other) == 15
    assert effective("standards", "STD-BH-01", "value", 15, None) == 15


def test_a_second_value_replaces_the_first_and_both_are_in_the_journal(world: World, leader: User) -> None:
    tighten(world.company, leader, "STD-BH-01", 12)
    tighten(world.company, leader, "STD-BH-01", 10)
    clear_override(world.company, "standards", "STD-BH-01", "value", by=leader, at=NOON)

    rows = Entry.objects.filter(verb__startswith="catalogue.over", company_id=world.company.pk).order_by("pk")
    assert [(row.verb, row.data["from"], row.data["to"]) for row in rows] == [
        ("catalogue.overridden", None, 12),
        ("catalogue.overridden", 12, 10),
        ("catalogue.override_cleared", 10, None),
    ]
    assert Override.objects.count() == 0


def test_nothing_to_clear(world: World, leader: User) -> None:
    with pytest.raises(NothingToClear):
        clear_override(world.company, "standards", "STD-BH-01", "value", by=leader, at=NOON)


# ---- never codes, never other values -----------------------------------------------------------------------------


def test_the_list_of_values_a_company_may_change() -> None:
    assert overriding.registered() == [("issue_categories", "department_code"), ("standards", "value")]


@pytest.mark.parametrize(
    ("kind", "field"),
    [("standards", "code"), ("standards", "unit"), ("standards", "op"), ("severities", "resolve_value"),
     ("issue_categories", "severity"), ("key_points", "standards")],
)  # fmt: skip
def test_codes_and_other_values_belong_to_the_group(world: World, leader: User, kind: str, field: str) -> None:
    with pytest.raises(NotOverridable):
        override_value(world.company, kind, "STD-BH-01", field, "x", by=leader, at=NOON)


# ---- who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["front", "handler", "dept_mgr", "gatekeeper", "callback"])
def test_other_posts_of_the_company_change_nothing(world: World, leader: User, role: str) -> None:
    person = a_person(role, at=department_in(world.company, "D-HALL"))

    with pytest.raises(NotAllowed):
        tighten(world.company, person, "STD-BH-01", 10)
    with pytest.raises(NotAllowed):
        add_question(key_point(), company=world.company, zh="停车方便吗", type="yn", by=person, at=NOON)


def test_the_group_changes_nothing_in_a_company(world: World, leader: User) -> None:
    headquarters = a_person("hq_cs", at=world.group)

    with pytest.raises(NotAllowed):
        tighten(world.company, headquarters, "STD-BH-01", 10)
    with pytest.raises(NotAllowed):
        tighten(world.group, headquarters, "STD-BH-01", 10)


def test_the_leader_of_another_company_is_a_stranger(world: World, leader: User) -> None:
    stranger = a_person("branch_leader", at=world.other)
    tighten(world.company, leader, "STD-BH-01", 10)
    own = add_question(key_point(), company=world.company, zh="停车方便吗", type="yn", by=leader, at=NOON)

    with pytest.raises(NotAllowed):
        tighten(world.company, stranger, "STD-BH-01", 5)
    with pytest.raises(NotAllowed):
        clear_override(world.company, "standards", "STD-BH-01", "value", by=stranger, at=NOON)
    with pytest.raises(NotAllowed):
        retire_question(own, by=stranger, at=NOON)
    assert effective("standards", "STD-BH-01", "value", 15, world.company) == 10


# ---- categories --------------------------------------------------------------------------------------------------


def move(company: Unit, by: User, code: str, department: str) -> Any:
    return override_value(company, "issue_categories", code, "department_code", department, by=by, at=NOON).value


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
