"""The script of a call-back as a form, and the small forms beside it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.callbacks.enums import NOT_REACHED_RESULTS, AttemptResult
from feedback.callbacks.queries import CHARGED, CONSENT, RATING_ITEM, SOLVED_ITEM, WORDS_ITEM, ScriptItem
from feedback.intake.enums import NoAnswer

RATINGS = [
    ("1", gettext_lazy("很不满意")),
    ("2", gettext_lazy("不满意")),
    ("3", gettext_lazy("一般")),
    ("4", gettext_lazy("满意")),
    ("5", gettext_lazy("很满意")),
]
YES_NO = [("1", gettext_lazy("是")), ("0", gettext_lazy("否"))]
SOLVED = [("1", gettext_lazy("解决了")), ("0", gettext_lazy("没有解决"))]
MOST_WORDS = 2000


class ScriptForm(forms.Form):
    """One field per line of the script, named by its code; consent is asked before and is no field."""

    no_rating = forms.BooleanField(required=False, label=gettext_lazy("客户不愿评分"))

    def __init__(self, *args: Any, script: str, items: list[ScriptItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.script, self.items = script, [item for item in items if item.code != CONSENT]
        for item in self.items:
            self.fields[item.code] = self._field(item)

    def _field(self, item: ScriptItem) -> forms.Field:
        if item.type == "text":
            area = forms.Textarea(attrs={"rows": 2, "class": "form-control"})
            return forms.CharField(label=item.name, required=False, max_length=MOST_WORDS, widget=area)
        choices = RATINGS if item.type == "csat5" else SOLVED if item.code == "P1" else YES_NO
        return forms.ChoiceField(label=item.name, choices=choices, required=False, widget=forms.RadioSelect)

    def lines(self) -> list[dict[str, Any]]:
        """What the page draws: code, bound field, kind of choice, the answer that is bad news."""
        kinds = {"csat5": "rating", "yn": "chips", "text": "text"}
        return [
            {
                "code": item.code,
                "field": self[item.code],
                "kind": kinds.get(item.type, "chips"),
                "bad": "1" if item.code == CHARGED else "0" if item.type == "yn" else "",
                "is_rating": item.code == RATING_ITEM[self.script],
                "is_first": item.code == SOLVED_ITEM[self.script],
            }
            for item in self.items
        ]

    def clean(self) -> dict[str, Any]:
        """C9: solved and the overall rating are mandatory; a rating the customer refuses is a coded skip."""
        data = super().clean() or {}
        solved, rating = SOLVED_ITEM[self.script], RATING_ITEM[self.script]
        if not data.get(solved):
            self.add_error(solved, _("请问清楚这一项。"))
        if not data.get(rating) and not data.get("no_rating"):
            self.add_error(rating, _("请选评分；客户不愿评分时勾选下面一项。"))
        return data

    def result(self) -> dict[str, Any]:
        """The arguments of the verb."""
        data = self.cleaned_data
        rating = data.get(RATING_ITEM[self.script])
        return {
            "solved": data[SOLVED_ITEM[self.script]] == "1",
            "rating": int(rating) if rating else None,
            "no_answer": "" if rating else NoAnswer.REFUSED,
            "verbatim": data.get(WORDS_ITEM[self.script], ""),
            "answers": {item.code: data.get(item.code) for item in self.items},
        }


class MissForm(forms.Form):
    """Why nobody was reached."""

    result = forms.ChoiceField(choices=[(code.value, code.label) for code in NOT_REACHED_RESULTS])
    message_left = forms.BooleanField(required=False, label=gettext_lazy("已留言或发短信"))
    note = forms.CharField(required=False, max_length=300, label=gettext_lazy("备注"))
    next_try_at = forms.DateTimeField(
        required=False,
        label=gettext_lazy("客户约的时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        """An appointment names its time."""
        data = super().clean() or {}
        if data.get("result") == AttemptResult.APPOINTMENT and not data.get("next_try_at"):
            self.add_error("next_try_at", _("请填客户约的时间。"))
        return data
