"""How a record is shown under the seal, on its own page and wherever else it is quoted (`c-sealed-words`)."""

from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from feedback.intake.models import Answer, Record
from feedback.intake.negative import bad_answer
from touchpoints.catalogue.enums import QuestionType


class About(Protocol):
    """A form's place or the record made from it."""

    @property
    def stage(self) -> Any: ...
    @property
    def order(self) -> Any: ...
    @property
    def customer(self) -> Any: ...


def draft_key(about: About) -> str:
    """The name under which a browser keeps the draft of a record; the page of the sealed record clears it."""
    row = about.stage or about.order or about.customer
    return f"record-{row._meta.model_name}-{row.pk}" if row is not None else "record"


def meta_of(record: Record) -> list[str]:
    """Who took the words down, where, and how. Needs collector, collector_unit and method."""
    who = [str(part) for part in (record.collector, record.collector_unit) if part is not None]
    return [" · ".join(who) or record.get_source_display(), record.method.name]


def answers_of(record: Record) -> list[dict[str, Any]]:
    """The overall item, then the other answers in the order of the questions. Needs `answers__question`."""
    rows = sorted(
        record.answers.all(),
        key=lambda a: (a.question.type != QuestionType.CSAT5, a.question.company_id is not None, a.question.position),
    )
    drawn = [_drawn(answer) for answer in rows]
    if record.rating is not None and not any("rating" in answer for answer in drawn):
        drawn.insert(0, {"question": _("总体上，客户满意吗？"), "rating": record.rating, "text": ""})
    return drawn


def _drawn(answer: Answer) -> dict[str, Any]:
    question, figure = answer.question, answer.number_value
    if figure is None:
        return {"question": question.name, "text": answer.text_value}
    if question.type == QuestionType.CSAT5:
        return {"question": question.name, "rating": int(figure), "text": ""}
    if question.type == QuestionType.YES_NO:
        bad = int(figure) == bad_answer(question.code, question.zh)
        text = pgettext("answer", "是") if figure else pgettext("answer", "否")
        return {"question": question.name, "text": text, "kind": "bad" if bad else "good"}
    return {"question": question.name, "text": f"{figure.normalize():f}"}
