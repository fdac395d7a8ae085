"""Records, issues and call-backs of the demo are what the verbs would have written."""

import re
from collections import Counter

import pytest
from django.db.models import F, Q

from cxorders.journal.models import Entry
from cxorders.organisation.models import Unit
from cxorders.organisation.queries import calendar_for
from feedback.callbacks.actions import open_due, release_expired
from feedback.callbacks.enums import CALLBACK_TRANSITIONS, CallbackState
from feedback.callbacks.models import Attempt, Callback, ScriptAnswer
from feedback.callbacks.queries import felt_stage, key_point_of, order_rule, script_items
from feedback.callbacks.slots import Try, may_follow, permitted, slot_of
from feedback.intake.enums import Source
from feedback.intake.models import Record
from feedback.intake.negative import Given, negative_reason
from feedback.intake.queries import digest_of, reference, sheet_for
from feedback.issues.actions.opening import title_of
from feedback.issues.actions.sweeping import end_pauses, mark_overdue
from feedback.issues.clocks import moved
from feedback.issues.enums import ISSUE_TRANSITIONS, OPEN_STATES, IssueState
from feedback.issues.models import Issue, IssueRecord, Round
from feedback.issues.queries import call_window, category_for, first_accountable, resolve_limit, verification_rule
from feedback.routing.queries import destination
from feedback.text.warning import score_text
from tests.demo.ground import NOW

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("group"),
    pytest.mark.embedded,
]  # the same rows on every database

STEPS = {
    "issue.opened": IssueState.NEW, "issue.triaged": IssueState.TRIAGED, "issue.dispatched": IssueState.DISPATCHED,
    "issue.accepted": IssueState.ACCEPTED, "issue.paused": IssueState.PENDING_CUSTOMER,
    "issue.resumed": IssueState.IN_PROGRESS, "issue.replied": IssueState.REPLIED,
    "issue.verifying": IssueState.VERIFYING, "issue.closed": IssueState.CLOSED, "issue.reopened": IssueState.REOPENED,
}  # fmt: skip
CALL_STEPS = {
    "callback.planned": (CallbackState.PLANNED,), "callback.due": (CallbackState.DUE,),
    "callback.claimed": (CallbackState.IN_CALL,), "callback.released": (CallbackState.DUE,),
    "callback.not_reached": (CallbackState.NOT_REACHED,), "callback.unreachable": (CallbackState.UNREACHABLE,),
    "callback.refused": (CallbackState.REACHED, CallbackState.REFUSED),
    "callback.finished": (CallbackState.REACHED, CallbackState.FINISHED),
}  # fmt: skip


def issues() -> list[Issue]:
    near = ("company", "unit", "category", "severity", "record__method", "record__key_point", "record__unit", "owner")
    return list(Issue.objects.select_related(*near).prefetch_related("rounds", "pauses").order_by("pk"))


def journal(label: str, key: int) -> list[Entry]:
    return list(Entry.objects.filter(subject_label=label, subject_id=key).order_by("at", "pk"))


# ---- records ----------------------------------------------------------------------------------------------------


def test_every_record_carries_its_seal() -> None:
    rows = Record.objects.prefetch_related("answers", "attachments").order_by("pk")
    assert [record.number for record in rows if digest_of(record) != record.digest] == []


def test_bad_news_is_bad_news_by_the_rules_and_opened_or_joined_an_issue() -> None:
    linked = set(Issue.objects.order_by().values_list("record_id", flat=True))
    linked |= set(IssueRecord.objects.order_by().values_list("record_id", flat=True))
    for record in Record.objects.select_related("method").prefetch_related("answers__question").order_by("pk"):
        given = [Given(a.question.code, a.question.zh, a.question.type, a.number_value) for a in record.answers.all()]
        sms = {4: 1, 3: 2, 2: 3}[record.rating or 4] if record.method.code == "FM-SMS" else None
        ticked = record.negative_reason == "ticked"
        why = negative_reason(
            rating=record.rating,
            answers=given,
            ticked_problem=ticked,
            warning_level=record.warning_level,
            sms_reply=sms,
        )
        assert (record.negative_reason, record.negative) == (why, bool(why)), record
        assert record.pk in linked or not record.negative, record


def test_words_carry_the_warning_of_the_lexicon() -> None:
    known = reference()
    for record in Record.objects.exclude(verbatim="").select_related("customer").order_by("pk"):
        found = score_text(record.verbatim, known.lexicon, known.rules)
        bonus = 0.0
        if found.hits and found.score > 0 and record.customer is not None:
            mine = Record.objects.filter(customer=record.customer, rating__lte=2, submitted_at__lt=record.submitted_at)
            bonus += known.rules.bonus["vulnerable_segment"] if record.customer.segment_code == "VULN" else 0
            bonus += known.rules.bonus["previous_dissatisfied_90d"] if mine.exists() else 0
            found = score_text(record.verbatim, known.lexicon, known.rules, bonus)
        told = (record.warning_level, float(record.warning_score), record.safety)
        assert told == (found.level, round(found.score, 1), found.safety), record.verbatim


