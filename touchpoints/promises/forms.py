"""Forms of promises."""

from django import forms
from django.utils.translation import gettext_lazy as _

from touchpoints.promises.enums import ExemptionReason, ToldHow


class TellForm(forms.Form):
    """What the customer was told about a broken promise, and how."""

    how = forms.ChoiceField(label=_("怎样告知客户"), choices=ToldHow.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("说了什么：原因、新的时间"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ExemptForm(forms.Form):
    """Why a breach was not the company's fault, and what proves it."""

    reason = forms.ChoiceField(label=_("什么原因"), choices=ExemptionReason.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("说明"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    photo = forms.FileField(label=_("证据照片"), required=False)


class DecideForm(forms.Form):
    """Yes, or no with the reason."""

    grant = forms.TypedChoiceField(choices=(("1", ""), ("0", "")), coerce=lambda value: value == "1")
    text = forms.CharField(label=_("理由"), max_length=300, required=False)
