"""F1–F4: a draft becomes a sealed record, seen at every level at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from cxorders.customers.queries import same_customer
from cxorders.journal.actions import record as journal
from cxorders.kit.events import publish
from cxorders.kit.inserting import insert, insert_all
from cxorders.kit.photos import Photo
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import department_of
from feedback.intake.actions.checks import (
    Value,
    check_place,
    check_said,
    check_time,
    clean_answers,
    clean_photos,
    clean_text,
)
from feedback.intake.actions.draft import MOST_REASON, ForeignRow, KeyTaken, RecordDraft, WrongAnswer
from feedback.intake.enums import Source
from feedback.intake.events import RecordLocked
from feedback.intake.models import Answer, Attachment, Record
from feedback.intake.negative import SMS_AS_RATING, Given, negative_reason
from feedback.intake.queries import Reference, Sheet, sheet_for
from feedback.intake.seal import SEALED_FIELDS, digest
from feedback.text.warning import TextWarning, score_text
from touchpoints.catalogue.models import FeedbackMethod

SAFETY_LIMIT = timedelta(hours=1)
USUAL_LIMIT = timedelta(hours=24)
BEFORE = timedelta(days=90)
"""how far back an earlier dissatisfied record raises the text warning (M44 context bonus)"""


def submit_record(draft: RecordDraft, *, by: User | None, at: datetime, sheet: Sheet | None = None) -> Record:
    """Seal one experience record (workflows.md §2, F1–F4) and return it.

    In order: guards; overall rating, late flag, text warning (M44), negative by F4, responsible unit; the record, its
    answers and photos with their check code; one journal row `record.submitted`; RecordLocked, whose receivers (issues)
    run in the same transaction. A `client_key` that was used before returns that record without any further effect,
    also when two submissions run at once. `by` is None for what a customer entered. Times are aware.

    `sheet` spares the query for the questions when the caller has just read them. Raises the errors of
    `feedback.intake.actions.draft`.
    """
    if sheet is None or sheet.key_point.pk != draft.key_point.pk or sheet.company_id != draft.company.pk:
        sheet = sheet_for(draft.key_point, draft.company)
    reference = sheet.reference
    _check_reach(draft, by)
    check_time(draft.occurred_at, at)
    check_place(draft, sheet, reference)
    verbatim = clean_text(draft.verbatim, "verbatim")
    values = clean_answers(draft, sheet)
    rating = _overall(draft, sheet, values)
    check_said(rating, draft.no_answer, verbatim, sheet)
    photos = clean_photos(draft.photos)
    stored: list[Attachment] = []
    try:
        with transaction.atomic():
            record = _sealed(draft, sheet, reference, values, rating, verbatim, photos, by, at)
            stored = _store(record, photos)
            journal(
                record, "record.submitted", by=by, at=at,
                number=record.number, rating=rating, negative=record.negative, why=record.negative_reason,
                late=record.late, warning=record.warning_level,
            )  # fmt: skip
            publish(
                RecordLocked(
                    record_id=record.pk, company_id=record.company_id, unit_id=record.unit_id,
                    key_point_id=record.key_point_id, occurred_at=record.occurred_at, negative=record.negative,
                    at=at, by_id=record.collector_id,
                )
            )  # fmt: skip
    except BaseException as error:
        for row in stored:  # the files of a record that was not kept
            row.file.delete(save=False)
        if not isinstance(error, IntegrityError):
            raise
        # X10: the unique key decides, so that two submissions at the same moment also make one record
        earlier = Record.objects.filter(client_key=draft.client_key).first()
        if earlier is None:
            raise
        if earlier.collector_id != (by.pk if by else None):
            raise KeyTaken() from None
        return earlier
    return record


def _check_reach(draft: RecordDraft, by: User | None) -> None:
    """A person of one company records for this company only; the group's people record for any."""
    grant = by.active_grant if by is not None else None
    if grant is not None and grant.unit.company_id not in (None, draft.company.pk):
        raise ForeignRow(field="order", what_zh="订单", what_en="order")


def _overall(draft: RecordDraft, sheet: Sheet, values: Sequence[Value]) -> int | None:
    """The overall rating: the answer to the overall item, else the one asked apart, else the SMS reply in its words."""
    overall = sheet.overall
    if overall is not None:
        for question, figure, _ in values:
            if question.pk == overall.pk and figure is not None:
                return int(figure)
    if draft.rating is None and draft.sms_reply is not None:
        if draft.sms_reply not in SMS_AS_RATING:
            raise WrongAnswer(field="rating", question="SMS 1–3")
        return SMS_AS_RATING[draft.sms_reply]
    return draft.rating


