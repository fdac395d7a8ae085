"""`/probes/` over HTTP: who sees what, what each row offers, why something was not asked, constant cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feedback.probes.actions import settle
from feedback.probes.models import Probe
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import NOON, a_record
from tests.factories.organisation import a_person, a_world, department_in, team_of
from tests.factories.probes import a_probe, excused

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
PAGE = "/probes/"
HOUR = timedelta(hours=1)


@pytest.fixture
def crew(world):
    return team_of(world.company, "D-HOME")


@pytest.fixture
def technician(crew):
    return a_person("field", at=crew, name="李强")


@pytest.fixture
def manager(world):
    return a_person("dept_mgr", at=department_in(world.company, "D-HOME"))


@pytest.fixture
def caller(world):
    return a_person("callback", at=department_in(world.company, "D-CC"))


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON + HOUR)


def shown(page):
    return [row.probe.pk for row in page.context["rows"]]


def tabs(page):
    return [tab["count"] for tab in page.context["tabs"]]


def at(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment)


# ---- who sees what -------------------------------------------------------------------------------------------------


def test_the_front_line_sees_its_own_first_and_the_team_on_demand(crew, technician, client_as):
    own = a_probe(unit=crew, asked=technician)
    theirs = a_probe(unit=crew, asked=a_person("field", at=crew))
    unnamed = a_probe(unit=crew, method="FM-QR")
    browser = client_as(technician)

    assert shown(browser.get(PAGE)) == [own.pk, unnamed.pk]
    assert shown(browser.get(PAGE + "?whose=all")) == [own.pk, theirs.pk, unnamed.pk]


def test_each_role_sees_its_reach_and_nothing_else(world, crew, technician, manager, caller, client_as):
    home = a_probe(unit=crew, asked=technician)
    hall = a_probe(unit=team_of(world.company, "D-HALL"), method="FM-RATE")
    call = a_probe(unit=department_in(world.company, "D-CC"), method="FM-CB")
    foreign = a_probe(unit=team_of(world.other, "D-HOME"))

    def seen(person):
        return set(shown(client_as(person).get(PAGE + "?whose=all")))

    assert seen(technician) == {home.pk}
    assert seen(manager) == {home.pk}
    assert seen(world.owner) == {hall.pk}
    assert seen(world.stranger) == set()
    assert seen(a_person("branch_leader", at=world.company)) == {home.pk, hall.pk, call.pk}
    assert seen(a_person("hq_cs", at=department_in(world.group, "D-CS"))) == {home.pk, hall.pk, call.pk, foreign.pk}
    assert shown(client_as(caller).get(PAGE)) == [call.pk]
    assert client_as(a_person("admin", at=world.group)).get(PAGE).status_code == 403


# ---- duties --------------------------------------------------------------------------------------------------------


def test_the_four_duties_by_clock_and_record(crew, technician, client_as, monkeypatch):
    # the clock stands a week after NOON, on Friday 27 November, 13:00
    at(monkeypatch, NOON + timedelta(days=7, hours=1))
    today = a_probe(unit=crew, asked=technician, at=NOON + timedelta(days=7))
    overdue = a_probe(unit=crew, asked=technician, at=NOON + timedelta(days=3))
    missing = a_probe(unit=crew, asked=technician, at=NOON - timedelta(days=3))
    heard = a_probe(unit=crew, asked=technician, at=NOON + timedelta(days=5))
    a_record(stage=heard.stage, order=heard.stage.order, by=technician, at=NOON + timedelta(days=5, hours=1))
    said = excused(a_probe(unit=crew, asked=technician, at=NOON), "refused", NOON + HOUR)
    a_probe(unit=crew, asked=technician, at=NOON - timedelta(days=60))
    browser = client_as(technician)

    for _settled in range(2):  # the sweep changes nothing that is shown
        found = {duty: shown(browser.get(f"{PAGE}?duty={duty}")) for duty in ("today", "overdue", "missing", "done")}
        assert found == {
            "today": [today.pk],
            "overdue": [overdue.pk],
            "missing": [missing.pk],
            "done": [heard.pk, said.pk],
        }
        assert tabs(browser.get(PAGE)) == ["1", "1", "1", "2"]
        settle(NOON + timedelta(days=7, hours=1))


def test_a_record_fulfils_at_once_and_the_row_says_how_it_stands(crew, technician, client_as):
    probe = a_probe(unit=crew, asked=technician)
    browser = client_as(technician)
    waiting = browser.get(PAGE).content.decode()
    assert "还剩 23 时" in waiting
    assert f"/feedback/new/?stage={probe.stage_id}&amp;key_point=KP-HS-05&amp;method=FM-SIGN" in waiting

    record = a_record(stage=probe.stage, order=probe.stage.order, by=technician, at=NOON + HOUR)
    page = browser.get(PAGE + "?duty=done")
    assert [(row.word, row.collect_url, row.may_excuse) for row in page.context["rows"]] == [("按时采集", "", False)]
    settle(NOON + 2 * HOUR)
    assert record.number in browser.get(PAGE + "?duty=done").content.decode()


def test_to_collect_opens_the_form_with_stage_key_point_and_method(crew, technician, client_as):
    a_probe(unit=crew, asked=technician, method="FM-VISIT")
    browser = client_as(technician)
    (row,) = browser.get(PAGE).context["rows"]

    form = browser.get(row.collect_url)

    assert form.status_code == 200
    assert form.context["place"].stage == row.probe.stage
    assert form.context["place"].sheet.key_point.code == "KP-HS-05"
    assert form.context["form"].initial["method"] == "FM-VISIT"
    nonsense = browser.get(row.collect_url.replace("FM-VISIT", "FM-NONE"))
    assert nonsense.context["form"].initial["method"] in nonsense.context["form"].methods


# ---- filters, pages, cost ------------------------------------------------------------------------------------------


@pytest.mark.embedded
@pytest.mark.parametrize(
    "query",
    ["duty=nonsense", "whose=x", "unit=99999999999999999999", "unit=-1", "unit=0", "method=%00", "after=x_y",
     "after=2026-13-01_1", "after=_", "unit=%F0%9F%98%80"],
)  # fmt: skip
def test_nonsense_in_the_address_is_left_out(crew, technician, client_as, query):
    a_probe(unit=crew, asked=technician)
    assert client_as(technician).get(f"{PAGE}?{query}").status_code == 200


def test_filters_narrow_by_unit_and_method(world, crew, technician, client_as):
    sign, qr = a_probe(unit=crew, asked=technician), a_probe(unit=crew, method="FM-QR")
    hall = a_probe(unit=team_of(world.company, "D-HALL"), method="FM-RATE")
    browser = client_as(a_person("branch_leader", at=world.company))

    assert shown(browser.get(f"{PAGE}?unit={crew.pk}")) == [sign.pk, qr.pk]
    assert shown(browser.get(f"{PAGE}?unit={department_in(world.company, 'D-HALL').pk}")) == [hall.pk]
    assert shown(browser.get(f"{PAGE}?method=FM-QR")) == [qr.pk]
    assert "清除筛选" in browser.get(f"{PAGE}?method=FM-TEXT").content.decode()


def test_pages_follow_one_another(crew, manager, client_as, monkeypatch):
    monkeypatch.setattr("feedback.probes.queries.owed.Expected.page.__defaults__", (2,))
    made = [a_probe(unit=crew, at=NOON + timedelta(minutes=number // 2)).pk for number in range(5)]
    browser, found, url = client_as(manager), [], "?whose=all"
    while url:
        page = browser.get(PAGE + url)
        found += shown(page)
        url = page.context["next"]
    assert found == made


@pytest.mark.parametrize("role", ["field", "dept_mgr"])
def test_three_probes_cost_as_many_queries_as_one(world, crew, client_as, role):
    person = a_person(role, at=crew if role == "field" else department_in(world.company, "D-HOME"))
    a_probe(unit=crew)
    browser = client_as(person)
    browser.get(PAGE)
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        counts.append(len(queries))
        a_probe(unit=crew, method="FM-QR")
        a_probe(unit=crew, asked=a_person("field", at=crew))
    assert counts[0] == counts[1]


# ---- the month by unit ---------------------------------------------------------------------------------------------


def test_managers_see_coverage_by_unit_with_the_small_sample_rule(world, crew, manager, client_as, monkeypatch):
    for number in range(12):
        probe = a_probe(unit=crew, at=NOON - timedelta(days=14))
        if number < 9:
            a_record(stage=probe.stage, order=probe.stage.order, at=NOON - timedelta(days=14))
    excused(a_probe(unit=crew, at=NOON - timedelta(days=14)), "refused", NOON - timedelta(days=14))
    a_probe(unit=crew, at=NOON)
    few = department_in(world.company, "D-HOME")
    a_probe(unit=few, at=NOON - timedelta(days=2))
    settle(NOON)

    page = client_as(manager).get(PAGE)

    lines = [
        (line.unit, line.done, line.required, line.missing, line.excused, line.today, line.overdue)
        for line in page.context["covered"]
    ]
    assert lines == [(few, 0, 1, 0, 0, 0, 1), (crew, 9, 12, 3, 1, 1, 0)]
    text = page.content.decode()
    assert "75.0" in text
    assert "样本不足" in text


def test_the_group_sees_companies_side_by_side(world, crew, client_as):
    a_probe(unit=crew, at=NOON - timedelta(days=2))
    a_probe(unit=team_of(world.other, "D-HOME"), at=NOON - timedelta(days=2))
    page = client_as(a_person("hq_cs", at=department_in(world.group, "D-CS"))).get(PAGE)
    assert [line.unit for line in page.context["covered"]] == [world.company, world.other]


# ---- excuses -------------------------------------------------------------------------------------------------------


def test_saying_why_goes_back_to_the_list_and_stands_in_the_order(crew, technician, client_as):
    probe = a_probe(unit=crew, asked=technician)
    browser = client_as(technician)
    url = reverse("probes:excuse", args=[probe.pk])
    assert "多次联系不上" in browser.get(url).content.decode()

    done = browser.post(url, {"code": "other", "text": "客户搬家了"})

    assert (done.status_code, done["Location"]) == (302, PAGE)
    probe.refresh_from_db()
    assert (probe.state, probe.excuse_text) == ("excused", "客户搬家了")
    order = browser.get(f"/orders/{probe.order.number}/").content.decode()
    assert "说明了没有采集的原因" in order
    assert "客户搬家了" in order
    again = browser.post(url, {"code": "refused", "text": ""})
    assert again.status_code == 409


@pytest.mark.parametrize("data", [{}, {"code": "nonsense"}, {"code": "other", "text": ""}, {"text": "x" * 400}])
def test_a_bad_excuse_keeps_what_was_typed(crew, technician, client_as, data):
    probe = a_probe(unit=crew, asked=technician)
    page = client_as(technician).post(reverse("probes:excuse", args=[probe.pk]), data)
    assert page.status_code == 422
    assert data.get("text", "") in page.content.decode()
    assert Probe.objects.get().state == "open"


def test_who_may_see_it_but_owes_it_not_is_refused(world, crew, technician, client_as):
    probe = a_probe(unit=crew, asked=technician)
    url = reverse("probes:excuse", args=[probe.pk])
    colleague = client_as(a_person("field", at=crew))
    assert colleague.get(url).status_code == 200
    assert colleague.post(url, {"code": "refused"}).status_code == 403
    assert client_as(world.stranger).post(url, {"code": "refused"}).status_code == 404


# ---- where it shows ------------------------------------------------------------------------------------------------


def test_benches_and_the_call_back_page_say_how_much_waits(
    world, crew, technician, manager, caller, client_as, monkeypatch
):
    a_probe(unit=crew, asked=technician)
    a_probe(unit=crew, asked=a_person("field", at=crew))
    a_probe(unit=department_in(world.company, "D-CC"), method="FM-CB")
    at(monkeypatch, NOON + 25 * HOUR)
    a_probe(unit=crew, asked=technician, at=NOON + 24 * HOUR)

    def owed(person):
        page = client_as(person).get("/")
        said = page.context["owed"]
        assert (f"今天应采集 {said.today}" in page.content.decode()) is bool(said.today or said.overdue)
        return (said.today, said.overdue)

    assert owed(technician) == (1, 1)
    assert owed(manager) == (1, 2)
    assert owed(caller) == (0, 1)
    assert owed(a_person("branch_leader", at=world.company)) == (1, 3)
    assert owed(world.owner) == (0, 0)
    assert "应采 0，超期 1" in client_as(caller).get("/callbacks/").content.decode()
