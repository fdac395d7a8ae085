"""A bad record opens an issue or joins the open one of the same matter (F4, I1–I3, RT-09, X2, X5)."""

from uuid import uuid4

import pytest

from cxorders.journal.queries import timeline
from cxorders.kit.errors import NotAllowed
from feedback.intake.actions import submit_record
from feedback.issues.actions import IssueDraft, open_from_record, open_issue
from feedback.issues.actions.opening import TitleMissing, title_of
from feedback.issues.enums import IssueState
from feedback.issues.models import Issue, IssueRecord
from feedback.issues.queries import issue_of
from tests.factories.catalogue import key_point
from tests.factories.feedback import a_bad_record, a_draft, a_record
from tests.factories.issues import DAY, HOUR, MONDAY, an_issue, an_office, brought_to
from tests.factories.orders import a_customer
from tests.factories.organisation import a_person, team_of

pytestmark = pytest.mark.django_db
GROUND = (an_office,)


def test_a_bad_record_opens_an_issue_with_one_accountable_person() -> None:
    office = an_office()

    issue = an_issue(office, verbatim="约好十点半，十一点多才到，电话也没有一个。")

    assert (issue.owner, issue.author, issue.author_unit) == (
        office.technician,
        office.technician,
        team_of(office.company, "D-HOME"),
    )
    assert (issue.title, issue.contacts_count, issue.source) == ("约好十点半，十一点多才到", 1, "record")
    assert (issue.category.code, issue.severity.code) == ("IC-HOME-APPT", "SEV3")
    assert [entry.verb for entry in timeline(issue)] == ["issue.dispatched", "issue.triaged", "issue.opened"]


def test_good_news_opens_nothing() -> None:
    office = an_office()

    a_record(company=office.company, by=office.technician, key_point="KP-HS-01", rating=5, verbatim="很准时")

    assert Issue.objects.count() == 0


def test_what_the_customer_entered_alone_is_the_managers() -> None:
    office = an_office()
    draft = a_draft(
        company=office.company,
        unit=office.home,
        key_point="KP-HS-01",
        method="FM-QR",
        source="customer",
        rating=1,
        verbatim="没有人来",
        customer=a_customer(office.company),
        occurred_at=MONDAY,
    )

    issue = issue_of(submit_record(draft, by=None, at=MONDAY))

    assert issue is not None
    assert (issue.owner, issue.author) == (office.manager, None)


def test_the_same_record_again_changes_nothing() -> None:
    office = an_office()
    issue = an_issue(office)

    again = open_from_record(issue.record, by=office.technician, at=MONDAY + HOUR)

    assert (again, Issue.objects.count(), again.contacts_count) == (issue, 1, 1)


def test_a_second_bad_record_of_the_same_matter_joins() -> None:
    office = an_office()
    customer = a_customer(office.company)
    first = an_issue(office, customer=customer)

    second = an_issue(office, customer=customer, at=MONDAY + HOUR, verbatim="还是没来")

    assert (second, second.contacts_count, Issue.objects.count()) == (first, 2, 1)
    assert [link.record.verbatim for link in IssueRecord.objects.all()] == ["还是没来"]


@pytest.mark.parametrize("difference", ["customer", "matter", "closed"])
def test_another_customer_another_matter_or_a_closed_one_does_not_join(difference: str) -> None:
    office = an_office()
    customer = a_customer(office.company)
    first = an_issue(office, customer=customer)
    if difference == "closed":
        brought_to("closed", first, office)

    second = an_issue(
        office,
        at=MONDAY + DAY,
        customer=a_customer(office.company) if difference == "customer" else customer,
        key_point="KP-HS-10" if difference == "matter" else "KP-HS-01",
    )

    assert second != first


def test_the_third_contact_raises_the_severity_and_never_makes_late() -> None:
    office = an_office()
    customer = a_customer(office.company)
    an_issue(office, customer=customer)
    an_issue(office, customer=customer, at=MONDAY + HOUR)

    third = an_issue(office, customer=customer, at=MONDAY + DAY)

    # SEV2 counts 3 working days from Tuesday: Friday 17:30, earlier than Sunday's make-up day of the first limit
    assert (third.contacts_count, third.severity.code) == (3, "SEV2")
    assert third.due_at.isoformat() == "2026-09-18T09:30:00+00:00"
    assert third.rounds.get().due_at == third.due_at
    assert third.rounds.get().first_due_at > third.due_at


def test_danger_opens_its_own_issue_at_once_and_goes_to_the_emergency_department() -> None:
    office = an_office()
    customer = a_customer(office.company)
    an_issue(office, customer=customer)

    leak = an_issue(office, customer=customer, at=MONDAY + HOUR, verbatim="家里漏气，闻到臭味，快来人")

    assert (leak.severity.code, leak.category.code, leak.unit.department_code, leak.routing_rule) == (
        "SEV1",
        "IC-SAF-LEAK",
        "D-OPS",
        "RT-01",
    )
    assert leak.due_at == MONDAY + HOUR + DAY  # 24 hours, day and night


def test_an_anonymous_record_always_opens_its_own() -> None:
    office = an_office()
    records = [
        a_bad_record(company=office.company, by=office.technician, key_point="KP-HS-01", at=MONDAY) for _ in range(2)
    ]

    assert len({issue_of(record) for record in records}) == 2


def test_an_issue_out_of_a_call_belongs_to_the_agent_who_took_it() -> None:
    office = an_office()
    agent = a_person("agent", at=team_of(office.company, "D-CC"))
    draft = IssueDraft(
        company=office.company,
        unit=team_of(office.company, "D-CC"),
        key_point=key_point("KP-HS-01"),
        title="三次没人上门",
        text="客户来电说约了三次都没人来",
        customer=a_customer(office.company),
    )

    issue = open_issue(draft, by=agent, at=MONDAY)

    assert (issue.owner, issue.unit, issue.state, issue.source) == (agent, office.home, IssueState.DISPATCHED, "call")


def test_registering_twice_with_one_key_is_one_issue() -> None:
    office = an_office()
    draft = IssueDraft(
        company=office.company, unit=office.home, key_point=key_point("KP-HS-01"), title="没来", client_key=uuid4()
    )

    first, second = (open_issue(draft, by=office.handler, at=MONDAY) for _ in range(2))

    assert (first, Issue.objects.count()) == (second, 1)


def test_registering_needs_the_right_and_words() -> None:
    office = an_office()
    draft = IssueDraft(company=office.company, unit=office.home, key_point=key_point("KP-HS-01"), title=" ")

    with pytest.raises(NotAllowed):
        open_issue(draft, by=office.caller, at=MONDAY)
    with pytest.raises(TitleMissing):
        open_issue(draft, by=office.handler, at=MONDAY)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("约好十点半到，没有来。再打电话也没人接", "约好十点半到"),
        ("唉。等了一天没人来", "唉，等了一天没人来"),
        ("", "预约与守时：客户不满意"),
        ("很" * 60, "很" * 40),
        ("！！！", "预约与守时：客户不满意"),
        ("师傅😀迟到了两个小时", "师傅😀迟到了两个小时"),
    ],
)
def test_the_title_is_the_first_clause_of_the_words(words: str, title: str) -> None:
    assert title_of(words, "预约与守时：客户不满意") == title
