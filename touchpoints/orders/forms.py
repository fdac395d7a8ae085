"""Input of the order pages. Forms tidy; whether an act is right is the verb's business."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from cxorders.customers.models import Customer, Premises
from cxorders.kit.kept_form import AUTHOR
from cxorders.organisation.models import User
from touchpoints.orders.actions import EvidenceInput, Newcomer
from touchpoints.orders.enums import AskedBy, EvidenceKind, PauseReason
from touchpoints.orders.guards import CHOICE, NUMBER, PHOTO, SIGNATURE, TEXT, TICK, Guard, guards_of
from touchpoints.orders.models import OrderType, Stage

LINES = {"rows": 3}
FIND_AS_YOU_TYPE = {
    "type": "search",
    "autocomplete": "off",
    "data-no-draft": "",
    "hx-get": reverse_lazy("orders:find_customers"),
    "hx-trigger": "input changed delay:300ms, search",
    "hx-target": "#found",
    "hx-sync": "this:replace",
}


class MomentField(forms.DateTimeField):
    """A moment picked in the browser, in the time zone of the product."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


# ---- taking an order in ------------------------------------------------------------------------------------------

NEW, NOBODY = "new", "none"


class NewOrderForm(forms.Form):
    """One page: type, who and where, what. `place` is "customer:premises", "customer:" (new address), new or none."""

    order_type = forms.ModelChoiceField(
        label=_("订单类型"), queryset=OrderType.objects.none(), to_field_name="code", empty_label=_("请选择")
    )
    find = forms.CharField(label=_("找客户"), max_length=60, required=False)
    place = forms.CharField(required=False)
    name = forms.CharField(label=_("姓名"), max_length=80, required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    anonymous_reason = forms.CharField(label=_("没有客户的原因"), max_length=200, required=False)
    title = forms.CharField(label=_("补充说明"), max_length=120, required=False)
    anyway = forms.BooleanField(label=_("仍要受理"), required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        kinds = OrderType.objects.filter(retired=False).order_by("position", "code")
        self.fields["order_type"].queryset = kinds  # type: ignore[attr-defined]
        self.fields["client_key"].initial = uuid4
        self.fields[AUTHOR] = forms.CharField(widget=forms.HiddenInput, required=False, initial=user.pk)
        for name, attrs in (
            ("find", FIND_AS_YOU_TYPE),
            ("phone", {"inputmode": "tel", "autocomplete": "off"}),
            ("name", {"autocomplete": "off"}),
            ("address", {"autocomplete": "off"}),
        ):
            self.fields[name].widget.attrs.update(attrs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        place = cleaned.get("place") or ""
        if place == NEW:
            for name in ("name", "phone", "address"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("这一项必填。"))
        elif place == NOBODY:
            if not cleaned.get("anonymous_reason"):
                self.add_error("anonymous_reason", _("这一项必填。"))
        else:
            self._known(place, cleaned)
        return cleaned

    def _known(self, place: str, cleaned: dict[str, Any]) -> None:
        """Look the chosen customer and premises up within the person's reach."""
        customer_key, _sep, premises_key = place.partition(":")
        customer = None
        if customer_key.isascii() and customer_key.isdecimal() and len(customer_key) < 19:
            customer = Customer.objects.visible_to(self.user).filter(pk=int(customer_key)).first()
        if customer is None:
            self.add_error("place", _("请选择客户，或登记新客户。"))
            return
        cleaned["customer"] = customer
        if premises_key.isascii() and premises_key.isdecimal() and len(premises_key) < 19:
            cleaned["premises"] = Premises.objects.filter(customer_id__in=customer.keys, pk=int(premises_key)).first()

    def values(self) -> dict[str, Any]:
        """Keyword arguments for `receive_order`."""
        cleaned = self.cleaned_data
        new = cleaned["place"] == NEW
        return {
            "order_type": cleaned["order_type"],
            "client_key": cleaned["client_key"],
            "customer": cleaned.get("customer"),
            "premises": cleaned.get("premises"),
            "newcomer": Newcomer(cleaned["name"], cleaned["phone"], cleaned["address"]) if new else None,
            "address": "" if new else cleaned["address"],
            "title": cleaned["title"],
            "anonymous_reason": cleaned["anonymous_reason"] if cleaned["place"] == NOBODY else "",
            "anyway": cleaned["anyway"],
        }


# ---- one stage ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GuardFields:
    """One guard as the template draws it."""

    guard: Guard
    kind: str
    fields: list[forms.BoundField]

    @property
    def label(self) -> str:
        """The guard in the active language."""
        return self.guard.name

    @property
    def explained(self) -> str:
        """Where a decision needs words: `field=answer,answer`, as `data-show-if` reads it."""
        return f"{self.fields[0].html_name}={','.join(one.code for one in self.guard.choices if one.explain)}"

    @property
    def photos(self) -> list[forms.BoundField]:
        """Fields that take a picture."""
        return [field for field in self.fields if isinstance(field.field, forms.FileField)]

    @property
    def texts(self) -> list[forms.BoundField]:
        """Fields that take words."""
        return [field for field in self.fields if not isinstance(field.field, forms.FileField)]


class CompleteForm(forms.Form):
    """Evidence for every guard of a stage. What lacks is said by the verb, for all guards at once."""

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guards = [guard for guard in guards_of(stage.stage_type.guards) if guard.is_evidence]
        self.names: dict[str, list[str]] = {}
        for index, guard in enumerate(self.guards):
            self.names[guard.phrase] = self._add(f"g{index}", guard)

    def _add(self, name: str, guard: Guard) -> list[str]:
        label = guard.name
        made: dict[str, forms.Field] = {}
        if guard.kind == TICK:
            made[name] = forms.BooleanField(label=label, required=False)
        elif guard.kind == TEXT:
            made[name] = forms.CharField(
                label=label, required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )
        elif guard.kind == NUMBER:
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            made[name] = forms.CharField(label=label, required=False, max_length=30, widget=widget)
        elif guard.kind == CHOICE:
            answers = [(one.code, one.name) for one in guard.choices]
            made[name] = forms.ChoiceField(label=label, required=False, choices=answers, widget=forms.RadioSelect)
            made[f"{name}_text"] = forms.CharField(
                label=_("说明：依据、费用与客户的意见"), required=False, max_length=300,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
        elif guard.kind == PHOTO:
            for number in range(guard.count):
                said = _("第 %(n)s 张") % {"n": number + 1} if guard.count > 1 else _("照片")
                made[f"{name}_{number}"] = forms.FileField(label=said, required=False)
        elif guard.kind == SIGNATURE:
            made[f"{name}_name"] = forms.CharField(label=_("签字人姓名"), required=False, max_length=80)
            made[f"{name}_file"] = forms.FileField(label=_("签字照片"), required=False)
            if not guard.strict:
                made[f"{name}_reason"] = forms.CharField(label=_("没有签字的原因"), required=False, max_length=300)
        self.fields.update(made)
        return list(made)

    @property
    def rows(self) -> list[GuardFields]:
        """Guards with their fields, in order."""
        return [GuardFields(g, g.kind, [self[name] for name in self.names[g.phrase]]) for g in self.guards]

    def evidence(self) -> list[EvidenceInput]:
        """What was given, guard by guard."""
        return [
            piece for guard in self.guards for name in self.names[guard.phrase] for piece in self._piece(guard, name)
        ]

    def _piece(self, guard: Guard, name: str) -> list[EvidenceInput]:
        value = self.cleaned_data.get(name)
        if not value or (guard.kind == CHOICE and name.endswith("_text")):
            return []
        if guard.kind == CHOICE:
            return [EvidenceInput(guard.phrase, CHOICE, str(value), text=self.cleaned_data.get(f"{name}_text") or "")]
        kind = EvidenceKind.REASON if name.endswith("_reason") else guard.kind
        if isinstance(value, UploadedFile):
            return [EvidenceInput(guard.phrase, kind, "", value)]
        return [EvidenceInput(guard.phrase, kind, "1" if value is True else str(value))]

    def field_of(self, phrase: str | None) -> str | None:
        """The field a complaint of the verb about a guard belongs to."""
        return self.names[phrase][0] if phrase in self.names else None


class ReasonForm(forms.Form):
    """An act that only needs its reason."""

    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs=LINES))


class RejectForm(ReasonForm):
    """O3: the written answer to the customer."""

    alternative = forms.CharField(
        label=_("替代办法"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class PauseForm(forms.Form):
    """O6: only the listed reasons stop a clock."""

    reason = forms.ChoiceField(label=_("挂起原因"), choices=PauseReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    until = MomentField(label=_("预计恢复"), required=False)


class SuspendForm(forms.Form):
    """O11."""

    reason = forms.ChoiceField(label=_("挂起原因"), choices=PauseReason.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class MomentForm(forms.Form):
    """A moment agreed with the customer."""

    appointed_at = MomentField(label=_("约定时间"))
    reason = forms.CharField(label=_("改约原因"), max_length=300, required=False)


class RetryForm(forms.Form):
    """A new appointment after a failed stage."""

    appointed_at = MomentField(label=_("约定时间"), required=False)
    note_text = forms.CharField(label=_("说明"), max_length=300, required=False)


class AssignForm(forms.Form):
    """Who works on the stage."""

    assignee = forms.ModelChoiceField(label=_("交给"), queryset=User.objects.none(), empty_label=_("请选择"))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [person.pk for person in people]
        self.fields["assignee"].queryset = User.objects.filter(pk__in=keys).order_by("name", "pk")  # type: ignore[attr-defined]


class CancelForm(ReasonForm):
    """O13."""

    asked_by = forms.ChoiceField(label=_("谁提出取消"), choices=AskedBy.choices, widget=forms.RadioSelect)
    settled = forms.BooleanField(label=_("款项已结清，或没有收款"), required=False)


class ReopenForm(ReasonForm):
    """O16: which stage is done again."""

    stage = forms.ChoiceField(label=_("返工环节"))

    def __init__(self, *args: Any, stages: list[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage_types = {str(stage.stage_type_id): stage.stage_type for stage in stages}
        choices = [(key, kind.name) for key, kind in self.stage_types.items()]
        self.fields["stage"].choices = choices  # type: ignore[attr-defined]


# ---- households --------------------------------------------------------------------------------------------------


class HouseholdForm(forms.Form):
    """One household of a contract."""

    name = forms.CharField(label=_("姓名"), max_length=80)
    phone = forms.CharField(label=_("电话"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    address = forms.CharField(label=_("地址"), max_length=200)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_key"].initial = uuid4


class PasteForm(forms.Form):
    """Households pasted from a sheet."""

    lines = forms.CharField(
        label=_("每行一户：姓名、电话、地址"), max_length=60_000, widget=forms.Textarea(attrs={"rows": 6}), strip=False
    )
