"""The map: what each person sees of it, what a company may do on it, and what it costs."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxorders.organisation.models import User
from tests.factories.catalogue import key_point, the_catalogue
from tests.factories.organisation import World, a_person, a_world, department_in
from tests.factories.standards import an_own_value
from touchpoints.catalogue.actions import add_question, override_value
from touchpoints.catalogue.models import KeyPoint, Override, Question
from touchpoints.catalogue.queries import MapFilter, the_map

GROUND = (the_catalogue, a_world)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SignIn = Callable[..., Client]


@pytest.fixture
def leader(world: World) -> User:
    the_catalogue()
    return a_person("branch_leader", at=world.company)


def adjust(world: World, leader: User) -> Question:
    """Company A tightens a standard, moves a category and adds a question, all at KP-BH-01."""
    company = world.company
    an_own_value(company, "STD-BH-01", 11, by=leader)
    override_value(company, "issue_categories", "IC-HALL-QUEUE", "department_code", "D-CS", by=leader, at=NOON)
    return add_question(key_point("KP-BH-01"), company=company, zh="停车方便吗", type="yn", by=leader, at=NOON)


# ---- the tree ----------------------------------------------------------------------------------------------------


def test_the_tree_holds_the_whole_catalogue(world: World, leader: User) -> None:
    tree = the_map(world.company, on=TODAY)

    assert [(b.touchpoint.code, len(b.processes), len(b.points)) for b in tree] == [
        ("BH", 5, 11),
        ("CC", 6, 14),
        ("HS", 4, 12),
        ("EC", 5, 13),
    ]
    assert sum(branch.adjusted for branch in tree) == 0


def test_what_the_company_changed_is_marked_for_the_company_alone(world: World, leader: User) -> None:
    adjust(world, leader)

    def marks(company: Any) -> dict[str, tuple[bool, int, bool, int]]:
        points = [point for branch in the_map(company, on=TODAY) for point in branch.points]
        return {p.key_point.code: (p.tightened, p.added, p.moved, p.questions) for p in points if p.adjusted}

    assert marks(world.company) == {
        "KP-BH-01": (True, 1, True, 4),
        "KP-BH-06": (False, 0, True, 4),
        "KP-BH-08": (True, 0, True, 3),
    }
    assert marks(world.other) == {}
    assert marks(None) == {}


def test_a_standard_the_group_has_overtaken_counts_no_longer(world: World, leader: User) -> None:
    adjust(world, leader)
    standard = key_point("KP-BH-01").touchpoint.standards.get(code="STD-BH-01")
    standard.value = 8
    standard.save()

    point = the_map(world.company, MapFilter(text="KP-BH-01"), on=TODAY)[0].points[0]

    assert (point.tightened, point.requirements[0].limit) == (False, "≤ 8 分钟")


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (MapFilter(text="停气"), ["KP-CC-10", "KP-EC-10", "KP-EC-11", "KP-EC-09"]),
        (MapFilter(text="kp-hs-03"), ["KP-HS-03"]),
        (MapFilter(touchpoint="BH", text="等候"), ["KP-BH-01", "KP-BH-08"]),
        (MapFilter(text="没有这样的"), []),
        (MapFilter(text="50%_x"), []),
        (MapFilter(touchpoint="ZZ"), []),
        (MapFilter(adjusted=True), ["KP-BH-01", "KP-BH-06", "KP-BH-08"]),
    ],
)
def test_filters(world: World, leader: User, wanted: MapFilter, codes: list[str]) -> None:
    adjust(world, leader)

    found = {point.key_point.code for branch in the_map(world.company, wanted, on=TODAY) for point in branch.points}

    assert found == set(codes)


def test_the_industry_filter_keeps_what_everybody_needs(world: World, leader: User) -> None:
    points = [p.key_point for branch in the_map(None, MapFilter(industry="gas"), on=TODAY) for p in branch.points]

    assert {point.industry for point in points} == {"all", "gas"}


def test_the_map_costs_the_same_with_one_key_point_and_with_all(world: World, leader: User) -> None:
    adjust(world, leader)
    with CaptureQueriesContext(
        connection,
    ) as many:
        assert len(the_map(world.company, on=TODAY)) == 4
    KeyPoint.objects.exclude(code="KP-BH-01").update(retired=True)
    with CaptureQueriesContext(connection) as one:
        assert len(the_map(world.company, on=TODAY)) == 1

    assert len(one) == len(many)


# ---- the page ----------------------------------------------------------------------------------------------------


def test_every_post_of_the_company_reads_the_map(world: World, leader: User, client_as: SignIn) -> None:
    adjust(world, leader)

    for person in (world.owner, world.supervisor, leader):
        page = client_as(person).get("/map/?kp=KP-BH-01").content.decode()
        assert "咨询等候与首问接待" in page
        assert "≤ 11 分钟" in page
        assert "停车方便吗" in page
        assert "等候和推来推去是客户的第一印象" in page


def test_a_stranger_sees_the_values_of_the_own_company(world: World, leader: User, client_as: SignIn) -> None:
    adjust(world, leader)
    stranger = client_as(world.stranger)

    page = stranger.get("/map/?kp=KP-BH-01").content.decode()

    assert "≤ 15 分钟" in page
    assert "≤ 11 分钟" not in page
    assert "停车方便吗" not in page
    assert stranger.get(f"/map/?company={world.company.code}").status_code == 404


def test_the_group_chooses_a_company(world: World, leader: User, client_as: SignIn) -> None:
    adjust(world, leader)
    headquarters = client_as(a_person("hq_cs", at=world.group))

    group = headquarters.get("/map/?kp=KP-BH-01").content.decode()
    company = headquarters.get(f"/map/?kp=KP-BH-01&company={world.company.code}").content.decode()

    assert "≤ 11 分钟" not in group
    assert "≤ 11 分钟" in company
    assert "本公司加问一题" not in company
    assert headquarters.get("/map/?company=none").status_code == 404
    assert headquarters.get(f"/map/?company={world.team.code}").status_code == 404


def test_forms_stand_only_where_they_may_be_used(world: World, leader: User, client_as: SignIn) -> None:
    def has_forms(person: User) -> bool:
        return "本公司加问一题" in client_as(person).get("/map/?kp=KP-BH-01").content.decode()

    manager = a_person("dept_mgr", at=department_in(world.company, "D-HALL"))
    assert [has_forms(person) for person in (leader, manager, world.owner)] == [True, False, False]


def test_htmx_gets_the_tree_and_the_pane_alone(world: World, leader: User, client_as: SignIn) -> None:
    client = client_as(leader)

    whole = client.get("/map/?kp=KP-BH-02").content.decode()
    part = client.get("/map/?kp=KP-BH-02", headers={"HX-Request": "true", "HX-Target": "map-body"}).content.decode()

    assert "<html" in whole
    assert "<html" not in part
    assert part.lstrip().startswith('<div class="cols cols-main map" id="map-body" data-chosen>')
    assert "是否一次说清了要带的资料和流程" in part


@pytest.mark.parametrize(
    "query", ["?q=%00", "?q=" + "长" * 500, "?tp=%00&industry=x", "?q=%F0%9F%94%A5", "?own=1&q='\"<"]
)
def test_odd_filters_find_nothing_and_break_nothing(world: World, leader: User, client_as: SignIn, query: str) -> None:
    assert client_as(leader).get(f"/map/{query}").status_code == 200


def test_an_unknown_key_point_is_not_found(world: World, leader: User, client_as: SignIn) -> None:
    assert client_as(leader).get("/map/?kp=KP-ZZ-99").status_code == 404


def test_the_map_speaks_english(world: World, leader: User, client_as: SignIn) -> None:
    reader = a_person("front", at=world.team, language="en")

    page = client_as(reader).get("/map/?kp=KP-BH-01").content.decode()

    assert "waiting and first reception" in page
    assert "Satisfied with the waiting time?" in page
    assert "buck-passing" in page


def test_customers_supervisors_have_no_map(world: World, client_as: SignIn) -> None:
    assert client_as(a_person("supervisor", at=world.company)).get("/map/").status_code == 403


# ---- the forms ---------------------------------------------------------------------------------------------------


def test_a_question_is_added_and_the_person_returns(world: World, leader: User, client_as: SignIn) -> None:
    form = {"zh": "停车方便吗", "en": "", "type": "yn", "next": "/map/?tp=BH&kp=KP-BH-01"}

    answer = client_as(leader).post("/map/KP-BH-01/questions/", form)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/map/?tp=BH&kp=KP-BH-01")
    own = Question.objects.get(company=world.company)
    assert (own.zh, own.type, own.key_point.code) == ("停车方便吗", "yn", "KP-BH-01")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"zh": "", "type": "yn"}, "id_zh_error"),
        ({"zh": "您对等候时间满意吗", "type": "yn"}, "这个关键点已经有这一问"),
        ({"zh": "问" * 201, "type": "yn"}, "问问问"),
        ({"zh": "停车方便吗", "type": "choice"}, "停车方便吗"),
        ({"zh": "停车\0方便吗", "type": "yn"}, "id_zh_error"),
    ],
)
def test_a_refused_question_comes_back_as_typed(
    world: World, leader: User, client_as: SignIn, form: dict[str, str], said: str
) -> None:
    answer = client_as(leader).post("/map/KP-BH-01/questions/", form)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Question.objects.filter(company=world.company).count() == 0


def test_a_question_is_retired(world: World, leader: User, client_as: SignIn) -> None:
    own = adjust(world, leader)

    answer = client_as(leader).post(f"/map/questions/{own.code}/retire/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/map/?kp=KP-BH-01")
    own.refresh_from_db()
    assert own.retired is True


def test_a_category_moves_to_another_department_and_back(world: World, leader: User, client_as: SignIn) -> None:
    client = client_as(leader)

    moved = client.post("/map/categories/IC-HALL-QUEUE/department/", {"department": "D-CS", "kp": "KP-BH-01"})
    assert (moved.status_code, moved.headers["Location"]) == (302, "/map/?kp=KP-BH-01")
    assert Override.objects.get(code="IC-HALL-QUEUE").value == "D-CS"
    page = client.get("/map/?kp=KP-BH-01").content.decode()
    assert "改回集团规定" in page

    client.post("/map/categories/IC-HALL-QUEUE/department/", {"clear": "1", "kp": "KP-BH-01"})
    assert Override.objects.count() == 0


def test_a_department_that_is_not_there_is_refused_on_the_page(world: World, leader: User, client_as: SignIn) -> None:
    answer = client_as(leader).post(
        "/map/categories/IC-HALL-QUEUE/department/", {"department": "D-X", "kp": "KP-BH-01"}
    )

    assert answer.status_code == 422
    assert "本公司没有这个部门" in answer.content.decode()


def test_nobody_is_sent_to_a_foreign_address(world: World, leader: User, client_as: SignIn) -> None:
    form = {"zh": "停车方便吗", "type": "yn", "next": "https://elsewhere.example/"}

    answer = client_as(leader).post("/map/KP-BH-01/questions/", form)

    assert answer.headers["Location"] == "/map/?kp=KP-BH-01"


def test_who_may_not_change_is_refused_or_finds_nothing(world: World, leader: User, client_as: SignIn) -> None:
    own = adjust(world, leader)
    form = {"zh": "有伞架吗", "type": "yn"}

    assert client_as(world.owner).post("/map/KP-BH-01/questions/", form).status_code == 403
    assert client_as(a_person("hq_cs", at=world.group)).post("/map/KP-BH-01/questions/", form).status_code == 403
    other = client_as(a_person("branch_leader", at=world.other))
    assert other.post(f"/map/questions/{own.code}/retire/").status_code == 404
    assert client_as(leader).post("/map/questions/KP-BH-01-Q1/retire/").status_code == 422
    assert client_as(leader).post("/map/KP-ZZ-99/questions/", form).status_code == 404
    assert client_as(leader).get("/map/KP-BH-01/questions/").status_code == 405
    assert Question.objects.filter(company__isnull=False, retired=False).count() == 1
