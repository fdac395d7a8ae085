"""Forms of promises made by word."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cxorders.kit.kept_form import AUTHOR
from touchpoints.orders.forms import MomentField
from touchpoints.pledges.actions import MOST_TEXT, Word
from touchpoints.pledges.enums import GivenHow
from touchpoints.promises.enums import ToldHow

LINES = {"rows": 2}


class GiveForm(forms.Form):
    """What was promised, where, until when."""

    text = forms.CharField(label=_("答应了客户什么"), max_length=MOST_TEXT, widget=forms.Textarea(attrs=LINES))
    due_at = MomentField(label=_("什么时候以前"))
    how = forms.ChoiceField(label=_("在哪里答应的"), choices=GivenHow.choices, widget=forms.RadioSelect)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user_key: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_key"].initial = uuid4
        self.fields[AUTHOR] = forms.CharField(widget=forms.HiddenInput, required=False, initial=user_key)

    def word(self) -> Word:
        """What the verb takes."""
        given = self.cleaned_data
        return Word(given["text"], given["how"], given["due_at"])


class KeepForm(forms.Form):
    """It is done."""

    text = forms.CharField(label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs=LINES))


class ConsentForm(forms.Form):
    """Why, and how the customer agreed."""

    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs=LINES))
    consent = forms.ChoiceField(label=_("客户怎样同意的"), choices=ToldHow.choices, widget=forms.RadioSelect)


class ChangeForm(ConsentForm):
    """Another day."""

    due_at = MomentField(label=_("新的时间"))
    field_order = ("due_at", "reason", "consent")
