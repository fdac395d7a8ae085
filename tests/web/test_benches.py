"""`/`: every role opens its own day, with its own rows only, at a cost that does not grow with the work."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxorders.organisation.models import CalendarDay, Grant, Unit
from cxorders.organisation.roles import ROLES
from cxorders.web.home import greeting
from feedback.issues.models import Issue
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import a_record
from tests.factories.issues import DAY, HOUR, MONDAY, Office, a_callback, an_issue, an_office, brought_to, in_window
from tests.factories.orders import an_order, current_stage
from tests.factories.organisation import LONG_AGO, World, a_person, a_world, department_in, team_of

pytestmark = pytest.mark.django_db
GROUND = (a_world, an_office)
SignIn = Callable[..., Client]
Clock = Callable[[datetime], None]
NOON = MONDAY + 2 * HOUR

PLACE = {
    "hq_cs": "",
    "hq_dept": "",
    "inspector": "",
    "auditor": "",
    "admin": "",
    "gatekeeper": "A",
    "branch_leader": "A",
}
"""role → code of its unit; "" is the group, teams of the hall for the rest"""


def at_post(role: str, world: World) -> Unit:
    code = PLACE.get(role)
    return world.team if code is None else world.company if code else world.group


def home(client: Client) -> str:
    page = client.get("/")
    assert page.status_code == 200
    return str(page.content.decode())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("role", [role for role in ROLES if ROLES[role].may("bench.read")])
def test_every_role_has_a_bench_that_stands_empty(role: str, language: str, world: World, client_as: SignIn) -> None:
    person = a_person(role, at=at_post(role, world), name="秦怡", language=language)

    text = home(client_as(person))

    assert "秦怡" in text
    assert 'class="empty"' in text or role in ("supervisor",)


@pytest.mark.parametrize("role", ["", "customer"])
def test_who_has_no_work_here_is_told_whom_to_ask(role: str, world: World, client_as: SignIn) -> None:
    person = a_person("", at=world.team)
    if role:
        Grant.objects.create(user=person, role_code=role, unit=world.team, starts_at=LONG_AGO)

    assert "您的账号还没有角色" in home(client_as(person))


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("technician", True),  # first-asked owner until somebody accepts
        ("handler", True),
        ("manager", True),
        ("gatekeeper", True),
        ("leader", True),
        ("hq", True),
        ("hall_handler", False),
        ("stranger", False),
    ],
)
def test_an_issue_stands_on_the_benches_of_its_own_people(
    who: str, sees: bool, client_as: SignIn, clock: Clock
) -> None:
    office = an_office()
    issue = an_issue(office)
    clock(issue.due_at + HOUR)

    text = home(client_as(getattr(office, who)))

    assert (issue.number in text) is sees


def test_the_author_reads_what_became_of_a_report(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    brought_to("in_progress", an_issue(office, verbatim="灶台接口漏水，修了两次还没好。"), office)
    clock(NOON)

    text = home(client_as(office.technician))

    assert "灶台接口漏水，修了两次还没好。" in text
    assert f"{office.home.name} · {office.handler.name}" in text
    assert "处理中" in text


def test_a_handler_sees_what_waits_what_runs_and_what_came_back(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    waits = an_issue(office)
    runs = brought_to("in_progress", an_issue(office, at=MONDAY + HOUR), office)
    answered = brought_to("verifying", an_issue(office, at=MONDAY + 2 * HOUR), office)
    clock(MONDAY + DAY)

    page = client_as(office.handler).get("/")

    assert [row.issue for row in page.context["waiting"]] == [waits]
    assert [row.issue for row in page.context["own"]] == [runs]
    assert page.context["counts"] == {
        "waiting": "1", "own": "1", "overdue": "0", "near": "0", "reopened": "0", "verifying": "1",
    }  # fmt: skip
    assert answered.number not in page.content.decode()


def test_the_stage_in_front_leads_to_its_order_and_to_its_record_form(
    world: World, client_as: SignIn, clock: Clock
) -> None:
    order = an_order(company=world.company, unit=world.team, by=world.owner, at=MONDAY)
    stage = current_stage(order)
    assert stage is not None
    assert stage.due_at is not None
    worker = a_person("front", at=stage.unit)
    clock(stage.due_at + HOUR)

    page = client_as(worker).get("/")

    assert [(turn.stage, turn.kind) for turn in page.context["turns"]] == [(stage, "late")]
    assert f"/orders/{order.number}/" in page.content.decode()
    assert f"/feedback/new/?stage={stage.pk}" in page.content.decode()
    assert order.number not in home(client_as(world.stranger))


def test_call_backs_stand_by_the_end_of_their_window(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    first, second = a_callback(office), a_callback(office, an_issue(office, at=MONDAY + 2 * DAY))
    clock(in_window(second))

    page = client_as(office.caller).get("/")

    assert [line.callback for line in page.context["due"]] == [first, second]
    assert page.context["counters"].open == 2
    assert first.customer.phone not in page.content.decode()


def test_a_manager_sees_late_work_backlog_people_and_pain(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    late = brought_to("in_progress", an_issue(office), office)
    clock(late.due_at + HOUR)

    page = client_as(office.manager).get("/")

    context = page.context
    assert [row.issue for row in context["overdue"]] == [late]
    assert [(step.state, step.total) for step in context["steps"]] == [("in_progress", 1)]
    assert [(row["person"], row["open"], row["overdue"]) for row in context["people"]] == [(office.handler, 1, 1)]
    assert [row.left < timedelta() for row in context["overdue"]] == [True]


def test_near_is_four_working_hours_of_the_own_unit(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    issue = an_issue(office)  # due at 17:30, after a lunch break from 12:00 to 13:30

    def near(hour: int, minute: int) -> list[Issue]:
        clock(issue.due_at.replace(hour=hour - 8, minute=minute))
        return [row.issue for row in client_as(office.manager).get("/").context["near"]]

    assert [near(11, 45), near(12, 30), near(13, 30)] == [[], [issue], [issue]]


def test_a_leader_compares_the_departments_and_the_group_its_companies(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    issue = an_issue(office)
    clock(issue.due_at + HOUR)

    departments = client_as(office.leader).get("/").context["departments"]
    companies = client_as(office.hq).get("/").context["companies"]

    assert [(row.unit, row.open, row.overdue) for row in departments] == [(office.home, 1, 1)]
    assert [(row.unit.code, row.open, row.overdue) for row in companies] == [("A", 1, 1), ("B", 0, 0), ("Z", 0, 0)]


def test_an_inspector_reads_the_newest_words_of_every_company(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    bad = an_issue(office, verbatim="约好上午，下午才来。").record
    good = a_record(company=office.company, at=MONDAY + HOUR, verbatim="师傅很细心。")
    inspector = a_person("inspector", at=office.company.parent)
    clock(NOON)

    page = client_as(inspector).get("/")

    assert [row["record"] for row in page.context["bad"]] == [bad]
    assert [row["record"] for row in page.context["new"]] == [good, bad]


def test_an_administrator_sees_the_state_of_the_organisation_and_no_business(
    world: World, client_as: SignIn, clock: Clock
) -> None:
    the_catalogue()
    idle = a_person("", name="没有岗位的人")
    record = a_record(company=world.company, verbatim="客户的话不给管理员看。")
    admin = a_person("admin", at=world.group)
    clock(datetime(2026, 12, 5, 4, 0, tzinfo=UTC))

    page = client_as(admin).get("/")

    assert idle in page.context["idle"]
    assert page.context["without_rule"] == []
    assert [(year["year"], year["there"], year["urgent"]) for year in page.context["years"]] == [
        (2026, True, True),
        (2027, CalendarDay.objects.filter(notice_year=2027).exists(), True),
    ]
    assert record.number not in page.content.decode()
    assert "客户的话不给管理员看" not in page.content.decode()


def everybody(office: Office) -> list[str]:
    return ["technician", "handler", "manager", "caller", "gatekeeper", "leader", "hq"]


def test_three_issues_cost_as_many_queries_as_one(client_as: SignIn, clock: Clock) -> None:
    office = an_office()

    def work(day: int) -> None:
        start = MONDAY + day * DAY
        an_issue(office, at=start)
        brought_to("in_progress", an_issue(office, at=start + HOUR), office)
        a_callback(office, an_issue(office, at=start + 2 * HOUR))

    def costs() -> dict[str, int]:
        found = {}
        for who in everybody(office):
            client = client_as(getattr(office, who))
            client.get("/")
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get("/").status_code == 200
            found[who] = len(asked)
        return found

    work(0)
    clock(MONDAY + 20 * DAY)
    one = costs()
    work(1)
    work(2)

    assert costs() == one
    assert max(one.values()) <= 40


@pytest.mark.parametrize(
    ("hour", "words"), [(6, "早上好"), (10, "上午好"), (12, "中午好"), (15, "下午好"), (20, "晚上好"), (2, "晚上好")]
)
def test_people_are_greeted_by_the_hour(hour: int, words: str) -> None:
    moment = datetime(2026, 9, 14, hour, tzinfo=UTC) - timedelta(hours=8)

    assert greeting("王海燕", moment) == f"王海燕，{words}"


def test_the_side_bar_counts_what_waits_in_the_own_reach(client_as: SignIn, clock: Clock) -> None:
    office = an_office()
    for hour in range(2):
        an_issue(office, at=MONDAY + hour * HOUR)
    clock(NOON)

    def counted(who: str) -> dict[str, object]:
        shell = client_as(getattr(office, who)).get("/").context["shell"]
        return {item["url"]: item["count"] for group in shell.nav for item in group["items"] if item["count"]}

    assert counted("manager") == {"/issues/": "2"}
    assert counted("hall_handler") == {}
    assert counted("stranger") == {}


def test_a_department_of_the_group_has_its_own_queue(client_as: SignIn) -> None:
    office = an_office()
    person = a_person("hq_dept", at=department_in(office.company.parent, "D-ENG"))

    assert client_as(person).get("/").context["counts"]["waiting"] == "0"
    assert team_of(office.company, "D-HOME").name not in home(client_as(person))
