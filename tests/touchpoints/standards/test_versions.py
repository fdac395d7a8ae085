"""A company's own value from proposal to its last day (workflows.md §11): who, when, and never two on one day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cxorders.journal.models import Entry
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from tests.factories.catalogue import standard, the_catalogue
from tests.factories.organisation import a_person, a_world, department_in
from tests.factories.standards import CODE, DAY, NOON, TODAY, Case
from touchpoints.standards.actions import (
    DisplayDayWrong,
    DraftWaiting,
    NotTighter,
    PeriodWrong,
    ProposalWithoutReason,
    RejectionWithoutReason,
    StandardUnknown,
    StartPassed,
    Wanted,
    approve_version,
    display_version,
    propose_version,
    reject_version,
    withdraw_version,
)
from touchpoints.standards.enums import VERSION_TRANSITIONS, Standing, VersionState
from touchpoints.standards.models import Standard, StandardVersion
from touchpoints.standards.queries import own_history, own_limits, own_values

GROUND = (the_catalogue, a_world)


# ---- one step after the other ------------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_yet(case: Case) -> None:
    draft = case.draft(first=TODAY, reason="  客户嫌慢 ")

    assert (draft.state, draft.reason, draft.decided_by_id) == ("draft", "客户嫌慢", None)
    assert case.in_force(TODAY) is None
    entry = Entry.objects.get(verb="standard.proposed")
    assert (entry.company_id, entry.data["standard"], entry.data["limit"]) == (
        case.world.company.pk, CODE, "≤ 10 分钟",
    )  # fmt: skip


def test_an_approved_value_is_in_force_on_its_days_alone(case: Case) -> None:
    first, last = TODAY + 3 * DAY, TODAY + 9 * DAY
    version = approve_version(case.draft(10, first, last), by=case.leader, at=NOON, text=" 同意 ")

    assert [case.in_force(day) for day in (first - DAY, first, last, last + DAY)] == [None, 10, 10, None]
    assert (version.decided_by, version.decided_at, version.decision) == (case.leader, NOON, "同意")
    own = own_values(case.world.company, first)[CODE]
    assert (own.value, own.since, own.until) == (10, first, last)
    assert own_limits(case.world.other, first) == {}
    history = own_history(case.world.company)
    assert [history.on(day) for day in (first - DAY, first, last + DAY)] == [{}, {CODE: 10}, {}]


def test_a_rejected_one_stays_with_its_reason(case: Case) -> None:
    draft = case.draft()

    with pytest.raises(RejectionWithoutReason):
        reject_version(draft, by=case.leader, at=NOON, text="  ")
    with pytest.raises(RejectionWithoutReason):
        reject_version(draft, by=case.leader, at=NOON, text="长" * 301)
    reject_version(draft, by=case.leader, at=NOON, text=" 人手不够 ")

    draft.refresh_from_db()
    assert (draft.state, draft.decision, draft.standing(TODAY)) == ("rejected", "人手不够", Standing.REJECTED)
    assert case.in_force(TODAY) is None
    assert list(Entry.objects.filter(verb__startswith="standard.").order_by("pk").values_list("verb", flat=True)) == [
        "standard.proposed", "standard.rejected",
    ]  # fmt: skip
    case.draft(11)  # the place is free again


def test_who_proposed_takes_it_back(case: Case) -> None:
    draft = case.draft()

    with pytest.raises(NotAllowed):
        withdraw_version(draft, by=case.leader, at=NOON)
    withdraw_version(draft, by=case.manager, at=NOON)

    assert draft.standing(TODAY) == Standing.WITHDRAWN
    case.draft(11)


def test_the_day_it_was_put_up_is_noted_once(case: Case) -> None:
    version = case.approved(first=TODAY + 5 * DAY)
    later = NOON + 2 * DAY

    for wrong in (TODAY - DAY, TODAY + 3 * DAY):
        with pytest.raises(DisplayDayWrong):
            display_version(version, by=case.manager, at=later, day=wrong)
    assert version.standing(TODAY) == Standing.APPROVED
    display_version(version, by=case.manager, at=later, day=TODAY + DAY)

    version.refresh_from_db()
    assert (version.displayed_on, version.displayed_by) == (TODAY + DAY, case.manager)
    days = (TODAY, TODAY + 5 * DAY)
    assert [version.standing(day) for day in days] == [Standing.DISPLAYED, Standing.IN_FORCE]
    with pytest.raises(WrongState):
        display_version(version, by=case.manager, at=later, day=TODAY + DAY)
    stale = StandardVersion(**{f.attname: getattr(version, f.attname) for f in version._meta.concrete_fields})
    stale.displayed_on = None
    with pytest.raises(BusinessError) as caught:
        display_version(stale, by=case.manager, at=later, day=TODAY + DAY)
    assert caught.value.code == "stale"


def test_what_is_not_approved_or_over_is_not_put_up(case: Case) -> None:
    draft = case.draft()
    with pytest.raises(WrongState):
        display_version(draft, by=case.manager, at=NOON, day=TODAY)
    over = approve_version(draft, by=case.leader, at=NOON)
    StandardVersion.objects.filter(pk=over.pk).update(valid_to=TODAY)
    over.refresh_from_db()
    with pytest.raises(WrongState):
        display_version(over, by=case.manager, at=NOON + DAY, day=TODAY)
    with pytest.raises(NotAllowed):
        display_version(over, by=a_person("hq_cs", at=case.world.group), at=NOON, day=TODAY)


ACTS: dict[str, Callable[[Case, StandardVersion], Any]] = {
    VersionState.APPROVED: lambda case, row: approve_version(row, by=case.leader, at=NOON),
    VersionState.REJECTED: lambda case, row: reject_version(row, by=case.leader, at=NOON, text="不行"),
    VersionState.WITHDRAWN: lambda case, row: withdraw_version(row, by=case.manager, at=NOON),
}


@pytest.mark.parametrize("state", VersionState.values)
@pytest.mark.parametrize("target", list(ACTS))
def test_every_state_takes_its_own_steps_only(case: Case, state: str, target: str) -> None:
    row = StandardVersion.objects.create(
        standard=standard(CODE), company=case.world.company, value=10, valid_from=TODAY + DAY, state=state,
        reason="客户嫌慢", proposed_by=case.manager, proposed_at=NOON,
        decided_at=None if state == VersionState.DRAFT else NOON, decision="不行" if state == "rejected" else "",
    )  # fmt: skip
    if target in VERSION_TRANSITIONS[state]:
        ACTS[target](case, row)
        row.refresh_from_db()
        assert row.state == target
    else:
        with pytest.raises(WrongState):
            ACTS[target](case, row)
        row.refresh_from_db()
        assert row.state == state


# ---- who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["dept_mgr", "gatekeeper", "branch_leader"])
def test_who_proposes(case: Case, role: str) -> None:
    assert case.draft(by=a_person(role, at=case.world.company)).state == "draft"


@pytest.mark.parametrize("role", ["front", "handler", "callback", "data_clerk"])
def test_who_does_not_propose(case: Case, role: str) -> None:
    with pytest.raises(NotAllowed):
        case.draft(by=a_person(role, at=department_in(case.world.company, "D-HALL")))


def test_nobody_proposes_for_another_company_or_for_the_group(case: Case) -> None:
    for person in (a_person("branch_leader", at=case.world.other), a_person("hq_cs", at=case.world.group)):
        with pytest.raises(NotAllowed):
            case.draft(by=person)
    with pytest.raises(NotAllowed):
        propose_version(
            case.world.group, CODE, Wanted(10, TODAY, None, "集团"), by=a_person("hq_cs", at=case.world.group), at=NOON
        )
    assert StandardVersion.objects.count() == 0


def test_the_proposal_of_the_leader_is_decided_by_the_group(case: Case) -> None:
    draft = case.draft(by=case.leader)

    for person in (
        case.leader, case.manager, a_person("gatekeeper", at=case.world.company),
        a_person("branch_leader", at=case.world.other), a_person("auditor", at=case.world.group),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            approve_version(draft, by=person, at=NOON)
        with pytest.raises(NotAllowed):
            reject_version(draft, by=person, at=NOON, text="不行")
    assert approve_version(draft, by=a_person("hq_cs", at=case.world.group), at=NOON).state == "approved"


def test_the_database_wants_two_people(case: Case) -> None:
    draft = case.draft()

    with pytest.raises(IntegrityError), transaction.atomic():
        StandardVersion.objects.filter(pk=draft.pk).update(state="approved", decided_by=case.manager, decided_at=NOON)


# ---- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        pytest.param(TODAY - DAY, None, StartPassed, id="yesterday"),
        pytest.param(TODAY, TODAY - DAY, PeriodWrong, id="ends before it begins"),
        pytest.param(TODAY + timedelta(days=732), None, PeriodWrong, id="more than two years ahead"),
        pytest.param(TODAY, None, None, id="today"),
        pytest.param(TODAY, TODAY, None, id="one day"),
        pytest.param(TODAY + timedelta(days=731), None, None, id="two years ahead"),
    ],
)
def test_days_of_a_proposal(case: Case, first: date, last: date | None, error: type[BusinessError] | None) -> None:
    if error is None:
        assert case.draft(10, first, last).valid_from == first
        return
    with pytest.raises(error):
        case.draft(10, first, last)


MIDNIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""00:00 of 24 November in Shanghai"""