def test_answers_are_asked_at_the_key_point_and_the_overall_item_is_the_rating() -> None:
    company = Unit.objects.get(code="C01")
    rows = Record.objects.filter(company=company).select_related("key_point").prefetch_related("answers").order_by("pk")
    sheets = {point.pk: sheet_for(point, company) for point in {record.key_point for record in rows}}
    for record in rows:
        sheet = sheets[record.key_point_id]
        given = {answer.question_id: answer.number_value for answer in record.answers.all()}
        assert given.keys() <= {question.pk for question in sheet.questions}, record
        if sheet.overall is not None and sheet.overall.pk in given:
            assert given[sheet.overall.pk] == record.rating, record
        assert record.rating is not None or (record.no_answer and record.verbatim), record


def test_records_are_taken_before_they_are_handed_in_and_never_in_the_future() -> None:
    assert not Record.objects.filter(Q(submitted_at__lt=F("occurred_at")) | Q(submitted_at__gt=NOW)).exists()
    assert Record.objects.filter(late=True).exists()


# ---- issues -----------------------------------------------------------------------------------------------------


def test_the_journal_tells_how_every_issue_came_to_its_state() -> None:
    for issue in issues():
        state = ""
        for row in journal("feedback.issue", issue.pk):
            target = STEPS.get(row.verb)
            if row.verb == "issue.contacted" and state == IssueState.ACCEPTED:
                target = IssueState.IN_PROGRESS
            if row.verb == "issue.accepted" and state == IssueState.REOPENED:
                target = IssueState.IN_PROGRESS
            if target is None:
                continue
            assert target == IssueState.NEW if not state else target in ISSUE_TRANSITIONS[state], (issue, row.verb)
            state = target.value
        assert state == issue.state, issue


def test_issues_are_opened_as_routing_would() -> None:
    for issue in issues():
        record = issue.record
        assert record is not None
        assert issue.title == title_of(record.verbatim, f"{record.key_point.zh}:客户不满意")
        called = record.source == Source.CALLBACK
        if not record.safety and not (called and issue.category.code == "IC-INS-CORRUPT"):
            assert issue.category == category_for(record.key_point, hazard=False), issue
        first = issue.rounds.order_by("number")[0]
        opened = journal("feedback.issue", issue.pk)[0]
        accountable = record.collector or first_accountable(record.unit, at=issue.opened_at)
        assert (opened.data["owner"], opened.data["record"]) == (accountable.name, record.number), issue
        if issue.routing_rule != "manual" and issue.contacts_count < 3:
            wanted = destination(issue)
            assert (first.unit, issue.routing_rule) == (wanted.unit, wanted.rule), issue


def test_rounds_follow_the_life_of_their_issue() -> None:
    for issue in issues():
        rounds = list(issue.rounds.order_by("number"))
        assert [r.number for r in rounds] == list(range(1, issue.reopened_count + 2)), issue
        assert [r.rework for r in rounds] == [False] + [True] * issue.reopened_count, issue
        assert [r.outcome for r in rounds[:-1]] == ["reopened"] * issue.reopened_count, issue
        assert all(a.closed_at == b.started_at for a, b in zip(rounds, rounds[1:], strict=False)), issue
        last = rounds[-1]
        assert (last.closed_at is None) == (issue.state in OPEN_STATES), issue
        assert (last.due_at, last.replied_at, last.unit_id) == (issue.due_at, issue.replied_at, issue.unit_id), issue
        assert (last.owner_id, bool(issue.replied_at)) == (issue.owner_id, bool(issue.reply_text)), issue
        window, calendar = call_window(verification_rule(issue)), calendar_for(issue.unit)
        for this in rounds:
            assert this.closure_due_at == window.bounds(this.due_at, calendar)[1], issue
        assert issue.owner_id is not None


def test_limits_are_those_of_the_severity_moved_by_pauses() -> None:
    plain = [issue for issue in issues() if issue.contacts_count < 3 and issue.severity is not None]
    for issue in plain:
        calendar, limit = calendar_for(issue.unit), resolve_limit(issue.severity)
        for this in issue.rounds.order_by("number"):
            start = this.started_at if this.rework else issue.opened_at
            due = (limit.halved() if this.rework else limit).due(start, calendar)
            assert this.first_due_at == due, issue
            for pause in issue.pauses.order_by("started_at"):
                inside = this.started_at <= pause.started_at and (
                    not this.closed_at or pause.started_at < this.closed_at
                )
                if inside and pause.ended_at is not None:
                    due = moved(due, (pause.started_at, pause.ended_at), issue.severity.resolve_unit, calendar)
            assert this.due_at == due, issue


