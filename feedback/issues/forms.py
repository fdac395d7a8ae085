"""Input of the steps of an issue; what the verbs refuse is shown at the same fields."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from cxorders.customers.models import Customer
from cxorders.customers.queries import find
from cxorders.kit.numbering import key_of
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Grant, Unit, User
from feedback.issues.enums import CauseCode
from feedback.issues.models import Issue
from touchpoints.catalogue.models import IssueCategory, KeyPoint
from touchpoints.orders.enums import PauseReason
from touchpoints.orders.models import Order

MOST_TEXT = 2000


def _area(label: Any, rows: int = 4, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=MOST_TEXT, widget=widget, required=required, help_text=help_text, strip=True
    )


class StepForm(forms.Form):
    """A step that asks nothing. Subclasses add fields named as the arguments of their verb."""

    def __init__(self, *args: Any, issue: Issue, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue, self.user, self.at = issue, user, at


class AcceptForm(StepForm):
    """Take over; a manager may name somebody of the unit."""

    handler = forms.ModelChoiceField(
        label=_("由谁负责"), queryset=User.objects.none(), required=False, empty_label=_("我自己")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Grant.objects.in_force(self.at).filter(
            unit__in=Unit.objects.below(self.issue.unit), role_code__in=("handler", "dept_mgr", "hq_dept")
        )
        people = User.objects.filter(is_active=True, pk__in=held.values("user_id")).exclude(pk=self.user.pk)
        self.fields["handler"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]


class ContactForm(StepForm):
    """What was said to the customer."""

    text = _area(_("与客户说了什么"))


class PauseForm(StepForm):
    """Why the clock stops, and until when."""

    reason = forms.ChoiceField(label=_("挂起原因"), choices=PauseReason.choices, widget=forms.RadioSelect)
    note = _area(_("情况与凭据"), 3)
    until = forms.DateTimeField(
        label=_("到什么时候恢复"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("不填就是 15 天后自动恢复。超过 1 个工作日要由部门负责人来挂起。"),
    )


class ReplyForm(StepForm):
    """The answer: all three parts."""

    cause = forms.ChoiceField(label=_("原因"), choices=CauseCode.choices, widget=forms.RadioSelect)
    action_taken = _area(_("已采取的措施"), 3, help_text=_("写做了什么，谁做的，什么时候做的。"))
    reply_text = _area(_("给客户的答复"), 3, help_text=_("会同时发给反映人。"))


class ReasonForm(StepForm):
    """A decision with its reason."""

    reason = _area(_("原因"), 3)


class RedispatchForm(StepForm):
    """Another department, and why."""

    unit = forms.ModelChoiceField(label=_("改派到"), queryset=Unit.objects.none(), empty_label=_("请选部门"))
    reason = _area(_("为什么改派"), 3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(company_id=self.issue.company_id, kind=UnitKind.DEPARTMENT, closed_on=None)
        self.fields["unit"].queryset = units.exclude(pk=self.issue.unit_id).order_by("path")  # type: ignore[attr-defined]


class NewIssueForm(forms.Form):
    """An issue registered directly, e.g. out of a call."""

    customer_text = forms.CharField(
        label=_("客户"), max_length=60, required=False, help_text=_("手机号、客户编号或地址，要能找到唯一一位。")
    )
    order_number = forms.CharField(label=_("订单号"), max_length=20, required=False)
    key_point = forms.ModelChoiceField(
        label=_("关键点"), queryset=KeyPoint.objects.none(), empty_label=_("请选关键点"), to_field_name="code"
    )
    category = forms.ModelChoiceField(
        label=_("问题类别"),
        queryset=IssueCategory.objects.none(),
        empty_label=_("按关键点自动归类"),
        required=False,
        to_field_name="code",
    )
    title = forms.CharField(label=_("一句话说明"), max_length=80)
    text = _area(_("客户怎么说"), 4, required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        points = KeyPoint.objects.filter(retired=False).select_related("touchpoint")
        self.fields["key_point"].queryset = points.order_by("touchpoint__position", "position")  # type: ignore[attr-defined]
        categories = IssueCategory.objects.filter(retired=False).order_by("position")
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]
        self.customer: Customer | None = None
        self.order: Order | None = None

    def clean(self) -> dict[str, Any]:
        """Find the customer and the order inside the person's reach; the order names the customer."""
        data = super().clean() or {}
        text, number = data.get("customer_text", ""), data.get("order_number", "")
        if number:
            key = key_of("DD", number)
            self.order = Order.objects.visible_to(self.user).filter(pk=key).first() if key is not None else None
            if self.order is None:
                self.add_error("order_number", _("没有找到这个订单。"))
            else:
                self.customer = self.order.customer
        if text and self.customer is None:
            found = find(self.user, text, limit=2)
            if len(found) == 1:
                self.customer = found[0]
            else:
                self.add_error(
                    "customer_text", _("有好几位客户符合，请写得更具体。") if found else _("没有找到这位客户。")
                )
        return data
