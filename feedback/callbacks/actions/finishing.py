"""The result of a call-back: sealed record, issue closed or opened again, order closed (C9, C10, I19, I20)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from cxorders.journal import actions as journal
from cxorders.kit.errors import BusinessError
from cxorders.kit.states import move
from cxorders.organisation.models import User
from feedback.callbacks.actions.calling import add_attempt, require_claim
from feedback.callbacks.actions.ending import wind_up
from feedback.callbacks.enums import CALLBACK_TRANSITIONS, AttemptResult, CallbackState
from feedback.callbacks.models import Callback, ScriptAnswer
from feedback.callbacks.queries import CHARGED, felt_stage, key_point_of, script_items
from feedback.intake.actions import RecordDraft, submit_record
from feedback.intake.enums import NoAnswer, Source
from feedback.intake.models import Record
from feedback.issues.actions import close, link_record, open_from_record, reopen
from feedback.issues.actions.closing import LOWEST_CLOSING_RATING
from feedback.issues.enums import ClosedHow, IssueState
from feedback.issues.models import Issue
from touchpoints.catalogue.models import FeedbackMethod, IssueCategory

CHARGED_CATEGORY = "IC-INS-CORRUPT"
"""a charge outside the price list is a matter of its own (script SV-CB-SAT, C5)"""


class AnswersMissing(BusinessError):
    """C9: mandatory answers or a coded skip."""

    code = "callback_answers_missing"
    zh = "请问清楚问题是否解决。"
    en = "Please find out whether the matter is solved."


class WrongAnswer(BusinessError):
    """An answer outside the scale of its line."""

    code = "callback_wrong_answer"
    zh = "“{item}”的回答不在可选范围内。"
    en = "The answer to “{item}” is outside its scale."


@transaction.atomic
def finish(
    callback: Callback,
    *,
    by: User,
    at: datetime,
    solved: bool | None,
    rating: int | None,
    verbatim: str,
    answers: Mapping[str, Any] | None = None,
    no_answer: str = "",
) -> Callback:
    """Save a reached call-back (C4, C9): in_call → reached → finished.

    `solved` is mandatory; `rating` 1–5, or None with the coded reason `no_answer` (default: refused). `answers` maps
    script line → value (yn 1 or 0, csat5 1–5, text). In order: attempt row; sealed record with method FM-CB and source
    callback at the key point the call spoke of; sealed script answers; journal row; then the issue is closed (solved
    and rating ≥ 3, or not rated) or opened again with its reason (I19, I20), or, for an order, bad news opens an issue
    of its own (C10); CallbackFinished, and an order with nothing open is closed (O15).
    NotAllowed, AnswersMissing, WrongAnswer, WrongState, Stale, and the refusals of intake.
    """
    require_claim(callback, by)
    if solved is None:
        raise AnswersMissing(field="solved")
    lines = _clean(callback, answers or {})
    charged = lines.get(CHARGED, (None, ""))[0] == 1
    attempt = add_attempt(callback, by=by, at=at, result=AttemptResult.REACHED)
    move(callback, CallbackState.REACHED, table=CALLBACK_TRANSITIONS, attempts_count=attempt.number)
    bad = charged or not solved
    record = _seal(callback, by=by, at=at, bad=bad, rating=rating, verbatim=verbatim, why=no_answer)
    ScriptAnswer.objects.bulk_create(
        ScriptAnswer(callback=callback, item_code=code, number_value=number, text_value=text)
        for code, (number, text) in lines.items()
    )
    move(
        callback,
        CallbackState.FINISHED,
        table=CALLBACK_TRANSITIONS,
        solved=solved,
        rating=rating,
        record=record,
        finished_at=at,
        finished_by=by,
        claimed_by=None,
        claimed_until=None,
    )
    journal.record(callback, "callback.finished", by=by, at=at, solved=solved, rating=rating, record=record.number)
    if callback.issue is not None:
        _conclude(callback.issue, record, by=by, at=at, solved=solved, rating=rating)
    elif record.negative:
        category = IssueCategory.objects.filter(code=CHARGED_CATEGORY).first() if charged else None
        open_from_record(record, by=by, at=at, category=category)
    return wind_up(callback, by=by, at=at)


def _clean(callback: Callback, answers: Mapping[str, Any]) -> dict[str, tuple[Decimal | None, str]]:
    """Answers by line of the script, in its order; lines nobody answered are left out. WrongAnswer."""
    clean: dict[str, tuple[Decimal | None, str]] = {}
    for item in script_items(callback.script_code):
        value = answers.get(item.code)
        if value is None or value == "":
            continue
        if item.type == "text":
            clean[item.code] = (None, str(value).strip()[:2000])
            continue
        low, high = (0, 1) if item.type == "yn" else (1, 5)
        text = str(int(value)) if isinstance(value, bool) else str(value)
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise WrongAnswer(field=item.code, item=item.name)
        clean[item.code] = (Decimal(int(text)), "")
    return clean


def _seal(
    callback: Callback, *, by: User, at: datetime, bad: bool, rating: int | None, verbatim: str, why: str
) -> Record:
    """The experience record of the call: what the customer felt at the issue's key point, or at the order's last
    service stage; KP-CC-09 where neither is known. The unit that answers for it is the one that is verified."""
    issue, order = callback.issue, callback.order
    stage = None
    if issue is None and order is not None:
        stage = felt_stage(order)
    key_point = issue.key_point if issue is not None and issue.key_point is not None else key_point_of(stage)
    draft = RecordDraft(
        company=callback.company,
        unit=callback.unit,
        method=FeedbackMethod.objects.get(code="FM-CB"),
        key_point=key_point,
        occurred_at=at,
        customer=callback.customer,
        order=order,
        stage=stage,
        rating=rating,
        no_answer="" if rating is not None else (why or NoAnswer.REFUSED),
        verbatim=verbatim,
        ticked_problem=bad,
        source=Source.CALLBACK,
        client_key=uuid5(NAMESPACE_URL, f"callback:{callback.pk}"),
    )
    return submit_record(draft, by=by, at=at)


def _conclude(issue: Issue, record: Record, *, by: User, at: datetime, solved: bool, rating: int | None) -> None:
    """Close the verified issue or open it again; words that speak of danger open an issue of their own (X5)."""
    issue.refresh_from_db()
    if record.safety:
        open_from_record(record, by=by, at=at)
    else:
        link_record(issue, record, at=at)
    if issue.state != IssueState.VERIFYING:
        return
    if solved and (rating is None or rating >= LOWEST_CLOSING_RATING):
        close(issue, by=by, at=at, how=ClosedHow.CONFIRMED, rating=rating)
    else:
        reopen(issue, by=by, at=at, reason="回访：没有解决" if not solved else f"回访：评分 {rating}")