@pytest.mark.parametrize(
    ("at", "today"), [(MIDNIGHT - timedelta(seconds=1), TODAY), (MIDNIGHT, TODAY + DAY)], ids=["23:59:59", "00:00"]
)
def test_the_day_changes_at_midnight_in_shanghai(case: Case, at: datetime, today: date) -> None:
    with pytest.raises(StartPassed):
        case.draft(first=today - DAY, at=at)
    draft = case.draft(first=today, at=at)
    assert approve_version(draft, by=case.leader, at=at).standing(today) == Standing.IN_FORCE


def test_a_draft_that_waited_too_long_needs_another_first_day(case: Case) -> None:
    draft, at = case.draft(10, TODAY, TODAY + 5 * DAY), NOON + 2 * DAY

    with pytest.raises(StartPassed):
        approve_version(draft, by=case.leader, at=at)
    with pytest.raises(StartPassed):
        approve_version(draft, by=case.leader, at=at, valid_from=TODAY + DAY)
    with pytest.raises(PeriodWrong):
        approve_version(draft, by=case.leader, at=at, valid_from=TODAY + 6 * DAY)
    approve_version(draft, by=case.leader, at=at, valid_from=TODAY + 2 * DAY)

    assert case.days() == [(10, "approved", TODAY + 2 * DAY, TODAY + 5 * DAY)]


def test_a_reason_is_asked_for(case: Case) -> None:
    for reason in ("  ", "长" * 301):
        with pytest.raises(ProposalWithoutReason):
            case.draft(reason=reason)


def test_one_proposal_of_a_standard_waits_at_a_time(case: Case) -> None:
    case.draft()

    with pytest.raises(DraftWaiting):
        case.draft(11)
    case.draft(5, code="STD-BH-03")
    propose_version(
        case.world.other, CODE, Wanted(9, TODAY, None, "跟进"),
        by=a_person("gatekeeper", at=case.world.other), at=NOON,
    )  # fmt: skip
    assert StandardVersion.objects.filter(state="draft").count() == 3


def test_the_group_may_have_overtaken_a_draft(case: Case) -> None:
    draft = case.draft()
    Standard.objects.filter(code=CODE).update(value=8)
    with pytest.raises(NotTighter):
        approve_version(draft, by=case.leader, at=NOON)
    Standard.objects.filter(code=CODE).update(retired=True)
    with pytest.raises(StandardUnknown):
        approve_version(draft, by=case.leader, at=NOON)
    with pytest.raises(StandardUnknown):
        case.draft()
    assert reject_version(draft, by=case.leader, at=NOON, text="集团已更严").state == "rejected"