# long: one row with its thirty columns
def _sealed(
    draft: RecordDraft, sheet: Sheet, reference: Reference, values: Sequence[Value], rating: int | None,
    verbatim: str, photos: Sequence[Photo], by: User | None, at: datetime,
) -> Record:  # fmt: skip
    """Write record and answers under a check code that covers the photos too."""
    customer_id = draft.customer.pk if draft.customer else (draft.order.customer_id if draft.order else None)
    warning = _warning(verbatim, values, draft, customer_id, reference, at)
    why = negative_reason(
        rating=rating,
        answers=(Given(q.code, q.zh, q.type, figure) for q, figure, _ in values),
        ticked_problem=draft.ticked_problem,
        warning_level=warning.level,
        sms_reply=draft.sms_reply,
    )
    collector_unit = draft.collector_unit or (by.active_grant.unit if by is not None and by.active_grant else None)
    record = Record(
        company=draft.company,
        unit_id=_responsible(draft, sheet, collector_unit),
        collector=by,
        collector_unit=collector_unit,
        source=draft.source,
        method=draft.method,
        customer_id=customer_id,
        anonymous_reason="" if customer_id else clean_text(draft.anonymous_reason, "anonymous_reason", MOST_REASON),
        order_id=draft.order.pk if draft.order else (draft.stage.order_id if draft.stage else None),
        stage=draft.stage,
        touchpoint_id=sheet.key_point.touchpoint_id,
        key_point=sheet.key_point,
        occurred_at=min(draft.occurred_at, at),
        submitted_at=at,
        rating=rating,
        no_answer="" if rating is not None else draft.no_answer,
        verbatim=verbatim,
        negative=bool(why),
        negative_reason=why,
        late=is_late(draft.occurred_at, at, method=draft.method, source=draft.source, safety=warning.safety),
        safety=warning.safety,
        warning_level=warning.level,
        warning_score=Decimal(str(round(warning.score, 1))),
        client_key=draft.client_key,
    )
    record.digest = digest(
        {name: getattr(record, name) for name in SEALED_FIELDS},
        [(q.pk, figure, text) for q, figure, text in values],
        [photo.sha256 for photo in photos],
    )
    insert(record)
    insert_all([Answer(record=record, question=q, number_value=figure, text_value=text) for q, figure, text in values])
    return record


def is_late(occurred_at: datetime, at: datetime, *, method: FeedbackMethod, source: str, safety: bool) -> bool:
    """F2, M34: whether `at` is past the method's limit in calendar hours, 1 h for safety; customers are never late."""
    if source == Source.CUSTOMER:
        return False
    limit = timedelta(hours=method.deadline_hours) or USUAL_LIMIT
    return at - occurred_at > (min(limit, SAFETY_LIMIT) if safety else limit)


def _warning(
    verbatim: str, values: Sequence[Value], draft: RecordDraft, customer_id: int | None,
    reference: Reference, at: datetime,
) -> TextWarning:  # fmt: skip
    """M44 of the customer's words and text answers; the context bonus is looked up only where a term was hit."""
    text = "。".join(part for part in (verbatim, *(words for _, _, words in values)) if part)
    warning = score_text(text, reference.lexicon, reference.rules)
    if not warning.hits or warning.score <= 0:
        return warning
    bonus = 0.0
    rates = reference.rules.bonus
    customer = draft.customer or (draft.order.customer if draft.order is not None else None)
    if customer is not None and customer.segment_code == "VULN":
        bonus += rates.get("vulnerable_segment", 0)
    if customer_id is not None and rates.get("previous_dissatisfied_90d"):
        theirs = same_customer(customer_id)
        earlier = Record.objects.filter(customer_id__in=theirs, submitted_at__gte=at - BEFORE, rating__lte=2)
        bonus += rates["previous_dissatisfied_90d"] if earlier.exists() else 0
    return score_text(text, reference.lexicon, reference.rules, bonus) if bonus else warning


def _responsible(draft: RecordDraft, sheet: Sheet, collector_unit: Unit | None) -> int:
    """The unit that answers for what the customer felt (C5): stage, else department of the process, else collector."""
    if draft.unit is not None:
        return draft.unit.pk
    if draft.stage is not None:
        return draft.stage.unit_id
    department = department_of(draft.company, sheet.key_point.process.department_code)
    if department is not None:
        return department.pk
    return (collector_unit or draft.company).pk


def _store(record: Record, photos: Sequence[Photo]) -> list[Attachment]:
    if not photos:
        return []
    rows = [
        Attachment(
            record=record,
            file=ContentFile(photo.content, name=f"{uuid4().hex}.{photo.ending}"),
            content_type=photo.content_type,
            size=len(photo.content),
            sha256=photo.sha256,
        )
        for photo in photos
    ]
    return Attachment.objects.bulk_create(rows)
