"""The board and the sheet: who sees what, every state, every number open, constant cost, bad addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxorders.organisation.models import Unit, User
from kpi.metrics.actions import begin_run
from kpi.metrics.enums import RunState
from kpi.metrics.models import ComputeRun
from tests.factories.catalogue import the_catalogue
from tests.factories.kpi import a_round, answer, computed, day
from tests.factories.organisation import World, a_company, a_person, a_world, department_in, team_of
from tests.factories.probes import a_probe
from tests.harness.ground import standing

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 20 November 2026 for the pages of scores."""
    monkeypatch.setattr("kpi.scorecards.views.timezone.now", lambda: day(20, month=11))


@standing
def a_scored_world() -> World:
    """October at A and B: enough for a score, B the better one."""
    world = a_world()
    theirs = team_of(world.other, "D-HALL")
    for number in range(40):
        answer(world.team, 5 if number % 4 else 2, day(2 + number % 20))
        answer(theirs, 5 if number % 20 else 3, day(2 + number % 20))
    for number in range(32):
        a_round(world.team, due=day(8), replied=day(7) if number % 5 else day(9), confirmed=day(12))
        a_round(theirs, due=day(8), replied=day(7), confirmed=day(12) if number else None)
    computed(at=day(20, month=11))
    return world


GROUND = (the_catalogue, a_scored_world)


@pytest.fixture
def scored(db: None) -> World:
    return a_scored_world()


def hq(world: World) -> User:
    return a_person("hq_cs", at=department_in(world.group, "D-CS"))


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_the_board_ranks_companies_by_what_is_certain(scored: World, client_as: Browser) -> None:
    page = client_as(hq(scored)).get("/scores/?period=2026-10")

    assert page.status_code == 200
    assert [(line.unit.code, line.rank) for line in page.context["lines"]] == [("B", 1), ("A", 2)]
    text = text_of(page)
    assert "数据截至 11 月 3 日（二）00:00" in text
    assert "已冻结" in text
    assert "/scores/2026-10/A/" in text


@pytest.mark.parametrize(
    ("sort", "expected"), [("M01", ["B", "A"]), ("M11", ["B", "A"]), ("M15", ["A", "B"]), ("nonsense", ["B", "A"])]
)
def test_the_board_in_the_order_of_one_indicator(
    scored: World, client_as: Browser, sort: str, expected: list[str]
) -> None:
    page = client_as(hq(scored)).get(f"/scores/?period=2026-10&sort={sort}")

    assert [line.unit.code for line in page.context["lines"]] == expected


@pytest.mark.parametrize(
    ("role", "place", "level", "units"),
    [
        ("hq_cs", "G-D-CS", "team", ["B-D-HALL-1", "A-D-HALL-1"]),
        ("hq_cs", "G-D-CS", "group", ["G"]),
        ("branch_leader", "A", "team", ["A-D-HALL-1"]),
        ("branch_leader", "A", "company", ["A"]),
        ("dept_mgr", "A-D-HALL", "department", ["A-D-HALL"]),
        ("dept_mgr", "A-D-HALL", "", ["A-D-HALL-1"]),
        ("dept_mgr", "A-D-HALL", "company", ["A-D-HALL-1"]),  # a level above the own one falls back
        ("dept_mgr", "B-D-CC", "team", []),
    ],
)
def test_everybody_sees_the_units_of_the_own_reach(
    scored: World, client_as: Browser, role: str, place: str, level: str, units: list[str]
) -> None:
    person = a_person(role, at=Unit.objects.get(code=place))

    page = client_as(person).get(f"/scores/?period=2026-10&level={level}")

    assert [line.unit.code for line in page.context["lines"]] == units


def test_a_person_of_the_group_narrows_the_board_to_a_company(scored: World, client_as: Browser) -> None:
    page = client_as(hq(scored)).get("/scores/?period=2026-10&level=team&company=A")

    assert [line.unit.code for line in page.context["lines"]] == ["A-D-HALL-1"]


def test_owner_supervisor_stranger_at_the_sheet(scored: World, client_as: Browser) -> None:
    team, department = scored.team.code, "A-D-HALL"
    other = a_person("dept_mgr", at=department_in(scored.other, "D-HALL"))

    assert client_as(scored.supervisor).get(f"/scores/2026-10/{team}/").status_code == 200
    assert client_as(scored.supervisor).get("/scores/2026-10/A/").status_code == 404
    assert client_as(other).get(f"/scores/2026-10/{department}/").status_code == 404
    assert client_as(scored.owner).get(f"/scores/2026-10/{team}/").status_code == 403  # no right to read scores
    assert client_as(scored.owner).get("/scores/").status_code == 403
    assert Client().get("/scores/").status_code == 302


def test_the_sheet_opens_every_number(scored: World, client_as: Browser) -> None:
    browser = client_as(hq(scored))

    page = browser.get("/scores/2026-10/A/?m=M11&part=missed")

    text = text_of(page)
    assert [(chip.part, chip.n) for chip in page.context["opened"].chips] == [
        ("base", 32),
        ("counted", 25),
        ("missed", 7),
    ]
    assert len(page.context["opened"].rows.rows) == 7
    assert "答复晚于时限" in text
    assert "第 1 版 · 数据截至" in text
    assert "/issues/WT-26-" in text
    assert [line.indicator.code for line in page.context["sheet"].scored.lines] == ["M01", "M11", "M15"]


