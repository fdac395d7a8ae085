"""Work goes on from the rows of the demo: its people sign in, find a full day, and every verb takes over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cxorders.organisation.models import User
from cxorders.organisation.queries import calendar_for
from cxorders.web.benches import bench_of
from feedback.callbacks.actions import claim, finish, record_not_reached
from feedback.callbacks.enums import AttemptResult, CallbackState
from feedback.callbacks.models import Callback
from feedback.callbacks.queries import tries_of
from feedback.callbacks.slots import may_follow
from feedback.intake.models import Record
from feedback.issues.actions import accept, contact_customer, reply, resume
from feedback.issues.enums import IssueState
from feedback.issues.models import Issue
from tests.demo.ground import NOW, person
from touchpoints.orders.actions import EvidenceInput, complete_stage, resume_order, resume_stage, retry_stage
from touchpoints.orders.enums import OrderState, StageState
from touchpoints.orders.guards import NUMBER, PHOTO, SIGNATURE, guards_of
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import open_stages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("group")]

ACCOUNTS = (
    "hall", "agent", "field", "crew", "callback", "handler", "manager", "gatekeeper", "leader", "hq", "hqdept",
    "auditor", "admin",
)  # fmt: skip


# ---- a full day -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_demo_account_signs_in_and_opens_its_bench(account: str) -> None:
    client = Client()
    assert client.login(username=account, password="demo")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("account", ["hall", "agent", "field", "crew"])
def test_the_front_line_has_stages_and_the_fate_of_what_it_reported(account: str) -> None:
    user = person(account)
    stages = list(open_stages(user))
    mine = Issue.objects.filter(author=user).order_by().values_list("state", flat=True)
    assert len(stages) >= 2
    assert len(set(mine)) >= 3
    assert bench_of(user).build(user, NOW)["turns"]


def test_hall_has_stages_that_are_late_that_are_due_and_that_wait() -> None:
    stages = list(open_stages(person("hall")))
    assert sum(stage.state == StageState.PAUSED for stage in stages) >= 1
    assert sum(stage.state == StageState.ACTIVE and stage.due_at < NOW for stage in stages if stage.due_at) >= 1
    today = [stage for stage in stages if stage.due_at and NOW <= stage.due_at < NOW + timedelta(hours=13, minutes=30)]
    assert len(today) >= 2


def test_the_handler_has_issues_to_accept_at_risk_and_late() -> None:
    user = person("handler")
    counts = bench_of(user).build(user, NOW)["counts"]
    assert 3 <= int(counts["waiting"]) <= 14
    assert int(counts["own"]) >= 4
    assert int(counts["near"]) >= 1
    assert int(counts["overdue"]) >= 1


def test_the_callers_have_a_queue_with_calls_to_dial_again() -> None:
    user = person("callback")
    bench = bench_of(user).build(user, NOW)
    assert len(bench["due"]) >= 5
    assert len(bench["again"]) >= 2


def test_levels_above_have_something_to_decide() -> None:
    gate, group, abroad = person("gatekeeper"), person("hq"), person("hqdept")
    assert Issue.objects.open().visible_to(gate).filter(level="gate", owner=gate).exists()
    assert Issue.objects.open().filter(level="hq_cs", owner=group).exists()
    assert Issue.objects.open().filter(unit=abroad.active_grant.unit).count() >= 2
    assert Record.objects.visible_to(person("auditor")).count() == Record.objects.count()


def test_every_department_that_answers_for_a_category_has_open_and_late_issues() -> None:
    manager = person("manager")
    company = manager.active_grant.unit.company
    for code in ("D-HALL", "D-CC", "D-HOME", "D-ENG", "D-DES", "D-OPS", "D-MKT", "D-FIN", "D-IT", "D-CS", "D-SAF"):
        here = Issue.objects.open().filter(unit__company=company, unit__department_code=code)
        assert here.exists(), code
        assert here.filter(due_at__lt=NOW).exists(), code


# ---- verbs take over --------------------------------------------------------------------------------------------


def worker_of(issue: Issue) -> User:
    return person(User.objects.filter(grants__unit=issue.unit, grants__role_code="handler").order_by("pk")[0].username)


def test_an_issue_goes_from_acceptance_to_its_call_back() -> None:
    issue = Issue.objects.filter(state=IssueState.DISPATCHED, unit__code="C01-ENG").order_by("pk")[0]
    handler = worker_of(issue)
    accept(issue, by=handler, at=NOW)
    contact_customer(issue, by=handler, at=NOW, text="已联系客户。")
    reply(issue, by=handler, at=NOW, cause="process", action_taken="补装。", reply_text="已补装，请验收。")
    assert issue.state == IssueState.VERIFYING
    assert issue.callbacks.order_by("pk").last().state == CallbackState.PLANNED


def test_reopened_and_paused_issues_are_taken_up_again() -> None:
    reopened = Issue.objects.filter(state=IssueState.REOPENED, level="department").order_by("pk")[0]
    accept(reopened, by=person(reopened.owner.username), at=NOW)
    paused = Issue.objects.filter(state=IssueState.PENDING_CUSTOMER).order_by("pk")[0]
    resume(paused, by=person(paused.owner.username), at=NOW)
    assert (reopened.state, paused.state) == (IssueState.IN_PROGRESS, IssueState.IN_PROGRESS)


def test_a_due_call_is_finished_and_closes_its_issue() -> None:
    caller = person("callback")
    due = Callback.objects.filter(company__code="C01", state=CallbackState.DUE, issue__isnull=False).order_by("pk")[0]
    claim(due, by=caller, at=NOW)
    finish(due, by=caller, at=NOW, solved=True, rating=5, verbatim="好了。", answers={"P1": "1", "P2": "5"})
    due.issue.refresh_from_db()
    assert due.issue.state == IssueState.CLOSED


def test_a_call_to_dial_again_is_tried_in_another_slot() -> None:
    caller = person("callback")
    waiting = Callback.objects.filter(company__code="C01", state=CallbackState.RETRY_PLANNED).order_by("pk")
    calendar, noon = calendar_for(waiting[0].company), NOW.replace(hour=14, minute=30)
    again = next(row for row in waiting if may_follow(tries_of(row)[-1], noon, calendar))
    claim(again, by=caller, at=noon)
    record_not_reached(again, by=caller, at=noon, result=AttemptResult.BUSY)
    assert (again.state, again.attempts_count) == (CallbackState.RETRY_PLANNED, 2)


def proofs(stage: Stage) -> list[EvidenceInput]:
    values = {NUMBER: "5.0", SIGNATURE: "客户本人签字"}
    wanted = [guard for guard in guards_of(stage.stage_type.guards or []) if guard.is_evidence and guard.kind != PHOTO]
    return [EvidenceInput(guard.phrase, guard.kind, values.get(guard.kind, "有")) for guard in wanted]


@pytest.mark.parametrize("account", ["hall", "field"])
def test_stages_are_completed_and_the_order_moves_on(account: str) -> None:
    user = person(account)
    done = 0
    for stage in open_stages(user).filter(state=StageState.ACTIVE, order__parent=None):
        complete_stage(stage, by=user, at=NOW, evidence=proofs(stage))
        done += 1
        after = Stage.objects.filter(order=stage.order, seq__gt=stage.seq).order_by("seq").first()
        assert after is None or after.state in (StageState.ACTIVE, StageState.PENDING)
    assert done >= 2


def test_paused_failed_and_suspended_work_goes_on() -> None:
    paused = Stage.objects.filter(state=StageState.PAUSED, order__state=OrderState.RUNNING).order_by("pk")[0]
    resume_stage(paused, by=None, at=NOW)
    failed = Stage.objects.filter(state=StageState.FAILED, order__state=OrderState.RUNNING).order_by("pk")[0]
    retry_stage(failed, by=person(failed.assignee.username), at=NOW)
    order = Order.objects.filter(state=OrderState.SUSPENDED).order_by("pk")[0]
    resume_order(order, by=None, at=NOW)
    assert (paused.state, failed.state, order.state) == (StageState.ACTIVE, StageState.ACTIVE, OrderState.RUNNING)


def test_nothing_of_the_demo_lies_after_the_clock_of_a_real_day() -> None:
    assert timezone.now() > NOW or Record.objects.filter(submitted_at__gt=NOW).count() == 0
