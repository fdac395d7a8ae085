"""The queue: order, filters, keyset pages, who sees what, the same number of queries for one row and for three."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.issues import actions
from feedback.issues.models import Issue
from feedback.issues.queries.listing import Wanted, page_of
from tests.factories.issues import DAY, HOUR, MONDAY, Office, an_issue, an_office, brought_to, in_state

pytestmark = pytest.mark.django_db
GROUND = (an_office,)
NOW = MONDAY + DAY


def shown(office: Office, who: str = "manager", at: datetime = NOW, **wanted: object) -> list[Issue]:
    page = page_of(getattr(office, who), Wanted(**wanted), at=at)  # type: ignore[arg-type]
    return [row.issue for row in page.rows]


def test_the_first_due_stands_first_and_danger_before_all() -> None:
    office = an_office()
    later, first = an_issue(office, at=MONDAY + 3 * DAY), an_issue(office, at=MONDAY)
    leak = an_issue(office, at=MONDAY + HOUR, verbatim="漏气了，快来")

    assert shown(office, "leader") == [leak, first, later]


@pytest.mark.parametrize(
    ("who", "sees"),
    [("technician", 2), ("handler", 2), ("manager", 2), ("leader", 2), ("hq", 2), ("hall_handler", 0), ("stranger", 0)],
)
def test_everybody_sees_the_own_reach(who: str, sees: int) -> None:
    office = an_office()
    for hour in (0, 1):
        an_issue(office, at=MONDAY + hour * HOUR)

    assert len(shown(office, who)) == sees


def test_views_divide_the_issues_by_what_is_to_be_done() -> None:
    office = an_office()
    new = an_issue(office)
    mine = brought_to("in_progress", an_issue(office, at=MONDAY + HOUR), office)
    answered = brought_to("verifying", an_issue(office, at=MONDAY + 2 * HOUR), office)
    closed = brought_to("closed", an_issue(office, at=MONDAY + 3 * HOUR), office)

    found = {view: shown(office, "handler", view=view) for view in ("open", "waiting", "mine", "closed")}

    assert found == {"open": [new, mine], "waiting": [answered], "mine": [mine, answered], "closed": [closed]}
    assert shown(office, "technician", view="raised") == [closed, answered, mine, new]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"severity": "SEV1"}, ["leak"]),
        ({"severity": "SEV3"}, ["plain", "late"]),
        ({"state": "accepted"}, ["late"]),
        ({"touchpoint": "HS"}, ["leak", "plain", "late"]),
        ({"touchpoint": "CC"}, []),
        ({"text": "漏气"}, ["leak"]),
        ({"due": "over"}, ["late"]),
    ],
)
def test_filters_narrow_the_queue(wanted: dict[str, str], expected: list[str]) -> None:
    office = an_office()
    now = MONDAY + 10 * DAY
    rows = {
        "late": brought_to("accepted", an_issue(office), office),
        "plain": an_issue(office, at=now),
        "leak": an_issue(office, at=now, verbatim="漏气了，快来"),
    }

    found = shown(office, "leader", at=now, **wanted)

    assert {name for name, issue in rows.items() if issue in found} == set(expected)


def test_at_risk_means_four_working_hours_however_long_the_night() -> None:
    office = an_office()
    issue = an_issue(office)  # due on the make-up Sunday 20 September, 17:30
    sunday_10am, sunday_3pm = issue.due_at - timedelta(hours=7, minutes=30), issue.due_at - timedelta(hours=2)

    assert shown(office, at=sunday_10am, due="near") == []
    assert shown(office, at=sunday_3pm, due="near") == [issue]
    assert shown(office, at=issue.due_at + HOUR, due="near") == []


def test_a_number_finds_its_issue_in_any_state_and_only_inside_the_reach() -> None:
    office = an_office()
    closed = brought_to("closed", an_issue(office), office)

    assert shown(office, text=closed.number.lower()) == [closed]
    assert shown(office, "stranger", text=closed.number) == []


def test_units_narrow_and_never_widen_the_reach() -> None:
    office = an_office()
    issue = an_issue(office)

    assert shown(office, "hq", unit=office.company.pk) == [issue]
    assert shown(office, "leader", unit=office.home.pk) == [issue]
    assert shown(office, "hall_handler", unit=office.home.pk) == []


@pytest.mark.parametrize("view", ["open", "raised"])
def test_pages_follow_each_other_without_gap_or_repetition(view: str) -> None:
    office = an_office()
    issues = [an_issue(office, at=MONDAY + (number // 2) * HOUR) for number in range(5)]  # equal times in pairs
    found, after = [], None
    for _page in range(3):
        page = page_of(office.technician, Wanted(view=view, after=after), at=NOW, size=2)
        found += [row.issue for row in page.rows]
        after = page.next

    assert after is None
    assert sorted(issue.pk for issue in found) == sorted(issue.pk for issue in issues)
    assert len(found) == 5


@pytest.mark.parametrize("who", ["hq", "leader", "handler", "technician"])
def test_one_row_costs_as_many_queries_as_three(who: str, client_as: object) -> None:
    office = an_office()
    counts = []
    for number in (1, 2):
        for _ in range(number):
            an_issue(office)
        client: Client = client_as(getattr(office, who))  # type: ignore[operator]
        client.get("/issues/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/issues/").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "query",
    [
        "?view=everything&state=open&severity=9&tp=XX&unit=abc&due=soon&after=yesterday~x",
        "?unit=99999999999999999999999&after=2026-13-40T00:00:00~1",
        "?after=2026-09-14T10:00:00~5",
        "?q=%00%00&after=~",
        "?q=WT-26-99999999999999999999",
        "?q=" + "长" * 500,
    ],
)
def test_a_strange_address_still_shows_a_queue(query: str, client_as: object) -> None:
    office = an_office()
    an_issue(office)

    assert client_as(office.manager).get(f"/issues/{query}").status_code == 200  # type: ignore[operator]


@pytest.mark.parametrize("view", ["open", "waiting", "mine", "raised", "closed"])
def test_every_view_is_drawn_empty_and_full(view: str, client_as: object) -> None:
    office = an_office()
    client: Client = client_as(office.handler)  # type: ignore[operator]
    assert client.get(f"/issues/?view={view}").status_code == 200
    for state in ("dispatched", "accepted", "in_progress", "verifying", "closed"):
        brought_to(state, an_issue(office), office)
    in_state("pending_customer", an_issue(office))
    late = an_issue(office)
    actions.mark_overdue(late.due_at + DAY)

    assert client.get(f"/issues/?view={view}").status_code == 200
