"""Input of contacts: made to be filled in while the customer speaks."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cxorders.customers.models import Customer
from cxorders.kit.kept_form import AUTHOR
from cxorders.organisation.models import Unit, User
from feedback.contacts.enums import CHANNEL_OF_TOUCHPOINT, MOST_SUMMARY, Channel, Outcome, Within
from feedback.contacts.queries.listing import departments_of
from feedback.contacts.queries.reasons import Word, reasons, tags_known


class ContactForm(forms.Form):
    """Reason, tags, one line, what becomes of it. Channel and outcome are preset: three touches and one sentence."""

    reason = forms.ChoiceField(label=_("联系原因"), widget=forms.RadioSelect)
    tags = forms.MultipleChoiceField(label=_("标签"), required=False, widget=forms.CheckboxSelectMultiple)
    summary = forms.CharField(
        label=_("摘要"), max_length=MOST_SUMMARY, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    )
    channel = forms.ChoiceField(label=_("怎么来的"), choices=Channel.choices, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=_("怎么办"), choices=Outcome.choices, widget=forms.RadioSelect)
    handed_to = forms.ModelChoiceField(
        label=_("由哪个部门答复"), queryset=Unit.objects.none(), required=False, empty_label=_("请选择")
    )
    within = forms.ChoiceField(label=_("答应客户"), choices=Within.choices, required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, customer: Customer, user: User, words: list[Word] | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        known = reasons() if words is None else words
        self.fields["reason"].choices = [(one.code, one.name) for one in known]  # type: ignore[attr-defined]
        self.fields["tags"].choices = [(one.code, one.name) for one in tags_known()]  # type: ignore[attr-defined]
        self.fields["handed_to"].queryset = departments_of(customer.company)  # type: ignore[attr-defined]
        self.fields["client_key"].initial = uuid4
        self.fields["outcome"].initial = Outcome.ANSWERED
        self.fields["within"].initial = Within.ONE_DAY
        grant = user.active_grant
        touchpoint = grant.unit.touchpoint_code if grant is not None else ""
        self.fields["channel"].initial = CHANNEL_OF_TOUCHPOINT.get(touchpoint, Channel.CALL)
        self.fields[AUTHOR] = forms.CharField(widget=forms.HiddenInput, required=False, initial=user.pk)

    def values(self) -> dict[str, Any]:
        """Keyword arguments for `register_contact`."""
        names = ("channel", "summary", "outcome", "tags", "handed_to", "within", "client_key")
        return {"reason_code": self.cleaned_data["reason"], **{name: self.cleaned_data[name] for name in names}}


class AnswerForm(forms.Form):
    """What the customer was told."""

    text = forms.CharField(label=_("怎样答复了客户"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
