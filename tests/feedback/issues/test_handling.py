"""Accepting, contacting, pausing, answering (I6, I9, I10, I17, I22)."""

from datetime import UTC, datetime, timedelta

import pytest

from cxorders.journal.queries import timeline
from cxorders.kit.errors import BusinessError, NotAllowed, Stale, WrongState
from cxorders.organisation.queries import calendar_for
from feedback.issues import actions
from feedback.issues.actions.handling import (
    NotOfTheUnit,
    PauseNeedsApproval,
    PauseSafety,
    PauseTooLate,
    PauseTooOften,
    PauseWithoutEnd,
    ReplyIncomplete,
    TextMissing,
)
from feedback.issues.actions.placing import ReasonMissing, SameUnit
from feedback.issues.enums import IssueState
from feedback.issues.models import Issue
from tests.factories.issues import ANSWER, DAY, HOUR, MONDAY, Office, an_issue, an_office, brought_to, in_state
from tests.factories.organisation import department_in

pytestmark = pytest.mark.django_db
GROUND = (an_office,)


def test_accepting_moves_the_first_asked_responsibility() -> None:
    office = an_office()
    issue = an_issue(office)

    actions.accept(issue, by=office.handler, at=MONDAY + HOUR)

    assert (issue.state, issue.owner, issue.acknowledged_at) == ("accepted", office.handler, MONDAY + HOUR)
    assert issue.rounds.get().owner == office.handler
    row = timeline(issue)[0]
    assert (row.verb, row.data["owner"], row.data["before"]) == (
        "issue.accepted",
        office.handler.name,
        office.technician.name,
    )


def test_a_manager_names_a_person_of_the_unit_and_nobody_else() -> None:
    office = an_office()
    issue = an_issue(office)

    with pytest.raises(NotOfTheUnit):
        actions.accept(issue, by=office.manager, at=MONDAY + HOUR, handler=office.hall_handler)
    actions.accept(issue, by=office.manager, at=MONDAY + HOUR, handler=office.handler)

    assert issue.owner == office.handler


@pytest.mark.parametrize("who", ["technician", "caller", "hall_handler", "stranger", "hq"])
def test_nobody_outside_the_unit_accepts(who: str) -> None:
    office = an_office()
    issue = an_issue(office)

    with pytest.raises(NotAllowed):
        actions.accept(issue, by=getattr(office, who), at=MONDAY + HOUR)


def test_a_handler_cannot_name_somebody_else() -> None:
    office = an_office()
    issue = an_issue(office)

    with pytest.raises(NotAllowed):
        actions.accept(issue, by=office.handler, at=MONDAY + HOUR, handler=office.manager)


def test_a_lost_race_is_told() -> None:
    office = an_office()
    issue = an_issue(office)
    seen_before = Issue.objects.get(pk=issue.pk)
    actions.accept(issue, by=office.handler, at=MONDAY + HOUR)

    with pytest.raises(Stale):
        actions.accept(seen_before, by=office.manager, at=MONDAY + HOUR)


def test_the_first_contact_puts_the_issue_in_progress_and_later_ones_are_logged() -> None:
    office = an_office()
    issue = brought_to("accepted", an_issue(office), office)

    actions.contact_customer(issue, by=office.handler, at=MONDAY + 2 * HOUR, text=" 已致歉 ")
    actions.contact_customer(issue, by=office.handler, at=MONDAY + 3 * HOUR, text="已约明早")

    assert (issue.state, issue.contacted_at) == ("in_progress", MONDAY + 2 * HOUR)
    assert [row.data["text"] for row in timeline(issue) if row.verb == "issue.contacted"] == ["已约明早", "已致歉"]


def test_a_contact_without_words_is_refused() -> None:
    office = an_office()
    issue = brought_to("accepted", an_issue(office), office)

    with pytest.raises(TextMissing):
        actions.contact_customer(issue, by=office.handler, at=MONDAY, text="  ")


