"""Forms of promises."""

from django import forms
from django.utils.translation import gettext_lazy as _

from touchpoints.promises.enums import ToldHow


class TellForm(forms.Form):
    """What the customer was told about a broken promise, and how."""

    how = forms.ChoiceField(label=_("怎样告知客户"), choices=ToldHow.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("说了什么：原因、新的时间"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
