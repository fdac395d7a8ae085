"""The dashboard equals the raw rows, opens them, stays inside the reach, at a cost that does not grow."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxorders.organisation.models import User
from kpi.metrics.actions import rebuild_rollups
from tests.factories.issues import DAY, HOUR, MONDAY, an_issue, an_office, brought_to
from tests.factories.kpi import a_round, answer, day
from tests.factories.organisation import World, a_person, a_world, department_in, team_of

pytestmark = pytest.mark.django_db
GROUND = (a_world, an_office)
SignIn = Callable[..., Client]
Clock = Callable[[datetime], None]
NOW = day(31, 9)


def leader_of(world: World) -> User:
    return a_person("branch_leader", at=world.company)


@pytest.fixture
def small(world: World, clock: Clock) -> World:
    """One month of company A: five ratings at two key points, three rounds; and a stranger's ones in company B."""
    home, hall = team_of(world.company, "D-HOME"), world.team
    for rating in (5, 4, 2):
        answer(home, rating, day(10))
    for rating in (1, 5):
        answer(hall, rating, day(11), point="KP-BH-01")
    a_round(home, due=day(12, 17), replied=day(12), confirmed=day(15))
    a_round(home, due=day(13, 17), replied=day(14))
    a_round(hall, due=day(14, 17), rework=True)
    answer(team_of(world.other, "D-HOME"), 1, day(10))
    a_round(team_of(world.other, "D-HOME"), due=day(12, 17))
    rebuild_rollups(at=NOW)
    clock(NOW)
    return world


def figures(page: Any) -> dict[str, tuple[int, int]]:
    return {one.code: (one.share.x, one.share.n) for one in page.context["tiles"]}


def test_the_figures_equal_the_raw_rows(small: World, client_as: SignIn) -> None:
    page = client_as(leader_of(small)).get("/dashboard/")

    assert figures(page) == {"M11": (1, 3), "M15": (1, 3), "M01": (3, 5), "REWORK": (1, 3), "LATE": (0, 5)}
    assert {row["touchpoint"]: row["n"] for row in page.context["heat"]} == {"BH": 2, "HS": 3}


def test_filters_narrow_the_figures(small: World, client_as: SignIn) -> None:
    client = client_as(leader_of(small))
    home = department_in(small.company, "D-HOME")

    def asked(query: str) -> dict[str, tuple[int, int]]:
        return figures(client.get(f"/dashboard/?{query}"))

    assert asked(f"unit={home.pk}") == {"M11": (1, 2), "M15": (1, 2), "M01": (2, 3), "REWORK": (0, 2), "LATE": (0, 3)}
    assert asked("tp=BH")["M01"] == (1, 2)
    assert asked("tp=BH")["M11"] == (1, 3), "rounds are not counted by touchpoint, and the tile says so"
    assert asked("period=2026-09")["M01"] == (0, 0)
    assert asked("period=90") == asked("")


@pytest.mark.parametrize(
    "query", ["period=xx", "period=2026-13", "unit=999999", "unit=9" * 40, "tp=%00", "severity=9", "period=2031-01"]
)
def test_nonsense_filters_nothing(query: str, small: World, client_as: SignIn) -> None:
    page = client_as(leader_of(small)).get(f"/dashboard/?{query}")

    assert (page.status_code, figures(page)["M01"]) == (200, (3, 5))


def test_a_unit_out_of_reach_is_no_filter(small: World, client_as: SignIn) -> None:
    page = client_as(leader_of(small)).get(f"/dashboard/?unit={small.other.pk}")

    assert page.context["wanted"].unit is None
    assert figures(page)["M01"] == (3, 5)


def test_reach_decides_what_is_counted(small: World, client_as: SignIn) -> None:
    def rated(user: User) -> tuple[int, int]:
        return figures(client_as(user).get("/dashboard/"))["M01"]

    manager = a_person("dept_mgr", at=department_in(small.company, "D-HOME"))
    stranger = a_person("dept_mgr", at=department_in(small.other, "D-HOME"))
    group = a_person("hq_cs", at=small.group)
    assert [rated(user) for user in (manager, stranger, group)] == [(2, 3), (0, 1), (3, 6)]
    assert client_as(small.owner).get("/dashboard/").status_code == 403


@pytest.mark.parametrize("code", ["M11", "M15", "M01", "REWORK", "LATE", "M01D"])
def test_every_figure_opens_exactly_its_rows(code: str, small: World, client_as: SignIn) -> None:
    client = client_as(leader_of(small))

    page = client.get(f"/dashboard/rows/{code}/").context["page"]
    hits = client.get(f"/dashboard/rows/{code}/?part=in").context["page"].rows

    assert (sum(part == "in" for _row, part in page.rows), len(page.rows)) == (page.share.x, page.share.n)
    assert len(hits) == page.share.x
    assert all(row.company_id == small.company.pk for row, _part in page.rows)