def a_running_issue(office: Office) -> Issue:
    return brought_to("in_progress", an_issue(office), office)


def test_a_pause_moves_the_due_time_by_the_working_time_it_took() -> None:
    office = an_office()
    issue = a_running_issue(office)
    due, closure = issue.due_at, issue.rounds.get().closure_due_at
    monday_3pm = MONDAY + 5 * HOUR

    actions.pause(issue, by=office.manager, at=monday_3pm, reason="waiting_customer", note="客户出差")
    assert issue.state == IssueState.PENDING_CUSTOMER
    actions.resume(issue, by=office.handler, at=MONDAY + DAY)  # Tuesday 10:00: 2.5 + 1.5 working hours later

    assert issue.state == IssueState.IN_PROGRESS
    assert issue.due_at > due
    assert issue.rounds.get().due_at == issue.due_at
    assert issue.rounds.get().first_due_at == due
    assert issue.rounds.get().closure_due_at >= closure
    assert calendar_for(office.home).elapsed(due, issue.due_at) == timedelta(hours=4)


def test_a_pause_ends_by_itself_as_of_the_moment_it_was_to_end() -> None:
    office = an_office()
    issue = a_running_issue(office)
    until = MONDAY + DAY
    actions.pause(issue, by=office.handler, at=MONDAY + 5 * HOUR, reason="permit", note="等物业开门", until=until)

    assert [actions.end_pauses(MONDAY + 4 * DAY), actions.end_pauses(MONDAY + 4 * DAY)] == [1, 0]

    issue.refresh_from_db()
    assert (issue.state, issue.pauses.get().ended_at) == ("in_progress", until)


def test_a_handler_pauses_for_one_working_day_and_the_manager_for_longer() -> None:
    office = an_office()
    issue = a_running_issue(office)
    pause = {"at": MONDAY + 5 * HOUR, "reason": "waiting_customer", "note": "客户出差"}

    with pytest.raises(PauseNeedsApproval):
        actions.pause(issue, by=office.handler, until=MONDAY + 2 * DAY, **pause)
    row = actions.pause(issue, by=office.handler, until=MONDAY + 2 * DAY, approved_by=office.manager, **pause)

    assert (row.by, row.approved_by) == (office.handler, office.manager)


def test_a_pause_lasts_fifteen_days_at_most() -> None:
    office = an_office()
    issue = a_running_issue(office)

    row = actions.pause(
        issue,
        by=office.manager,
        at=MONDAY + 5 * HOUR,
        reason="permit",
        note="等许可",
        until=MONDAY + 60 * DAY,
    )

    assert row.auto_end_at == MONDAY + 5 * HOUR + 15 * DAY


def test_two_pauses_and_no_third() -> None:
    office = an_office()
    issue = a_running_issue(office)
    for hour in (5, 6):
        actions.pause(issue, by=office.manager, at=MONDAY + hour * HOUR, reason="permit", note="等许可")
        actions.resume(issue, by=office.manager, at=MONDAY + hour * HOUR + timedelta(minutes=30))

    with pytest.raises(PauseTooOften):
        actions.pause(issue, by=office.manager, at=MONDAY + 7 * HOUR, reason="permit", note="等许可")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"at": MONDAY + 10 * DAY}, PauseTooLate),
        ({"until": MONDAY}, PauseWithoutEnd),
        ({"note": " "}, ReasonMissing),
        ({"reason": "no_time"}, ReasonMissing),
    ],
)
def test_a_pause_has_reason_end_and_comes_in_time(change: dict[str, object], error: type[BusinessError]) -> None:
    office = an_office()
    issue = a_running_issue(office)
    values = {"at": MONDAY + 5 * HOUR, "reason": "permit", "note": "等许可", **change}

    with pytest.raises(error):
        actions.pause(issue, by=office.manager, **values)  # type: ignore[arg-type]


