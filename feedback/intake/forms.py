"""The record form: fields made from the questions of a key point, turned into a RecordDraft."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cxorders.kit.kept_form import AUTHOR
from cxorders.organisation.models import User
from feedback.intake.actions import RecordDraft
from feedback.intake.actions.checks import RANGES, field_of
from feedback.intake.actions.draft import MOST_TEXT
from feedback.intake.enums import NoAnswer
from feedback.intake.negative import LOW_CES, LOW_NPS, LOW_RATING, asks_for_charge, bad_answer
from feedback.intake.queries import Place, Reference, Sheet
from touchpoints.catalogue.enums import QuestionType
from touchpoints.catalogue.models import FeedbackMethod, Question

RATINGS = [
    ("1", _("很不满意")),
    ("2", _("不满意")),
    ("3", pgettext_lazy("rating", "一般")),
    ("4", pgettext_lazy("rating", "满意")),
    ("5", _("很满意")),
]
RATING_TEXTS = frozenset({"", "1", "2", "3", "4", "5"})
NO_ANSWERS = frozenset({"", *NoAnswer.values})
YES_NO = [("1", pgettext_lazy("answer", "是")), ("0", pgettext_lazy("answer", "否"))]

_CHINESE_END = re.compile("[\u4e00-\u9fff]$")
_COUNTED = re.compile(r"(?:几|多少)(分钟|小时|天|趟|次|元|个)")
_UNITS = {
    "分钟": _("分钟"),
    "小时": _("小时"),
    "天": pgettext_lazy("unit", "天"),
    "趟": pgettext_lazy("unit", "趟"),
    "次": pgettext_lazy("unit", "次"),
    "元": pgettext_lazy("unit", "元"),
    "个": "",
}
_STEPS = {"分钟": 5, "元": 10}

FRONT = frozenset({"front", "field", "agent"})
"""collectors of catalogue methods that stand for any front-line person"""
ALONE = frozenset({"mystery", "walker"})
"""roles that record by their own method only"""
MOST_METHODS = 5


@dataclass(frozen=True)
class Asked:
    """One question as the template draws it."""

    kind: str
    """rating, yesno, stepper, scale or text"""
    name: str
    legend: str
    options: list[tuple[str, Any]]
    unit: Any = ""
    step: int = 1
    bad: str = ""
    alarm: str = ""
    """answers that open an issue at once, as a list for data-show-if"""


def asked(sheet: Sheet) -> list[Asked]:
    """The questions of the sheet, the overall item first; one of its own where the key point has none."""
    overall = sheet.overall
    rest = [_drawn(question) for question in sheet.questions if question != overall]
    if overall is not None:
        return [_drawn(overall), *rest]
    return [Asked("rating", "rating", str(_("总体上，客户满意吗？")), RATINGS, alarm="1,2"), *rest]


def _legend(question: Question) -> str:
    """The question as it is asked; the catalogue leaves the Chinese question mark out."""
    text = question.name
    return text if text[-1:] in "?？。.!！)）" or not _CHINESE_END.search(text) else f"{text}？"


def _drawn(question: Question) -> Asked:
    name, legend = field_of(question), _legend(question)
    if question.type == QuestionType.CSAT5:
        return Asked("rating", name, legend, RATINGS, alarm=_list(1, LOW_RATING))
    if question.type == QuestionType.YES_NO:
        charge = "1" if asks_for_charge(question.zh) else ""
        return Asked("yesno", name, legend, YES_NO, bad=str(bad_answer(question.code, question.zh)), alarm=charge)
    if question.type in RANGES:
        low, high = RANGES[question.type]
        limit = {QuestionType.NPS.value: LOW_NPS, QuestionType.CES7.value: LOW_CES}.get(question.type)
        steps = [(str(n), str(n)) for n in range(low, high + 1)]
        return Asked("scale", name, legend, steps, alarm="" if limit is None else _list(low, limit))
    if question.type == QuestionType.NUMBER:
        counted = _COUNTED.search(question.zh)
        word = counted[1] if counted else ""
        unit = "" if (get_language() or "").startswith("en") else _UNITS.get(word, "")
        return Asked("stepper", name, legend, [], unit=unit, step=_STEPS.get(word, 1))
    return Asked("text", name, legend, [])


def _list(low: int, high: int) -> str:
    return ",".join(str(n) for n in range(low, high + 1))


def methods_for(user: User, place: Place, known: Reference) -> list[FeedbackMethod]:
    """How `user` may have got feedback here: the methods of the stage and the key point by hand first, then others by
    hand, then what customers enter themselves. The first one is preset.
    """
    sheet = place.sheet
    if sheet is None:
        return []
    at_stage = known.places.get(place.stage.stage_type_id) if place.stage is not None else None
    role = user.active_grant.role_code if user.active_grant is not None else ""
    here = sheet.key_point.touchpoint.code
    codes = (*(at_stage.probes if at_stage is not None else ()), *sheet.key_point.methods)
    usual = [known.methods[code] for code in codes if code in known.methods]
    at_touchpoint = [row for row in known.methods.values() if here in row.touchpoints]
    own = [row for row in at_touchpoint if row.collector == role]
    if role in ALONE:
        return own or usual
    by_hand = [row for row in usual + at_touchpoint if row.collector in FRONT]
    by_customer = [row for row in usual if row.collector == "system" and row.kind == "event"]
    in_order = [row for row in usual if row in by_hand or row in own] + own + by_hand + by_customer
    return list({row.code: row for row in in_order}.values())[:MOST_METHODS] or usual or at_touchpoint[:1]


class ManyPhotos(forms.FileInput):
    """A file input that takes several photos."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


