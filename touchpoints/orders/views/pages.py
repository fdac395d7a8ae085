"""Pages of orders: taking one in, the journey, a photo kept as evidence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cxorders.customers.models import Customer
from cxorders.customers.policy import may_reveal
from cxorders.customers.queries import find
from cxorders.kit.errors import BusinessError
from cxorders.kit.formats import date_prose
from cxorders.kit.kept_form import keeps, take_back
from cxorders.kit.offline import kept_offline
from cxorders.kit.shown_photo import shown_photo
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.orders import actions, forms
from touchpoints.orders.actions.evidence import EvidenceMissing
from touchpoints.orders.models import Evidence, Order
from touchpoints.orders.queries.page import OrderPage, order_by_number, page_of_order, people_for, reworkable

# ---- taking an order in ------------------------------------------------------------------------------------------


@keeps
@require_http_methods(["GET", "POST"])
@requires("order.create")
def order_new(request: SignedInRequest) -> HttpResponse:
    """Take an order in: type, customer, address, acceptance. A second submission opens the same order."""
    if request.method == "POST" and "look" not in request.POST:
        form = forms.NewOrderForm(request.POST, user=request.user)
        if form.is_valid():
            try:
                order = actions.receive_order(by=request.user, at=timezone.now(), **form.values())
            except BusinessError as error:
                complain(form, error)
                return _new_page(request, form, status=error.status)
            told = date_prose(order.promised_at) if order.promised_at else _("待定")
            text = _("已受理 %(number)s。请告知客户：预计 %(day)s 完工。") % {"number": order.number, "day": told}
            messages.success(request, text, extra_tags="order-new")
            return redirect("orders:detail", order.number)
        return _new_page(request, form, status=422)
    kept = take_back(request)
    values = request.POST if request.method == "POST" else kept[0] if kept else None
    form = forms.NewOrderForm(initial=_typed(values) if values else request.GET.dict(), user=request.user)
    return _new_page(request, form, restored=kept is not None)


MOST_HITS = 6


@dataclass(frozen=True)
class Hit:
    """A customer found, and the places to choose: (value, address), the last one for another address."""

    customer: Customer
    places: list[tuple[str, str]]


def _found(request: SignedInRequest, text: str) -> list[Hit]:
    """Customers that fit `text`, or whose order has this number."""
    if not text:
        return []
    found = find(request.user, text, MOST_HITS)
    return [
        Hit(
            customer,
            [
                *((f"{customer.pk}:{home.pk}", home.address) for home in customer.premises.all()),
                (f"{customer.pk}:", ""),
            ],
        )
        for customer in found
    ]


def _typed(values: Any) -> dict[str, Any]:
    """What was typed, as the start of a form that does not complain yet."""
    return {name: values.get(name) for name in values if name != "csrfmiddlewaretoken"}


def _new_page(
    request: SignedInRequest, form: forms.NewOrderForm, *, status: int = 200, restored: bool = False
) -> HttpResponse:
    text = str(form["find"].value() or "").strip()
    found = _found(request, text)
    context = {
        "form": form,
        "found": found,
        "text": text,
        "place": str(form["place"].value() or ""),
        "restored": restored,
    }
    return render(request, "touchpoints/orders/new.html", context, status=status)


@require_GET
@requires("order.create")
def find_customers(request: SignedInRequest) -> HttpResponse:
    """Fragment of the page above: customers that fit what is typed."""
    text = request.GET.get("find", "").replace("\x00", "").strip()[:60]
    context = {"found": _found(request, text), "text": text, "place": request.GET.get("place", "")}
    return render(request, "touchpoints/orders/_found.html", context)


# ---- one order ---------------------------------------------------------------------------------------------------


@require_GET
@requires("order.read")
@kept_offline
def order_detail(request: SignedInRequest, number: str) -> HttpResponse:
    """The whole journey of one order."""
    return detail_page(request, order_or_404(request, number))


def order_or_404(request: SignedInRequest, number: str) -> Order:
    order = order_by_number(request.user, number)
    if order is None:
        raise Http404
    return order


@dataclass
class Said:
    """What came back from a step that was refused: the form with its complaint, and which block it belongs to."""

    step: str = ""
    form: django_forms.Form | None = None
    error: str = ""
    lines: list[Any] = field(default_factory=list)


def detail_page(request: SignedInRequest, order: Order, said: Said | None = None, status: int = 200) -> HttpResponse:
    page = page_of_order(order, request.user, timezone.now())
    said = said or Said()
    context = {
        "page": page,
        "order": order,
        "said": said,
        "blocks": _blocks(page, said),
        "may_reveal": order.customer is not None and may_reveal(request.user, order.customer),
        "complete": _complete_form(page, said),
        "household": _household_forms(page, said),
    }
    return render(request, "touchpoints/orders/detail.html", context, status=status)


@dataclass(frozen=True)
class Block:
    """One act behind a button: its address, form and words."""

    step: str
    url_name: str
    icon: str
    label: str
    button: str
    hint: str
    form: django_forms.Form
    open: bool
    danger: bool = False
    whole_order: bool = False


def _complete_form(page: OrderPage, said: Said) -> forms.CompleteForm | None:
    if page.front is None or not page.may.complete:
        return None
    if said.step == "complete" and isinstance(said.form, forms.CompleteForm):
        return said.form
    return forms.CompleteForm(stage=page.front)


def _household_forms(page: OrderPage, said: Said) -> dict[str, Any]:
    return {
        "one": said.form if said.step == "household" else forms.HouseholdForm(),
        "paste": said.form if said.step == "paste" else forms.PasteForm(),
        "lines": said.lines,
    }


def _blocks(page: OrderPage, said: Said) -> list[Block]:
    """The further acts this person may do now, in the order of the page."""
    can, front = page.may, page.front
    blocks: list[Block] = []

    def add(step: str, icon: str, label: str, button: str, hint: str, make: Callable[[], Any], **flags: bool) -> None:
        mine = said.step == step and said.form is not None
        form = said.form if mine and said.form is not None else make()
        form.auto_id = f"id_{step}_%s"  # several of these forms stand on one page
        whole = flags.get("whole_order", False)
        name = f"orders:{step}" if whole else f"orders:stage_{step}"
        blocks.append(Block(step, name, icon, label, button, hint, form, mine, **flags))

    if front is not None:
        if can.decide:
            add("decide", "check", _("需要这个环节"), _("确定需要"), _("随即开始计时"), forms.ReasonForm)
        if can.skip:
            add("skip", "minus", _("不需要，跳过"), _("跳过"), _("原因记入旅程"), forms.ReasonForm)
        if can.retry:
            add("retry", "refresh", _("再约，继续办理"), _("继续办理"), _("承诺时限不变"), forms.RetryForm)
        if can.assign:
            people = people_for(front, page.now)
            add("assign", "user-check", _("交给"), _("交给"), "", lambda: forms.AssignForm(people=people))
        if can.appoint:
            initial = {"appointed_at": front.appointed_at}
            label = _("改约并告知客户") if front.appointed_at else _("约时间并告知客户")
            add("appoint", "calendar-event", label, _("保存约定"), "", lambda: forms.MomentForm(initial=initial))
        if can.pause:
            hint = "" if can.assign else _("超过 1 个工作日需负责人批准")
            add("pause", "player-pause", _("挂起"), _("挂起，停止计时"), hint, forms.PauseForm)
        if can.fail:
            add("fail", "x", _("这次没办成"), _("记下未成"), _("3 天内要再约"), forms.ReasonForm)
    if can.reject:
        add("reject", "ban", _("不予受理"), _("不予受理"), "", forms.RejectForm, whole_order=True, danger=True)
    if can.suspend:
        add("suspend", "player-pause", _("挂起整单"), _("挂起整单"), "", forms.SuspendForm, whole_order=True)
    if can.reopen:
        stages = reworkable(page.order, page.journey)
        make = lambda: forms.ReopenForm(stages=stages)  # noqa: E731
        add("reopen", "rotate-2", _("重开返工"), _("重开"), _("结束后 30 天内"), make, whole_order=True)
    if can.cancel:
        add("cancel", "x", _("取消订单"), _("取消订单"), "", forms.CancelForm, whole_order=True, danger=True)
    return blocks


def complain(form: django_forms.Form, error: BusinessError) -> None:
    """Put an error of the business where it belongs in the form."""
    if isinstance(form, forms.CompleteForm) and isinstance(error, EvidenceMissing):
        for guard in error.guards:
            form.add_error(form.field_of(guard.phrase), _("完成前必须有这一项。"))
        return
    name = form.field_of(error.field) if isinstance(form, forms.CompleteForm) else error.field
    form.add_error(name if name in form.fields else None, str(error))


@require_GET
@requires("order.read")
def evidence_photo(request: SignedInRequest, number: str, evidence_id: int) -> HttpResponse:
    """A photo kept as evidence, for whoever may see the order."""
    proof = get_object_or_404(Evidence, pk=evidence_id, stage__order=order_or_404(request, number))
    return shown_photo(proof.file)