def test_safety_never_pauses() -> None:
    office = an_office()
    issue = in_state("in_progress", an_issue(office, verbatim="漏气了，快来"))

    with pytest.raises(PauseSafety):
        actions.pause(issue, by=office.leader, at=MONDAY + HOUR, reason="permit", note="等许可")


def test_an_answer_records_its_three_parts_and_starts_the_verification() -> None:
    office = an_office()
    issue = a_running_issue(office)

    actions.reply(issue, by=office.handler, at=MONDAY + DAY, **ANSWER)

    round_ = issue.rounds.get()
    assert (issue.state, issue.replied_at, issue.cause) == ("verifying", MONDAY + DAY, "people")
    assert (round_.cause_at, round_.action_at, round_.replied_at) == (MONDAY + DAY,) * 3
    told = next(row for row in timeline(issue) if row.verb == "issue.replied")
    assert told.data == {**ANSWER, "author": office.technician.name}


@pytest.mark.parametrize("missing", ["cause", "action_taken", "reply_text"])
def test_an_answer_without_one_of_its_parts_is_refused(missing: str) -> None:
    office = an_office()
    issue = a_running_issue(office)

    with pytest.raises(ReplyIncomplete) as refusal:
        actions.reply(issue, by=office.handler, at=MONDAY + DAY, **(ANSWER | {missing: " "}))

    issue.refresh_from_db()
    assert (refusal.value.field, issue.state) == (missing, "in_progress")


@pytest.mark.parametrize("who", ["technician", "caller", "hall_handler", "stranger"])
def test_only_the_accountable_person_or_the_manager_works_on_it(who: str) -> None:
    office = an_office()
    issue = a_running_issue(office)
    person = getattr(office, who)

    with pytest.raises(NotAllowed):
        actions.reply(issue, by=person, at=MONDAY + DAY, **ANSWER)
    with pytest.raises(NotAllowed):
        actions.contact_customer(issue, by=person, at=MONDAY + DAY, text="问候")
    with pytest.raises(NotAllowed):
        actions.pause(issue, by=person, at=MONDAY + 5 * HOUR, reason="permit", note="等许可")


def test_the_manager_sends_an_issue_nobody_took_to_another_department() -> None:
    office = an_office()
    issue = an_issue(office)
    due = issue.due_at
    hall = department_in(office.company, "D-HALL")

    actions.redispatch(issue, by=office.manager, at=MONDAY + HOUR, unit=hall, reason="是营业厅告知错误")

    assert (issue.unit, issue.due_at, issue.routing_rule, issue.rounds.get().unit) == (hall, due, "manual", hall)


def test_a_new_dispatch_needs_right_reason_place_and_time() -> None:
    office = an_office()
    issue = an_issue(office)
    hall = department_in(office.company, "D-HALL")

    with pytest.raises(NotAllowed):
        actions.redispatch(issue, by=office.handler, at=MONDAY, unit=hall, reason="不归我们")
    with pytest.raises(ReasonMissing):
        actions.redispatch(issue, by=office.manager, at=MONDAY, unit=hall, reason="")
    with pytest.raises(SameUnit):
        actions.redispatch(issue, by=office.manager, at=MONDAY, unit=office.home, reason="再派一次")
    actions.accept(issue, by=office.handler, at=MONDAY)
    with pytest.raises(WrongState):
        actions.redispatch(issue, by=office.manager, at=MONDAY, unit=hall, reason="不归我们")


def test_the_limits_follow_the_severity_and_the_calendar() -> None:
    office = an_office()

    issue = an_issue(office)  # received Monday 14 September 2026, 10:00

    def utc(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 9, day, hour, minute, tzinfo=UTC)

    assert issue.ack_due_at == utc(14, 7, 30)  # 4 working hours: 15:30 after the lunch break
    assert issue.contact_due_at == utc(15, 2)  # 24 hours
    assert issue.due_at == utc(20, 9, 30)  # the fifth working day is the make-up Sunday, close of business
    assert issue.rounds.get().closure_due_at == utc(27, 12)  # seven days after, 20:00