class RecordForm(forms.Form):
    """Everything a record form posts, as the page draws it and says what is wrong with it.

    A good submission never needs it: `draft_from` reads that straight from the post, because building a form takes
    longer than sealing a record. Ranges, places and texts are guarded by the verb, which names the field.
    """

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    occurred_at = forms.DateTimeField(
        label=_("发生时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("请填写完整的日期和时间。")},
    )
    verbatim = forms.CharField(label=_("客户原话"), required=False, strip=False, widget=forms.Textarea)
    no_answer = forms.ChoiceField(
        label=_("客户没有评分"), required=False, choices=[("", ""), *NoAnswer.choices], widget=forms.RadioSelect
    )
    anonymous_reason = forms.CharField(label=_("不留名的原因"), required=False, max_length=200)
    ticked_problem = forms.BooleanField(label=_("这是一个要解决的问题"), required=False)
    photos = forms.Field(label=_("照片"), required=False, widget=ManyPhotos)

    def __init__(
        self,
        *args: Any,
        place: Place,
        methods: Iterable[FeedbackMethod],
        author: User,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.place, self.methods = place, {row.code: row for row in methods}
        self.questions = asked(place.sheet) if place.sheet is not None else []
        for question in self.questions:
            self.fields[question.name] = forms.CharField(label=question.legend, required=False, strip=False)
        if "rating" in self.fields:
            self.fields["rating"] = forms.ChoiceField(required=False, choices=[("", ""), *RATINGS])
        self.fields["method"] = forms.ChoiceField(
            label=_("怎么得到的"),
            choices=[(row.code, row.name) for row in self.methods.values()],
            widget=forms.RadioSelect,
            error_messages={"required": _("请选怎么得到的。"), "invalid_choice": _("请选怎么得到的。")},
        )
        self.fields[AUTHOR] = forms.CharField(widget=forms.HiddenInput, required=False, initial=author.pk)

    def rows(self) -> list[tuple[Asked, forms.BoundField]]:
        """Each question with its field."""
        return [(question, self[question.name]) for question in self.questions]


def is_key(text: str) -> bool:
    """Whether `text` can be the client key of a form."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


_WHEN = forms.DateTimeField(required=False)


def draft_from(
    posted: QueryDict, place: Place, methods: Iterable[FeedbackMethod], *, at: datetime, photos: Iterable[Any]
) -> RecordDraft | None:
    """The draft a post holds; None where a field is malformed or the place is not complete: the form says what."""
    sheet, company = place.sheet, place.company
    method = next((row for row in methods if row.code == posted.get("method")), None)
    if sheet is None or company is None or method is None or place.missing:
        return None
    try:
        client_key = UUID(posted.get("client_key", ""))
        occurred_at = _WHEN.clean(posted.get("occurred_at", ""))
    except (ValueError, ValidationError):
        return None
    no_answer, rating = posted.get("no_answer", ""), posted.get("rating", "")
    if no_answer not in NO_ANSWERS or rating not in RATING_TEXTS:
        return None
    return RecordDraft(
        company=company,
        method=method,
        key_point=sheet.key_point,
        occurred_at=occurred_at or at,
        customer=place.named,
        anonymous_reason=posted.get("anonymous_reason", ""),
        order=place.order,
        stage=place.stage,
        answers={q.pk: value for q in sheet.questions if (value := posted.get(field_of(q), ""))},
        rating=int(rating) if rating else None,
        no_answer=no_answer,
        verbatim=posted.get("verbatim", ""),
        ticked_problem="ticked_problem" in posted,
        client_key=client_key,
        photos=tuple(photos),
    )


class NoteForm(forms.Form):
    """A note to append."""

    text = forms.CharField(label=_("追加说明"), max_length=MOST_TEXT * 2, widget=forms.Textarea, required=False)
