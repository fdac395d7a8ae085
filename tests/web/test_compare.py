"""Companies side by side: ranked by what is certain, small samples listed below, everything on one scale."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from cxorders.organisation.models import Unit
from kpi.metrics.actions import rebuild_rollups
from tests.factories.catalogue import the_catalogue
from tests.factories.kpi import DECEMBER, answer, day
from tests.factories.organisation import a_company, a_group, a_person, team_of
from tests.harness.ground import standing

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
Clock = Callable[[datetime], None]


def rated(company: Unit, good: int, bad: int, month: int = 10) -> None:
    hall = team_of(company, "D-HALL")
    for rating, count in ((5, good), (1, bad)):
        for _ in range(count):
            answer(hall, rating, day(10, month=month), point="KP-BH-01")


@standing
def four_companies() -> dict[str, Unit]:
    """Good with many cases, bad with many, perfect with few; and one without any."""
    group = a_group()
    found = {code: a_company(code, group=group, departments=("D-HALL",)) for code in ("A", "B", "C", "D")}
    rated(found["A"], 38, 2)
    rated(found["B"], 20, 20)
    rated(found["C"], 8, 0)
    rated(found["A"], 30, 10, month=9)
    rebuild_rollups(at=DECEMBER)
    return found


GROUND = (the_catalogue, four_companies)


@pytest.fixture
def three(db: None, clock: Clock) -> dict[str, Unit]:
    """The companies with cases, and the fourth, on 20 November."""
    clock(datetime(2026, 11, 20, 12, tzinfo=DECEMBER.tzinfo))
    return four_companies()


def test_the_ranking_goes_by_the_certain_bound_and_lists_small_samples_below(
    three: dict[str, Unit], client_as: SignIn
) -> None:
    page = client_as(a_person("hq_cs")).get("/compare/?m=M01&month=2026-10")

    context = page.context
    assert [(one["row"].company, one["row"].rank) for one in context["ranked"]] == [(three["A"], 1), (three["B"], 2)]
    assert [one["row"].company for one in context["unranked"]] == [three["C"]]
    assert context["silent"] == [three["D"]]
    assert (context["table"].group.x, context["table"].group.n) == (66, 88)
    assert context["counts"] == {"all": 4, "above": 0, "below": 1, "unranked": 2, "small": 2}


def test_the_last_complete_month_stands_first(three: dict[str, Unit], client_as: SignIn, clock: Clock) -> None:
    client = client_as(a_person("hq_cs"))

    assert str(client.get("/compare/").context["wanted"].month) == "2026-10"
    clock(datetime(2026, 11, 2, 12, tzinfo=DECEMBER.tzinfo))
    assert str(client.get("/compare/?month=never&m=M99").context["wanted"].month) == "2026-09"


def test_pictures_share_months_and_can_be_ordered_by_the_drop(three: dict[str, Unit], client_as: SignIn) -> None:
    client = client_as(a_person("inspector"))

    by_name = client.get("/compare/?m=M01&month=2026-10").context
    by_drop = client.get("/compare/?m=M01&month=2026-10&sort=drop").context

    assert [one.row.company.code for one in by_name["small"]] == ["A", "B", "C", "D"]
    assert [one.values for one in by_name["small"]] == [[75.0, 95.0], [None, 50.0], [None, 100.0], [None, None]]
    assert by_name["group_months"] == [75.0, 75.0]
    assert by_drop["small"][0].row.company == three["A"]


@pytest.mark.parametrize(
    ("role", "status"), [("branch_leader", 200), ("dept_mgr", 403), ("front", 403), ("auditor", 200)]
)
def test_who_may_compare(role: str, status: int, three: dict[str, Unit], client_as: SignIn) -> None:
    posts = {"branch_leader": three["A"], "auditor": a_group()}
    person = a_person(role, at=posts.get(role) or team_of(three["A"], "D-HALL"))

    assert client_as(person).get("/compare/").status_code == status


def test_a_leader_opens_the_own_company_only(three: dict[str, Unit], client_as: SignIn) -> None:
    page = client_as(a_person("branch_leader", at=three["A"])).get("/compare/?m=M01&month=2026-10")

    assert [one.row.company for one in page.context["small"] if one.href] == [three["A"]]
