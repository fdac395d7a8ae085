"""The heat map over HTTP: whose figures, what a cell says, and that every cell opens exactly its rows."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxorders.organisation.models import Unit
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, an_order
from tests.factories.organisation import a_person, a_world, department_in
from touchpoints.heat.actions import rebuild_heat
from touchpoints.heat.models import StageHeat
from touchpoints.heat.queries import Wanted, heat_map
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
SEPTEMBER = date(2026, 9, 1)
COMPANIES = {"A": 12, "B": 4}
"""orders of each company: enough for a figure, and too few"""


def a_month() -> None:
    """September: applications of company A took 1 to 12 days, four orders of company B one day each; half were late."""
    for code, orders in COMPANIES.items():
        company = Unit.objects.get(code=code)
        for number in range(orders):
            order = an_order(company=company)
            days = timedelta(days=number + 1 if code == "A" else 1)
            Stage.objects.filter(order=order, stage_type__code="SURVEY").update(
                state=StageState.DONE,
                started_at=MONDAY,
                ended_at=MONDAY + days,
                due_at=MONDAY + timedelta(days=6, hours=1),
            )
    rebuild_heat(at=MONDAY + timedelta(days=40))


GROUND = (the_catalogue, a_world, a_month)
ADDRESS = "/orders/heat/?month=2026-09&type=OT-RETAIL-INSTALL"


def cells(page: str) -> dict[str, str]:
    """Label of a linked cell → its address."""
    found = re.findall(r'<a href="([^"]+)" class="hc[^"]*" aria-label="([^"]+)"', page)
    return {unescape(label): unescape(url) for url, label in found}


def rows_behind(client, url: str) -> int:
    """How many rows the list says and shows."""
    page = client.get(url).content.decode()
    said = re.search(r"共 (\d+) 个环节", page)
    assert said is not None
    assert page.count("<tr data-href") == int(said[1])
    return int(said[1])


@pytest.mark.parametrize("measure", ["median", "p90", "late"])
def test_every_cell_opens_exactly_its_rows(world, client_as, measure):
    people = [
        a_person("hq_cs", at=world.group),
        a_person("branch_leader", at=world.company),
        a_person("dept_mgr", at=department_in(world.company, "D-DES")),
    ]
    opened = 0
    for person in people:
        client = client_as(person)
        for label, url in cells(client.get(f"{ADDRESS}&measure={measure}").content.decode()).items():
            n = re.search(r"n=(\d+)$", label)
            assert n is not None
            assert rows_behind(client, url) == int(n[1]), label
            opened += 1
    assert opened >= 5


def test_a_cell_says_median_p90_and_n(world, client_as):
    page = client_as(a_person("hq_cs", at=world.group)).get(ADDRESS).content.decode()

    labels = [label for label in cells(page) if "现场踏勘" in label]
    assert labels == [
        "现场踏勘 · A市公司 · 中位用时 6.5 天 · P90 10.9 · n=12",
        "现场踏勘 · B市公司 · 样本不足 · n=4",
    ]
    assert "按自然时间，天" in page
    assert "按工作时间，工作日" in page


def test_a_share_comes_with_its_interval(world, client_as):
    page = client_as(a_person("hq_cs", at=world.group)).get(f"{ADDRESS}&measure=late").content.decode()

    assert "现场踏勘 · A市公司 · 超时占比 50.0% · 25.4–74.6 · n=12" in cells(page)


def test_people_see_their_own_reach(world, client_as):
    leader = client_as(a_person("branch_leader", at=world.other)).get(ADDRESS).content.decode()

    assert "B市公司" in leader
    assert "A市公司" not in leader
    foreign = client_as(a_person("branch_leader", at=world.other)).get(f"{ADDRESS}&unit={world.company.pk}")
    assert "A市公司" not in foreign.content.decode()


def test_the_front_line_has_no_heat_map(world, client_as):
    assert client_as(world.owner).get(ADDRESS).status_code == 403


def test_a_company_opens_into_its_departments(world, client_as):
    client = client_as(a_person("hq_cs", at=world.group))
    page = client.get(f"{ADDRESS}&unit={world.company.pk}").content.decode()

    departments = [label.split(" · ")[1] for label in cells(page) if label.startswith("现场踏勘")]
    assert departments == ["A市公司", department_in(world.company, "D-DES").name]


@pytest.mark.parametrize(
    "query",
    [
        *("month=2026-13", "month=0001-01", "month=9999-12", "unit=x", "unit=" + "9" * 40),
        *("type=%00", "measure=x", "column=-1"),
    ],
)
def test_nonsense_in_the_address_is_left_out(world, client_as, query):
    assert client_as(a_person("hq_cs", at=world.group)).get(f"/orders/heat/?{query}").status_code == 200


def test_an_empty_month_says_so(world, client_as):
    page = client_as(a_person("hq_cs", at=world.group)).get("/orders/heat/?month=2026-03").content.decode()

    assert "这个月还没有可看的环节" in page
    assert "有企业尚未统计" in page


def test_the_page_asks_no_order_and_costs_the_same_with_more_figures(world, client_as):
    client = client_as(a_person("hq_cs", at=world.group))
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as few:
        client.get(ADDRESS)
    an_order(company=world.company)
    Stage.objects.update(state=StageState.DONE, started_at=MONDAY, ended_at=MONDAY + timedelta(days=1))
    rebuild_heat(at=MONDAY + timedelta(days=40))
    with CaptureQueriesContext(connection) as many:
        client.get(ADDRESS)

    assert len(many) == len(few)
    assert not [query for query in many if re.search(r'FROM "touchpoints_(order|stage)"', query["sql"])]


def test_the_hottest_cells_are_no_small_samples(world):
    person = a_person("hq_cs", at=world.group)
    wanted = Wanted(SEPTEMBER, "OT-RETAIL-INSTALL", measure="late")
    assert heat_map(person, wanted).hottest == []

    StageHeat.objects.filter(unit=world.company, stage_type__code="SURVEY").update(due=40, late=30)
    found = [(hot.line.stage_type.code, hot.cell.column.unit.code) for hot in heat_map(person, wanted).hottest]

    assert found == [("SURVEY", "A")]


def test_a_month_of_an_unknown_stage_says_so(world, client_as):
    client = client_as(a_person("hq_cs", at=world.group))
    page = client.get(reverse("orders:list") + "?type=OT-RETAIL-INSTALL&stage=GONE&ended=2026-09").content.decode()

    assert "没有这样的环节" in page
    assert "筛选里的环节“GONE”不存在" in page
