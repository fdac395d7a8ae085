"""The journal page: every action in reach, newest first, in words; nothing out of reach, nothing twice."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxorders.journal.models import Entry
from cxorders.web.journalling.queries import Wanted, page_of
from tests.factories.issues import DAY, HOUR, MONDAY, Office, an_issue, an_office, brought_to
from tests.factories.organisation import a_person

pytestmark = pytest.mark.django_db
GROUND = (an_office,)
SignIn = Callable[..., Client]


def shown(office: Office, client: Client, **query: object) -> list[str]:
    return [line["verb"] for line in client.get("/journal/", query).context["lines"]]


def test_actions_stand_newest_first_and_in_words(client_as: SignIn) -> None:
    office = an_office()
    issue = brought_to("in_progress", an_issue(office), office)

    page = client_as(office.leader).get("/journal/", {"about": "issue"})

    lines = page.context["lines"]
    assert [str(line["verb"]) for line in lines[:3]] == ["与客户联系", "接收了问题", "派了单"]
    assert {line["number"] for line in lines} == {issue.number}
    assert lines[0]["data"] == "说明：已致歉，约明早上门"


def test_reach_decides_what_is_read(client_as: SignIn) -> None:
    office = an_office()
    an_issue(office)
    admin = a_person("admin", at=office.company.parent)
    stranger = a_person("branch_leader", at=office.stranger.active_grant.unit.company)

    assert shown(office, client_as(office.hq), about="issue")
    assert shown(office, client_as(stranger), about="issue") == []
    assert shown(office, client_as(admin), about="issue") == []
    assert shown(office, client_as(admin), about="grant")
    assert client_as(office.manager).get("/journal/").status_code == 403


def test_filters_narrow(client_as: SignIn) -> None:
    office = an_office()
    an_issue(office)
    later = brought_to("accepted", an_issue(office, at=MONDAY + 3 * DAY), office)
    client = client_as(office.hq)

    by_handler = client.get("/journal/", {"by": office.handler.name}).context["lines"]
    by_nobody = client.get("/journal/", {"by": "查无此人"}).context["lines"]
    of_day = client.get("/journal/", {"from": "2026-09-17", "to": "2026-09-17", "about": "issue"}).context["lines"]

    assert [line["number"] for line in by_handler] == [later.number]
    assert by_nobody == []
    assert {line["number"] for line in of_day} == {later.number}
    assert shown(office, client, company=office.company.pk, about="issue")
    assert shown(office, client, company=office.company.pk + 9999) == []


@pytest.mark.parametrize(
    "query", ["from=x", "to=2026-99-99", "about=nothing", "after=~", "company=a", "from=0001-01-01"]
)
def test_nonsense_filters_nothing(query: str, client_as: SignIn) -> None:
    office = an_office()

    assert client_as(office.hq).get(f"/journal/?{query}").status_code == 200


def test_pages_have_neither_gap_nor_double() -> None:
    office = an_office()
    Entry.objects.bulk_create(
        Entry(verb="issue.opened", subject_label="feedback.issue", subject_id=key, at=MONDAY + key // 3 * HOUR)
        for key in range(1, 26)
    )
    keys: list[int] = []
    place = None
    while True:
        lines, place = page_of(office.hq, Wanted(family="issue", after=place), size=7)
        keys += [line.entry.subject_id for line in lines]
        if place is None:
            break

    assert sorted(keys) == list(range(1, 26))
    assert len(keys) == 25


def test_three_actions_cost_as_many_queries_as_one(client_as: SignIn) -> None:
    office = an_office()
    client = client_as(office.leader)

    def cost() -> int:
        client.get("/journal/?about=issue")
        with CaptureQueriesContext(connection) as asked:
            client.get("/journal/?about=issue")
        return len(asked)

    an_issue(office)
    one = cost()
    an_issue(office, at=MONDAY + HOUR)
    an_issue(office, at=datetime(2026, 9, 15, 3, tzinfo=UTC))

    assert cost() == one