def test_the_weakest_indicator_stands_open(scored: World, client_as: Browser) -> None:
    page = client_as(hq(scored)).get("/scores/2026-10/A/")

    assert (page.context["line"].indicator.code, page.context["opened"].part) == ("M11", "missed")


def test_rows_come_in_pages(scored: World, client_as: Browser) -> None:
    browser = client_as(hq(scored))
    first = browser.get("/scores/2026-10/A/?m=M11&part=base")

    second = browser.get(
        "/scores/2026-10/A/",
        {"m": "M11", "part": "base", "after": first.context["opened"].rows.after},
        headers={"HX-Request": "true", "HX-Target": "opened"},
    )

    numbers = [row.number for page in (first, second) for row in page.context["opened"].rows.rows]
    assert (len(numbers), len(set(numbers)), second.context["opened"].rows.after) == (32, 32, "")
    assert "<html" not in second.content.decode()


def test_an_earlier_version_stays_readable(scored: World, client_as: Browser) -> None:
    browser, first = client_as(hq(scored)), ComputeRun.objects.get()
    computed(at=day(20, 11, month=11))

    page = browser.get(f"/scores/2026-10/A/?run={first.pk}")

    assert (page.context["sheet"].version, page.context["sheet"].is_newest) == (1, False)
    assert "这不是最新一版" in text_of(page)
    assert browser.get("/scores/2026-10/A/?run=999999").context["sheet"].version == 2
    assert browser.get("/scores/2026-10/A/?run=x").context["sheet"].version == 2


def test_a_failed_computation_is_shown(scored: World, client_as: Browser) -> None:
    run = begin_run("2026-10", by=None, at=day(20, month=11))
    ComputeRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error="OperationalError")

    text = text_of(client_as(hq(scored)).get("/scores/?period=2026-10"))

    assert "没有算成（OperationalError）" in text
    assert "下面仍是上一次算成的结果" in text


def test_only_the_groups_customer_service_has_the_button(scored: World, client_as: Browser) -> None:
    leader = client_as(a_person("branch_leader", at=scored.company))

    assert "/scores/compute/" not in text_of(leader.get("/scores/?period=2026-10"))
    assert leader.post("/scores/compute/", {"period": "2026-10"}).status_code == 403
    assert client_as(hq(scored)).get("/scores/compute/").status_code == 405


@pytest.mark.parametrize(
    "url",
    ["/scores/2026-13/A/", "/scores/x/A/", "/scores/2026-10/NOBODY/", "/scores/2026-10/%00/", "/scores/progress/x/"],
)
def test_addresses_that_lead_nowhere(scored: World, client_as: Browser, url: str) -> None:
    assert client_as(hq(scored)).get(url).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "period=1999-99",
        "level=galaxy",
        "company=%00",
        "page=99",
        "page=-1",
        "page=x",
        "sort=-M01",
        "period=" + "9" * 99,
    ],
)
def test_filters_nobody_offers(scored: World, client_as: Browser, query: str) -> None:
    assert client_as(hq(scored)).get(f"/scores/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["m=M99", "part=all", "after=~~~", "m=M01&part=excluded&after=x~1", "run=-1"])
def test_parts_nobody_offers(scored: World, client_as: Browser, query: str) -> None:
    assert client_as(hq(scored)).get(f"/scores/2026-10/A/?{query}").status_code == 200


def test_the_pages_speak_english(scored: World, client_as: Browser) -> None:
    person = a_person("auditor", at=scored.group, language="en")

    for url in ("/scores/?period=2026-10", "/scores/2026-10/A/?m=M01", "/scores/2026-10/A/?m=M15"):
        page = client_as(person).get(url)
        assert (page.status_code, page["Content-Language"]) == (200, "en")


def test_pages_cost_the_same_with_more_units_and_rows(scored: World, client_as: Browser) -> None:
    browser = client_as(hq(scored))
    browser.get("/scores/")

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    urls = ("/scores/?period=2026-10", "/scores/2026-10/A/?m=M01&part=base", "/scores/2026-10/A/?m=M15")
    few = [cost(url) for url in urls]
    for code in ("C", "D"):
        company = a_company(code, departments=("D-HALL",))
        for number in range(12):
            answer(team_of(company, "D-HALL"), 4, day(3 + number))
    for number in range(8):
        answer(department_in(scored.company, "D-ENG"), 4, day(3 + number))
        a_round(department_in(scored.company, "D-ENG"), due=day(8), replied=day(7))
    computed(at=day(20, 11, month=11))

    assert [cost(url) for url in urls] == few


def test_indicators_beside_the_card_open_their_rows_and_are_no_part_of_the_score(
    scored: World, client_as: Browser
) -> None:
    crew = team_of(scored.company, "D-HOME")
    probe = a_probe(unit=crew, at=day(12))
    answer(crew, 5, day(12), stage=probe.stage)
    a_probe(unit=crew, at=day(12))
    computed(at=day(20, month=11))
    browser = client_as(hq(scored))

    opened = browser.get(f"/scores/2026-10/{crew.code}/?m=M54&part=missed")
    assert [line.indicator.code for line in opened.context["sheet"].beside] == ["M34", "M54", "M62"]
    assert [line.indicator.code for line in opened.context["sheet"].scored.lines] == ["M01", "M11", "M15"]
    text = text_of(opened)
    assert "不计分" in text
    assert "没有记录" in text
    assert "/orders/DD-" in text
    told = text_of(browser.get(f"/scores/2026-10/{crew.code}/?m=M34&part=counted"))
    assert "按时记录" in told
    assert "迟报" in told
