"""Owner, supervisor, stranger: who sees an issue, and that its author always does (X1, X3)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.intake import panels
from feedback.issues import actions
from feedback.issues.models import Issue
from feedback.issues.queries.telling import stage_marks
from tests.factories.feedback import a_stage_row
from tests.factories.issues import ANSWER, DAY, MONDAY, an_issue, an_office, brought_to
from tests.factories.organisation import a_person, department_in

pytestmark = pytest.mark.django_db
GROUND = (an_office,)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("technician", True),
        ("handler", True),
        ("manager", True),
        ("caller", True),
        ("gatekeeper", True),
        ("leader", True),
        ("hq", True),
        ("hall_handler", False),
        ("stranger", False),
    ],
)
def test_an_issue_is_seen_by_its_people_and_by_nobody_else(who: str, sees: bool) -> None:
    office = an_office()
    issue = an_issue(office)

    assert Issue.objects.visible_to(getattr(office, who)).filter(pk=issue.pk).exists() is sees


def test_an_administrator_sees_no_content() -> None:
    office = an_office()
    an_issue(office)

    assert not Issue.objects.visible_to(a_person("admin", at=office.company)).exists()


def test_the_author_follows_it_to_the_top_and_reads_the_answer() -> None:
    office = an_office()
    issue = brought_to("verifying", an_issue(office), office)
    for day in (4, 6, 8):
        actions.reopen(issue, by=office.caller, at=MONDAY + day * DAY, reason="没有解决")
        worker = {4: office.handler, 6: office.gatekeeper, 8: office.hq}[day]
        actions.accept(issue, by=worker, at=MONDAY + day * DAY)
        actions.reply(issue, by=worker, at=MONDAY + day * DAY, **ANSWER)

    fate = panels.fates([issue.record], office.technician)[issue.record_id]

    assert Issue.objects.visible_to(office.technician).get() == issue
    assert (fate.number, fate.state, fate.answer) == (issue.number, "verifying", ANSWER["reply_text"])


def test_fates_of_many_records_cost_as_many_queries_as_those_of_one() -> None:
    office = an_office()
    panels.fates([an_issue(office).record], office.technician)  # the reach of a person is read once
    counts = []
    for number in (1, 3):
        records = [an_issue(office).record for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert len(panels.fates(records, office.technician)) == number
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_stranger_is_told_nothing() -> None:
    office = an_office()
    issue = an_issue(office)

    assert panels.fates([issue.record], office.hall_handler) == {}


def test_open_issues_are_marked_at_their_stage() -> None:
    office = an_office()
    stage = a_stage_row(company=office.company)
    issue = an_issue(office, stage=stage, order=stage.order, key_point="KP-HS-05")

    marks = stage_marks(stage.order, office.leader)

    assert {key: (mark.issues, mark.issues_url) for key, mark in marks.items()} == {
        stage.pk: (1, f"/issues/{issue.number}/")
    }


def test_the_department_of_another_company_is_a_stranger() -> None:
    office = an_office()
    an_issue(office)
    other = a_person("dept_mgr", at=department_in(office.stranger.active_grant.unit.company, "D-HOME"))

    assert not Issue.objects.visible_to(other).exists()
