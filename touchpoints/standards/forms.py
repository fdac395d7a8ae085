"""Forms of a company's own standards. What was typed as the value stays text: the verb knows what it may be."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from touchpoints.standards.actions import Wanted
from touchpoints.standards.actions.proposing import MOST_TEXT

LINES = {"rows": 2}


class DayField(forms.DateField):
    """A day picked in the browser."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ProposeForm(forms.Form):
    """From when, until when, why; the value itself is one input or two, beside the form."""

    valid_from = DayField(label=_("从哪天起"))
    valid_to = DayField(label=_("到哪天（含）"), required=False)
    reason = forms.CharField(label=_("为什么这样定"), max_length=MOST_TEXT, widget=forms.Textarea(attrs=LINES))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **({"initial": {"valid_from": today}} | kwargs))
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget.attrs["min"] = today.isoformat()

    def wanted(self, value: Any) -> Wanted:
        """What the verb takes, with `value` as it was typed (None: the group's again)."""
        given = self.cleaned_data
        return Wanted(value, given["valid_from"], given["valid_to"], given["reason"])


class DecideForm(forms.Form):
    """Yes, or no with the reason; another first day where the proposed one has passed."""

    grant = forms.TypedChoiceField(choices=(("1", ""), ("0", "")), coerce=lambda value: value == "1")
    text = forms.CharField(label=_("理由"), max_length=MOST_TEXT, required=False)
    valid_from = DayField(label=_("从哪天起"), required=False)


class DisplayForm(forms.Form):
    """The day it was put up."""

    day = DayField(label=_("哪天公示的"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **({"initial": {"day": today}} | kwargs))
        self.fields["day"].widget.attrs["max"] = today.isoformat()
