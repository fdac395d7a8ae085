"""Input of the customer pages. Forms tidy; whether an act is right is the verb's business."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxorders.customers.enums import HINT_DAYS, MOST_HINT_DAYS, CareCode, Relation
from cxorders.kit.kept_form import AUTHOR
from cxorders.organisation.models import User

TEL = {"inputmode": "tel", "autocomplete": "off"}
QUIET = {"autocomplete": "off"}


def _day(**attrs: Any) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class NewCustomerForm(forms.Form):
    """A customer met for the first time; the number of the call is kept."""

    phone = forms.CharField(label=_("电话"), max_length=30, required=False, widget=forms.TextInput(attrs=TEL))
    name = forms.CharField(label=_("姓名"), max_length=80, widget=forms.TextInput(attrs=QUIET))
    salutation = forms.CharField(
        label=_("怎么称呼"), max_length=20, required=False, widget=forms.TextInput(attrs=QUIET)
    )
    address = forms.CharField(label=_("地址"), max_length=200, required=False, widget=forms.TextInput(attrs=QUIET))
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_key"].initial = uuid4
        self.fields[AUTHOR] = forms.CharField(widget=forms.HiddenInput, required=False, initial=user.pk)


class MemberForm(forms.Form):
    """A further person on the account."""

    name = forms.CharField(label=_("姓名"), max_length=80, widget=forms.TextInput(attrs=QUIET))
    relation = forms.ChoiceField(label=_("与客户的关系"), choices=Relation.choices)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False, widget=forms.TextInput(attrs=TEL))
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_key"].initial = uuid4


class PremisesForm(forms.Form):
    """One more address of the account."""

    address = forms.CharField(label=_("地址"), max_length=200, widget=forms.TextInput(attrs=QUIET))
    meter_number = forms.CharField(label=_("表号"), max_length=40, required=False, widget=forms.TextInput(attrs=QUIET))


class EndForm(forms.Form):
    """The day something ends; today where nothing is said."""

    on = forms.DateField(label=_("从哪天起"), required=False, widget=_day())


class CareForm(forms.Form):
    """Special care and what to do."""

    code = forms.ChoiceField(label=_("种类"), choices=CareCode.choices)
    note = forms.CharField(label=_("怎么做"), max_length=100, required=False, widget=forms.TextInput(attrs=QUIET))


class HintForm(forms.Form):
    """A hint with its last day."""

    text = forms.CharField(label=_("提示"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    expires_on = forms.DateField(label=_("有效期至"), required=False, widget=_day())
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        field = self.fields["expires_on"]
        field.initial = today + timedelta(days=HINT_DAYS)
        field.widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=MOST_HINT_DAYS)).isoformat(),
        }
        self.fields["client_key"].initial = uuid4


class CallsForm(forms.Form):
    """Why the customer wants no calls."""

    reason = forms.CharField(label=_("客户怎么说"), max_length=200, required=False, widget=forms.TextInput(attrs=QUIET))


class MergeForm(forms.Form):
    """Which of the two stays, and why they are one."""

    keep = forms.ChoiceField(label=_("保留哪一位"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("为什么是同一位客户"), max_length=200, widget=forms.TextInput(attrs=QUIET))

    def __init__(self, *args: Any, numbers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]
