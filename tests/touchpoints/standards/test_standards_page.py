"""The list of standards, and a company asking more of itself on it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxorders.organisation.models import User
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, a_world
from touchpoints.catalogue.actions import override_value
from touchpoints.catalogue.models import Override
from touchpoints.standards.models import Standard
from touchpoints.standards.queries import StandardFilter, standard_detail, standard_lines

GROUND = (the_catalogue, a_world)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SignIn = Callable[..., Client]


@pytest.fixture
def leader(world: World) -> User:
    the_catalogue()
    return a_person("branch_leader", at=world.company)


def test_the_list_costs_the_same_with_one_and_with_three_rows(world: World, leader: User) -> None:
    Standard.objects.exclude(code__in=["STD-BH-01", "STD-BH-02", "STD-CC-01"]).update(retired=True)
    with CaptureQueriesContext(connection) as three:
        assert len(standard_lines(world.company)) == 3
    Standard.objects.exclude(code="STD-BH-01").update(retired=True)
    with CaptureQueriesContext(connection) as one:
        assert len(standard_lines(world.company)) == 1

    assert len(one) == len(three)


def test_filters(world: World, leader: User) -> None:
    override_value(world.company, "standards", "STD-BH-01", "value", 10, by=leader, at=NOON)

    def codes(wanted: StandardFilter) -> list[str]:
        return [line.standard.code for line in standard_lines(world.company, wanted)]

    assert codes(StandardFilter(touchpoint="HS", text="安检")) == ["STD-HS-07", "STD-HS-08", "STD-HS-09"]
    assert codes(StandardFilter(evidence="seed")) == ["STD-CC-14", "STD-CC-15", "STD-KA-02"]
    assert codes(StandardFilter(adjusted=True)) == ["STD-BH-01"]
    assert codes(StandardFilter(text="std-ec-05")) == ["STD-EC-05"]


def test_a_standard_in_full(world: World, leader: User) -> None:
    detail = standard_detail("STD-CC-15", world.company)

    assert detail is not None
    assert detail.line.requirement.limit == "3–7 自然日"
    assert [(source.code, source.kind, source.name) for source in detail.sources] == [("S3", "集团方案", "")]
    assert "KP-CC-09" in [point.code for point in detail.key_points]


def test_values_stand_side_by_side(world: World, leader: User, client_as: SignIn) -> None:
    override_value(world.company, "standards", "STD-BH-01", "value", 11, by=leader, at=NOON)

    own = client_as(world.owner).get("/standards/?s=STD-BH-01").content.decode()
    strange = client_as(world.stranger).get("/standards/?s=STD-BH-01").content.decode()

    assert "≤ 15 分钟" in own
    assert "≤ 11 分钟" in own
    assert "≤ 11 分钟" not in strange
    assert "加严由本公司领导设定" in own


def test_a_company_tightens_and_follows_again(world: World, leader: User, client_as: SignIn) -> None:
    client = client_as(leader)

    set_ = client.post("/standards/STD-CC-14/own/", {"value": ["8", "12"]})
    assert (set_.status_code, set_.headers["Location"]) == (302, "/standards/?s=STD-CC-14")
    assert Override.objects.get().value == [8, 12]
    assert "改回集团标准" in client.get("/standards/?s=STD-CC-14").content.decode()

    client.post("/standards/STD-CC-14/own/", {"clear": "1", "value": ["", ""]})
    assert Override.objects.count() == 0


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ("STD-BH-01", ["20"], "只能比集团标准（≤ 15 分钟）更严"),
        ("STD-BH-01", ["很快"], "请填写数值"),
        ("STD-BH-01", [], "请填写数值"),
        ("STD-CC-14", ["8"], "请填写数值"),
        ("STD-EC-17", ["23:00", "05:00"], "只能比集团标准（22:00–06:00 之间不做）更严"),
    ],
)
def test_a_refused_value_comes_back_as_typed(
    world: World, leader: User, client_as: SignIn, code: str, typed: list[str], said: str
) -> None:
    answer = client_as(leader).post(f"/standards/{code}/own/", {"value": typed})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert all(f'value="{value}"' in page for value in typed)
    assert Override.objects.count() == 0


def test_who_may_not_tighten(world: World, leader: User, client_as: SignIn) -> None:
    form = {"value": "10"}

    assert client_as(world.owner).post("/standards/STD-BH-01/own/", form).status_code == 403
    assert client_as(world.supervisor).post("/standards/STD-BH-01/own/", form).status_code == 403
    assert client_as(a_person("hq_cs", at=world.group)).post("/standards/STD-BH-01/own/", form).status_code == 403
    assert client_as(leader).post("/standards/STD-XX-01/own/", form).status_code == 404
    assert client_as(leader).get("/standards/STD-BH-01/own/").status_code == 405
    assert Override.objects.count() == 0


def test_empty_and_unknown(world: World, leader: User, client_as: SignIn) -> None:
    client = client_as(leader)

    assert "没有符合的标准" in client.get("/standards/?q=没有这样的").content.decode()
    assert client.get("/standards/?s=STD-XX-01").status_code == 404
    assert client.get(f"/standards/?company={world.other.code}").status_code == 404
    assert client.get("/standards/?q=%00&evidence=%00").status_code == 200


def test_htmx_gets_list_and_pane_alone(world: World, leader: User, client_as: SignIn) -> None:
    headers = {"HX-Request": "true", "HX-Target": "map-body"}

    part = client_as(leader).get("/standards/?s=STD-BH-02", headers=headers).content.decode()

    assert "<html" not in part
    assert "一次性告知率" in part
