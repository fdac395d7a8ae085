"""Forms of compensations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from touchpoints.compensation.actions.settling import MOST_REFERENCE
from touchpoints.compensation.enums import LEAST_TEXT, MOST_TEXT, OTHER, PaidForm
from touchpoints.compensation.models import Compensation


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _yuan() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 12})


class PayForm(forms.Form):
    """When, how, by which voucher, how much."""

    paid_on = forms.DateField(label=_("付款日期"), widget=_day())
    paid = forms.DecimalField(label=_("实付金额（元）"), max_digits=8, decimal_places=2, widget=_yuan())
    form = forms.ChoiceField(label=_("怎样付的"), choices=PaidForm.choices, widget=forms.RadioSelect)
    reference = forms.CharField(label=_("凭证号或账单号"), max_length=MOST_REFERENCE)


class RefuseForm(forms.Form):
    """Which exemption of the table, or another reason; in words."""

    reason = forms.ChoiceField(label=_("为什么不赔"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("说明"), min_length=LEAST_TEXT, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, compensation: Compensation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item = compensation.terms.item
        choices = [(pair[1], words) for pair, words in zip(item.exempt, item.exemptions, strict=True)]
        self.fields["reason"].choices = [*choices, (OTHER, _("其他原因"))]  # type: ignore[attr-defined]


class TermsForm(forms.Form):
    """On or off, how much, from when."""

    is_on = forms.TypedChoiceField(
        label=_("赔付"),
        choices=(("1", _("开启")), ("0", _("关闭"))),
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        label=_("每次失约赔付（元）"), min_value=0, max_digits=8, decimal_places=2, widget=_yuan()
    )
    valid_from = forms.DateField(label=_("从哪天起失约的"), widget=_day())