def test_the_sweeps_find_nothing_that_was_left_undone() -> None:
    assert (mark_overdue(NOW), end_pauses(NOW), open_due(NOW), release_expired(NOW)) == (0, 0, 0, 0)


# ---- call-backs -------------------------------------------------------------------------------------------------


def test_the_journal_tells_how_every_call_back_came_to_its_state() -> None:
    for callback in Callback.objects.order_by("pk"):
        state, tries = "", 0
        for row in journal("feedback.callback", callback.pk):
            for target in CALL_STEPS[row.verb]:
                assert not state or target in CALLBACK_TRANSITIONS[state], (callback, row.verb)
                state = target.value
            if row.verb == "callback.not_reached":
                state, tries = CallbackState.RETRY_PLANNED.value, tries + 1
                if tries == callback.attempts_count and callback.state == CallbackState.UNREACHABLE:
                    state = CallbackState.NOT_REACHED.value
        assert state == callback.state, callback


def test_windows_rules_and_units_are_those_of_planning() -> None:
    near = ("issue__record__method", "issue__category", "order__order_type", "order__unit", "company")
    for callback in Callback.objects.select_related(*near).order_by("pk"):
        rule = verification_rule(callback.issue) if callback.issue is not None else order_rule(callback.order)
        assert callback.rule_code == rule
        bounds = call_window(rule).bounds(callback.planned_at, calendar_for(callback.company))
        assert (callback.window_start, callback.window_end) == bounds, callback
        if callback.issue is None:
            stage = felt_stage(callback.order)
            assert callback.unit_id == (stage.unit_id if stage is not None else callback.order.unit_id), callback
            if callback.record is not None:
                assert callback.record.key_point == key_point_of(stage), callback


def test_tries_are_made_in_other_slots_at_permitted_hours_by_somebody_else() -> None:
    calendar = calendar_for(Unit.objects.get(code="C01"))
    for callback in Callback.objects.select_related("issue").order_by("pk"):
        tries = list(callback.attempts.order_by("number"))
        assert [t.number for t in tries] == list(range(1, callback.attempts_count + 1)), callback
        for before, after in zip(tries, tries[1:], strict=False):
            assert may_follow(Try(before.at, before.slot), after.at, calendar), callback
        for attempt in tries:
            assert permitted(attempt.at, calendar), attempt
            assert attempt.slot == slot_of(attempt.at, calendar), attempt
            assert attempt.at >= callback.window_start, attempt
            assert callback.issue is None or attempt.by_id != callback.issue.author_id, attempt


def test_finished_calls_became_records_with_script_answers() -> None:
    for callback in Callback.objects.filter(state=CallbackState.FINISHED).select_related("record").order_by("pk"):
        record = callback.record
        assert record is not None
        assert record.source == Source.CALLBACK
        assert (record.rating, record.submitted_at, record.collector_id) == (
            callback.rating, callback.finished_at, callback.finished_by_id,
        )  # fmt: skip
        lines = set(callback.answers.order_by().values_list("item_code", flat=True))
        assert lines
        assert lines <= {item.code for item in script_items(callback.script_code)}
    assert ScriptAnswer.objects.filter(callback__state=CallbackState.FINISHED).count() == ScriptAnswer.objects.count()
    assert Attempt.objects.filter(by__grants__role_code="callback").count() == Attempt.objects.count()


# ---- believable -------------------------------------------------------------------------------------------------


def test_shares_are_believable() -> None:
    rated = Record.objects.exclude(rating=None).filter(company__code="C02")
    bad = rated.filter(rating__lte=2).count() / rated.count()
    assert 0.01 < bad < 0.2
    on_time = Round.objects.filter(due_at__lt=NOW, replied_at__lte=F("due_at")).count()
    assert 0.5 < on_time / Round.objects.filter(due_at__lt=NOW).count() < 0.97
    sources = Counter(Record.objects.order_by().values_list("source", flat=True))
    assert min(sources.values()) / Record.objects.count() > 0.08


def test_hardly_two_sentences_are_alike() -> None:
    words = Record.objects.exclude(verbatim="").order_by().values_list("verbatim", flat=True)
    sentences = [part for text in words for part in re.split("[。！？]", text) if part]
    assert len(set(sentences)) / len(sentences) > 0.9
    assert max(Counter(sentences).values()) <= 4
    assert not any(re.search("[,;!?:]|[a-zA-Z{}]", text) for text in words)
