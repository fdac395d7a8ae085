"""The guards of F1 and F2: what a draft must be before it is sealed."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from cxorders.kit.photos import NoImage, Photo, clean_photo
from feedback.intake.actions.draft import (
    MOST_PHOTOS,
    MOST_TEXT,
    EventTooOld,
    ForeignRow,
    FutureEvent,
    NobodyNamed,
    NotAPhoto,
    NothingAnswered,
    NothingSaid,
    PhotoTooLarge,
    RecordDraft,
    TextTooLong,
    TooManyPhotos,
    UnreadableText,
    WrongAnswer,
    WrongKeyPoint,
    WrongQuestion,
)
from feedback.intake.enums import NoAnswer
from feedback.intake.queries import Reference, Sheet
from touchpoints.catalogue.enums import QuestionType
from touchpoints.catalogue.models import Question

SKEW = timedelta(minutes=5)
"""how far the clock of a phone may run ahead of ours"""
OLDEST_YEAR = 2000

RANGES: dict[str, tuple[int, int]] = {
    QuestionType.CSAT5: (1, 5),
    QuestionType.CES7: (1, 7),
    QuestionType.NPS: (0, 10),
    QuestionType.SCALE10: (1, 10),
    QuestionType.YES_NO: (0, 1),
}
MOST_NUMBER = Decimal(999_999)
_FIGURE = re.compile(r"\d{1,6}(\.\d{1,2})?")
_YES_NO = {"yes": 1, "true": 1, "no": 0, "false": 0}

Value = tuple[Question, Decimal | None, str]


def check_time(occurred_at: datetime, at: datetime) -> None:
    """F1: the event is not in the future. Raises FutureEvent, EventTooOld."""
    if occurred_at > at + SKEW:
        raise FutureEvent(field="occurred_at")
    if occurred_at.year < OLDEST_YEAR:
        raise EventTooOld(field="occurred_at", year=OLDEST_YEAR)


def check_place(draft: RecordDraft, sheet: Sheet, reference: Reference) -> None:
    """Everything named belongs to one company and together. Raises ForeignRow, WrongKeyPoint, NobodyNamed."""
    company = draft.company.pk
    named = (
        ("stage", draft.stage, "环节", "stage"),
        ("order", draft.order, "订单", "order"),
        ("customer", draft.customer, "客户", "customer"),
        ("unit", draft.unit, "单位", "unit"),
    )
    for field, row, zh, en in named:
        if row is not None and row.company_id != company:
            raise ForeignRow(field=field, what_zh=zh, what_en=en)
    stage, order = draft.stage, draft.order
    if stage is not None and order is not None and stage.order_id != order.pk:
        raise ForeignRow(field="stage", what_zh="环节", what_en="stage")
    if order is not None and draft.customer is not None and order.customer_id not in (None, draft.customer.pk):
        raise ForeignRow(field="customer", what_zh="客户", what_en="customer")
    if stage is not None:
        place = reference.places.get(stage.stage_type_id)
        if place is not None and not (
            sheet.key_point.pk in place.key_point_ids or sheet.key_point.touchpoint_id == place.touchpoint_id
        ):
            raise WrongKeyPoint(field="key_point", name=sheet.key_point.name)
    if draft.customer is None and (order is None or order.customer_id is None) and not draft.anonymous_reason.strip():
        raise NobodyNamed(field="anonymous_reason")


def clean_text(text: str, field: str, most: int = MOST_TEXT) -> str:
    """`text` with plain line ends and no outer blanks. Raises TextTooLong, UnreadableText."""
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(words) > most:
        raise TextTooLong(field=field, most=most, length=len(words))
    if "\x00" in words or any("\ud800" <= letter <= "\udfff" for letter in words):
        raise UnreadableText(field=field)
    return words


def field_of(question: Question) -> str:
    """The form field that holds the answer to `question`."""
    return f"q_{question.pk}"


def clean_answers(draft: RecordDraft, sheet: Sheet) -> list[Value]:
    """The answers given, in the order of the questions. Raises WrongQuestion, WrongAnswer, TextTooLong."""
    asked = {question.pk: question for question in sheet.questions}
    if not asked.keys() >= draft.answers.keys():
        raise WrongQuestion(field="key_point")
    values: list[Value] = []
    for question in sheet.questions:
        value = draft.answers.get(question.pk)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if question.type in (QuestionType.TEXT, QuestionType.CHOICE):
            values.append((question, None, clean_text(str(value), field_of(question))))
        else:
            values.append((question, _figure(question, value), ""))
    return values


def _figure(question: Question, value: Any) -> Decimal:
    text = str(value).strip().lower()
    figure = _YES_NO.get(text) if question.type == QuestionType.YES_NO else None
    if figure is None:
        if _FIGURE.fullmatch(text) is None:
            raise WrongAnswer(field=field_of(question), question=question.name)
        number = Decimal(text)
    else:
        number = Decimal(figure)
    low, high = RANGES.get(question.type, (0, MOST_NUMBER))
    whole = question.type in RANGES
    if not low <= number <= high or (whole and number != number.to_integral_value()):
        raise WrongAnswer(field=field_of(question), question=question.name)
    return number


def check_said(rating: int | None, no_answer: str, verbatim: str, sheet: Sheet) -> None:
    """F2: a figure or a coded reason, and something to keep. Raises WrongAnswer, NothingAnswered, NothingSaid."""
    overall = sheet.overall
    field = "rating" if overall is None else field_of(overall)
    if rating is not None:
        if not 1 <= rating <= 5:
            raise WrongAnswer(field=field, question="1–5")
        return
    if no_answer not in NoAnswer.values:
        raise NothingAnswered(field=field)
    if not verbatim:
        raise NothingSaid(field="verbatim")


def clean_photos(photos: Iterable[Any]) -> list[Photo]:
    """The photos decoded and stripped of metadata. Raises TooManyPhotos, PhotoTooLarge, NotAPhoto."""
    files = list(photos)
    if len(files) > MOST_PHOTOS:
        raise TooManyPhotos(field="photos", most=MOST_PHOTOS)
    clean = []
    for file in files:
        name = str(getattr(file, "name", "") or "?")[-80:]
        size = getattr(file, "size", 0) or 0
        if size > settings.CX_MAX_UPLOAD_BYTES:
            raise PhotoTooLarge(field="photos", name=name, most=settings.CX_MAX_UPLOAD_BYTES // 1024 // 1024)
        try:
            clean.append(clean_photo(file))
        except NoImage as error:
            raise NotAPhoto(field="photos", name=name) from error
    return clean