def test_a_cell_of_the_heat_map_opens_its_own_records(small: World, client_as: SignIn) -> None:
    client = client_as(leader_of(small))
    heat = client.get("/dashboard/").context["heat"]
    cell = next(cell for row in heat if row["touchpoint"] == "HS" for cell in row["cells"])

    page = client.get(cell["url"]).context["page"]

    assert (page.share.x, page.share.n, len(page.rows)) == (1, 3, 3)
    assert (round(cell["percent"], 1), cell["n"]) == (33.3, 3)


def test_an_exempt_round_is_listed_and_not_counted(small: World, client_as: SignIn) -> None:
    a_round(team_of(small.company, "D-HOME"), due=day(15, 17), exempt="台风")
    rebuild_rollups(at=NOW)
    client = client_as(leader_of(small))

    everything = client.get("/dashboard/rows/M11/").context["page"]
    taken_out = client.get("/dashboard/rows/M11/?part=less").context["page"]

    assert (everything.share.n, len(everything.rows), len(taken_out.rows)) == (3, 4, 1)


def test_unknown_figures_are_not_found(small: World, client_as: SignIn) -> None:
    assert client_as(leader_of(small)).get("/dashboard/rows/M99/").status_code == 404


def test_rows_come_in_pages_without_gap_or_double(world: World, client_as: SignIn, clock: Clock) -> None:
    hall = world.team
    for minute in range(45):
        answer(hall, 5, day(10, 8) + timedelta(minutes=minute // 2))
    clock(NOW)
    client = client_as(leader_of(world))

    first = client.get("/dashboard/rows/M01/")
    second = client.get(f"/dashboard/rows/M01/{first.context['next']}")

    keys = [row.pk for page in (first, second) for row, _part in page.context["page"].rows]
    assert (len(first.context["page"].rows), len(keys), len(set(keys))) == (40, 45, 45)
    assert second.context["next"] == ""


def test_the_backlog_equals_the_open_issues(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    old = an_issue(office)
    brought_to("in_progress", an_issue(office, at=MONDAY + HOUR), office)
    brought_to("verifying", an_issue(office, at=MONDAY + 8 * DAY), office)
    new = an_issue(office, at=MONDAY + 9 * DAY)
    brought_to("closed", an_issue(office, at=MONDAY + 2 * HOUR), office)
    clock(MONDAY + 9 * DAY + HOUR)
    client = client_as(office.manager)

    page = client.get("/dashboard/")

    assert [(step.state, [count for count, _url in step.ages]) for step in page.context["steps"]] == [
        ("dispatched", [1, 0, 0, 1]),
        ("in_progress", [0, 0, 0, 1]),
        ("verifying", [0, 1, 0, 0]),
    ]
    assert page.context["late_tile"]["value"] == "2"
    young, _three, _five, grey = page.context["steps"][0].ages
    assert [row.issue for row in client.get(young[1]).context["rows"]] == [new]
    assert [row.issue for row in client.get(grey[1]).context["rows"]] == [old]
    assert len(client.get(page.context["steps"][2].url).context["rows"]) == 1
    assert page.context["oldest"]["issue"] == old


def test_severity_and_pause_narrow_the_open_work(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    an_issue(office)
    leak = an_issue(office, at=MONDAY + HOUR, verbatim="漏气了，快来")
    clock(MONDAY + 2 * HOUR)
    client = client_as(office.leader)

    danger = client.get(f"/dashboard/?severity={leak.severity.code}").context["backlog"]

    assert [row.pk for row in danger.rows] == [leak.pk]
    assert len(client.get("/dashboard/?running=1").context["backlog"].rows) == 2


@pytest.mark.parametrize("most", [1, 2, 5000])
def test_what_falls_due_soon_is_shown_however_long_the_backlog(
    client_as: SignIn, clock: Clock, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    office = an_office()
    late, soon, later = an_issue(office), an_issue(office, at=MONDAY + DAY), an_issue(office, at=MONDAY + DAY + HOUR)
    monkeypatch.setattr("cxorders.web.open_work.MOST_READ", most)
    clock(soon.due_at - HOUR)

    page = client_as(office.leader).get("/dashboard/")

    assert [row.issue for row in page.context["near"]] == [soon, later]
    assert page.context["near_count"] == "2"
    assert [row.issue for row in page.context["late"]] == [late]


def test_the_page_is_light_and_costs_the_same_for_one_row_and_three(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    client = client_as(office.leader)

    def cost(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(path)
        assert (page.status_code, len(page.content) < 200_000) == (200, True)
        return len(asked)

    def both() -> tuple[int, ...]:
        rebuild_rollups(at=MONDAY + 20 * DAY)
        return cost("/dashboard/"), cost("/dashboard/rows/M11/"), cost("/dashboard/rows/M01/"), cost("/compare/")

    brought_to("in_progress", an_issue(office), office)
    clock(MONDAY + 20 * DAY)
    one = both()
    for hour in (1, 2):
        brought_to("in_progress", an_issue(office, at=MONDAY + hour * HOUR), office)

    assert both() == one
    assert max(one) <= 45
