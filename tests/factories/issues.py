"""Issues and call-backs of a test world, through the real verbs.

office = an_office()                               # company A with one person for each part of the circle
issue = an_issue(office)                           # dispatched to 户内服务部, opened by a bad record at MONDAY
issue = brought_to("in_progress", issue, office)   # walked there by the right people, an hour per step
callback = a_callback(office)                      # of an answered issue, due, nobody called yet
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cxorders.customers.models import Customer
from cxorders.organisation.models import Unit, User
from feedback.callbacks.actions import claim, finish, open_due
from feedback.callbacks.models import Callback
from feedback.issues import actions
from feedback.issues.enums import ClosedHow, IssueState
from feedback.issues.models import Issue
from feedback.issues.queries import issue_of
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import a_bad_record
from tests.factories.orders import a_customer
from tests.factories.organisation import a_company, a_person, department_in, team_of
from tests.harness.ground import standing

MONDAY = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
"""Monday 14 September 2026, 10:00 in Shanghai, an ordinary working week"""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

DEPARTMENTS = ("D-CS", "D-HALL", "D-CC", "D-HOME", "D-ENG", "D-OPS", "D-SAF", "D-SUP")
"""of the company of an office: those that take part in the circle"""

ANSWER = {"cause": "people", "action_taken": "已当面致歉并重新约定时间", "reply_text": "周女士，明早九点上门。"}


@dataclass(frozen=True)
class Office:
    """The people around one issue of 户内服务部 of one company."""

    company: Unit
    home: Unit
    technician: User
    """collects the bad record: first-asked"""
    handler: User
    manager: User
    caller: User
    gatekeeper: User
    leader: User
    hq: User
    hall_handler: User
    """handles issues of another department of the same company"""
    stranger: User
    """handles issues of the same department of another company"""


@standing
def an_office(code: str = "A") -> Office:
    """A company whose in-home department has its people, and strangers beside it."""
    the_catalogue()
    company = Unit.objects.filter(code=code).first() or a_company(code, departments=DEPARTMENTS)
    other = Unit.objects.filter(code="Z").first() or a_company("Z", departments=("D-HOME",))
    home = department_in(company, "D-HOME")
    return Office(
        company=company,
        home=home,
        technician=a_person("field", at=team_of(company, "D-HOME")),
        handler=a_person("handler", at=home),
        manager=a_person("dept_mgr", at=home),
        caller=a_person("callback", at=department_in(company, "D-CC")),
        gatekeeper=a_person("gatekeeper", at=company),
        leader=a_person("branch_leader", at=company),
        hq=a_person("hq_cs", at=department_in(company.parent or company, "D-CS")),
        hall_handler=a_person("handler", at=department_in(company, "D-HALL")),
        stranger=a_person("handler", at=department_in(other, "D-HOME")),
    )


def an_issue(office: Office, *, at: datetime = MONDAY, customer: Customer | None = None, **draft: Any) -> Issue:
    """The issue a bad record of the technician opened (key point KP-HS-01, kept appointments, unless given)."""
    who = customer or (None if "order" in draft or "stage" in draft else a_customer(office.company))
    values: dict[str, Any] = {"company": office.company, "by": office.technician, "at": at, "customer": who}
    values |= {"key_point": "KP-HS-01", **draft}
    issue = issue_of(a_bad_record(**values))
    assert issue is not None
    return issue


def _steps(office: Office) -> dict[str, Callable[[Issue, datetime], Any]]:
    return {
        IssueState.ACCEPTED: lambda issue, at: actions.accept(issue, by=office.handler, at=at),
        IssueState.IN_PROGRESS: lambda issue, at: actions.contact_customer(
            issue, by=office.handler, at=at, text="已致歉，约明早上门"
        ),
        IssueState.VERIFYING: lambda issue, at: actions.reply(issue, by=office.handler, at=at, **ANSWER),
        IssueState.CLOSED: lambda issue, at: actions.close(
            issue, by=office.caller, at=at, how=ClosedHow.CONFIRMED, rating=5
        ),
    }


def brought_to(state: str, issue: Issue, office: Office, *, at: datetime | None = None) -> Issue:
    """`issue` walked by the right people, an hour per step from its opening, until it is in `state`."""
    moment = at or issue.opened_at
    wanted = IssueState.VERIFYING if state == IssueState.REOPENED else state
    order = [IssueState.DISPATCHED, *_steps(office)]
    for target, step in list(_steps(office).items())[order.index(IssueState(issue.state)) :]:
        if issue.state == wanted:
            break
        moment += HOUR
        step(issue, moment)
        assert issue.state == target, issue.state
    if state == IssueState.REOPENED:
        actions.reopen(issue, by=office.caller, at=moment + HOUR, reason="回访：没有解决")
    if state == IssueState.PENDING_CUSTOMER:
        raise LookupError("pause it yourself: from in_progress")
    assert issue.state == state, issue.state
    return issue


def in_state(state: str, issue: Issue) -> Issue:
    """`issue` put into `state` behind the back of every verb; for tests of wrong from-states only."""
    extra = {"closed_at": issue.opened_at} if state == IssueState.CLOSED else {}
    Issue.objects.filter(pk=issue.pk).update(state=state, **extra)
    issue.refresh_from_db()
    return issue


def a_callback(office: Office, issue: Issue | None = None, *, open_window: bool = True) -> Callback:
    """The call-back of an answered issue; its window is open unless told otherwise."""
    answered = brought_to("verifying", issue or an_issue(office), office)
    callback = answered.callbacks.get()
    if open_window:
        open_due(callback.window_start)
        callback.refresh_from_db()
    return callback


def in_window(callback: Callback, *, hour: int = 10, days: int = 0) -> datetime:
    """`hour` o'clock in Shanghai on day `days` of the window."""
    return callback.window_start.replace(hour=hour - 8, minute=0) + days * DAY


def called(callback: Callback, office: Office, *, at: datetime | None = None, **result: Any) -> Callback:
    """The call-back claimed and finished by the caller: solved with 5 unless told otherwise."""
    moment = at or in_window(callback)
    claim(callback, by=office.caller, at=moment)
    values: dict[str, Any] = {"solved": True, "rating": 5, "verbatim": "弄好了，师傅很客气", **result}
    return finish(callback, by=office.caller, at=moment + timedelta(minutes=5), **values)
