"""Input of the pages of expected feedback. Whether an excuse is right is the verb's business."""

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.probes.enums import ExcuseCode


class ExcuseForm(forms.Form):
    """Why nobody could be asked."""

    code = forms.ChoiceField(
        label=_("没有采集到的原因"),
        choices=ExcuseCode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选原因。"), "invalid_choice": _("请选原因。")},
    )
    text = forms.CharField(
        label=_("补充说明"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
