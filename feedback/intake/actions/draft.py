"""What a submission brings, and what is wrong with it in the words of the business."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any
from uuid import UUID, uuid4

from cxorders.customers.models import Customer
from cxorders.kit.errors import BusinessError
from cxorders.organisation.models import Unit
from feedback.intake.enums import Source
from touchpoints.catalogue.models import FeedbackMethod, KeyPoint
from touchpoints.orders.models import Order, Stage

MOST_TEXT = 2000
"""characters of one text: the customer's words, a text answer, a note"""
MOST_REASON = 200
MOST_PHOTOS = 6


@dataclass(frozen=True)
class RecordDraft:
    """One experience as it was taken, before the seal.

    `answers` maps question id → value (csat5 1–5, ces7 1–7, nps 0–10, scale10 1–10, yn true/false, num ≥ 0, text).
    `rating` is the overall item where the key point has no satisfaction question, or where another conversation
    asked it (a call-back). `unit` is the responsible unit if the caller knows it better than the stage does.
    `sms_reply` is the customer's 1/2/3 by SMS. `photos` are open binary files.
    """

    company: Unit
    method: FeedbackMethod
    key_point: KeyPoint
    occurred_at: datetime
    unit: Unit | None = None
    collector_unit: Unit | None = None
    customer: Customer | None = None
    anonymous_reason: str = ""
    order: Order | None = None
    stage: Stage | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    rating: int | None = None
    sms_reply: int | None = None
    no_answer: str = ""
    verbatim: str = ""
    ticked_problem: bool = False
    source: str = Source.STAFF
    client_key: UUID = field(default_factory=uuid4)
    photos: Sequence[IO[bytes]] = ()


class FutureEvent(BusinessError):
    """The event lies in the future (F1)."""

    code = "record_future_event"
    zh = "发生时间不能晚于现在。"
    en = "The event time cannot be in the future."


class EventTooOld(BusinessError):
    """The event lies further back than any memory of it could be trusted."""

    code = "record_event_too_old"
    zh = "发生时间早于 {year} 年，请核对日期。"
    en = "The event time is before {year}; please check the date."


class ForeignRow(BusinessError):
    """The stage, order, customer or unit belongs to another company, or they do not belong together."""

    code = "record_foreign_row"
    zh = "所选的{what_zh}不属于这家企业或与订单不符，请重新选择。"
    en = "The chosen {what_en} does not belong to this company or to this order; please choose again."


class WrongKeyPoint(BusinessError):
    """The key point is neither one of the stage nor at its touchpoint."""

    code = "record_wrong_key_point"
    zh = "关键点“{name}”不在这个环节，请换一个关键点或不选环节。"
    en = "Key point “{name}” is not part of this stage; choose another one or record without the stage."


class WrongQuestion(BusinessError):
    """An answer to a question this key point does not ask in this company."""

    code = "record_wrong_question"
    zh = "有一道题已不在这个关键点下，请刷新后再填；您填写的内容还在。"
    en = "One question is no longer asked at this key point. Reload and try again; what you typed is kept."


class WrongAnswer(BusinessError):
    """A value outside the range of its question."""

    code = "record_wrong_answer"
    zh = "“{question}”的回答超出范围。"
    en = "The answer to “{question}” is out of range."


class TextTooLong(BusinessError):
    """A text of more than MOST_TEXT characters."""

    code = "record_text_too_long"
    zh = "文字最多 {most} 个字，现在有 {length} 个。"
    en = "At most {most} characters are allowed; there are {length} now."


class UnreadableText(BusinessError):
    """Characters no database keeps (NUL, half a surrogate pair)."""

    code = "record_unreadable_text"
    zh = "文字里有无法保存的字符，请删去后再提交。"
    en = "The text holds characters that cannot be stored; please remove them."


class NothingAnswered(BusinessError):
    """Neither a rating nor a coded reason why there is none (F2)."""

    code = "record_nothing_answered"
    zh = "请选总体评分，或者选“客户没有评分”的原因。"
    en = "Choose the overall rating, or the reason why the customer gave none."


class NothingSaid(BusinessError):
    """No rating and no words: there is nothing to keep."""

    code = "record_nothing_said"
    zh = "没有评分时，请写下客户原话。"
    en = "Where there is no rating, write down the customer's own words."


class NobodyNamed(BusinessError):
    """No customer and no reason why not."""

    code = "record_nobody_named"
    zh = "请选客户；客户不愿留名时，请写明原因。"
    en = "Choose the customer, or say why the record is anonymous."


class NotAPhoto(BusinessError):
    """An upload that is no picture."""

    code = "record_not_a_photo"
    zh = "“{name}”不是能打开的照片（支持 JPG、PNG、WebP）。"
    en = "“{name}” is not a photo that can be opened (JPG, PNG and WebP work)."


class PhotoTooLarge(BusinessError):
    """An upload above the size limit."""

    code = "record_photo_too_large"
    zh = "“{name}”超过 {most} MB,请缩小后再传。"
    en = "“{name}” is larger than {most} MB; please make it smaller."


class TooManyPhotos(BusinessError):
    """More than MOST_PHOTOS photos."""

    code = "record_too_many_photos"
    zh = "一条记录最多 {most} 张照片。"
    en = "A record takes at most {most} photos."


class KeyTaken(BusinessError):
    """The client key names a record of somebody else."""

    code = "record_key_taken"
    zh = "这份表单已由别人提交，请重新打开表单；您填写的内容还在。"
    en = "This form was already submitted by somebody else. Open the form again; what you typed is kept."
    status = 409
