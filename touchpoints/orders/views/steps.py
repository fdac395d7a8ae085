"""One address per transition of an order or a stage: POST, one verb, back to the order."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cxorders.kit.errors import BusinessError
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.orders import actions, forms
from touchpoints.orders.actions.households import BadLines
from touchpoints.orders.households import parse
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries.journey import journey_of
from touchpoints.orders.queries.page import people_for, reworkable
from touchpoints.orders.views.pages import Said, complain, detail_page, order_or_404

View = Callable[..., HttpResponse]


def _step(
    request: SignedInRequest,
    order: Order,
    step: str,
    form: django_forms.Form,
    act: Callable[[], object],
    done: str,
) -> HttpResponse:
    """Check the form, do the act, come back to the order; what was typed survives a refusal."""
    if not form.is_valid():
        return detail_page(request, order, Said(step, form), 422)
    try:
        act()
    except BusinessError as error:
        if error.status in (403, 404):
            raise
        complain(form, error)
        lines = list(error.lines) if isinstance(error, BadLines) else []
        fresh = order_or_404(request, order.number)
        return detail_page(request, fresh, Said(step, form, str(error), lines), error.status)
    messages.success(request, done)
    return redirect("orders:detail", order.number)


def _stage(order: Order, stage_id: int) -> Stage:
    rows = Stage.objects.select_related("stage_type__process", "stage_type__touchpoint", "unit", "assignee")
    stage = get_object_or_404(rows, order=order, pk=stage_id)
    stage.order = order
    return stage


def _stage_view(
    permission: str,
    step: str,
    done: Any,
    verb: Callable[..., object],
    make: Callable[[Any, Stage], django_forms.Form] = lambda data, _stage: forms.ReasonForm(data),
) -> View:
    """The view of one transition of a stage: `verb(stage, by=, at=, **fields of the form)`."""

    def view(request: SignedInRequest, number: str, stage_id: int) -> HttpResponse:
        order = order_or_404(request, number)
        stage = _stage(order, stage_id)
        form = make(request.POST, stage)

        def act() -> object:
            return verb(stage, by=request.user, at=timezone.now(), **form.cleaned_data)

        return _step(request, order, step, form, act, str(done))

    view.__name__ = f"stage_{step}"
    view.__doc__ = f"Transition of a stage: {step}."
    return require_POST(requires(permission)(view))


def _order_view(
    permission: str,
    step: str,
    done: Any,
    verb: Callable[..., object],
    make: Callable[[Any], django_forms.Form] = forms.ReasonForm,
) -> View:
    """The view of one transition of an order: `verb(order, by=, at=, **fields of the form)`."""

    def view(request: SignedInRequest, number: str) -> HttpResponse:
        order = order_or_404(request, number)
        form = make(request.POST)

        def act() -> object:
            return verb(order, by=request.user, at=timezone.now(), **form.cleaned_data)

        return _step(request, order, step, form, act, str(done))

    view.__name__ = f"order_{step}"
    view.__doc__ = f"Transition of an order: {step}."
    return require_POST(requires(permission)(view))


def _nothing(data: Any, _subject: Any = None) -> django_forms.Form:
    return django_forms.Form(data)


@require_POST
@requires("order.work")
def stage_complete(request: SignedInRequest, number: str, stage_id: int) -> HttpResponse:
    """O8: with the evidence of every guard."""
    order = order_or_404(request, number)
    stage = _stage(order, stage_id)
    form = forms.CompleteForm(request.POST, request.FILES, stage=stage)

    def act() -> object:
        return actions.complete_stage(stage, by=request.user, at=timezone.now(), evidence=form.evidence())

    done = _("“%(name)s”已完成。") % {"name": stage.stage_type.name}
    return _step(request, order, "complete", form, act, done)


def _assign_form(data: Any, stage: Stage) -> forms.AssignForm:
    return forms.AssignForm(data, people=people_for(stage, timezone.now()))


stage_fail = _stage_view("order.work", "fail", gettext_lazy("已记下未成，请在 3 天内再约。"), actions.fail_stage)
stage_retry = _stage_view(
    "order.work", "retry", gettext_lazy("已继续办理。"), actions.retry_stage, lambda data, _s: forms.RetryForm(data)
)
stage_skip = _stage_view("order.manage", "skip", gettext_lazy("已跳过。"), actions.skip_stage)
stage_decide = _stage_view("order.work", "decide", gettext_lazy("已确定需要，开始计时。"), actions.decide_stage)
stage_pause = _stage_view(
    "order.work",
    "pause",
    gettext_lazy("已挂起，计时停止。"),
    actions.pause_stage,
    lambda data, _s: forms.PauseForm(data),
)
stage_approve_pause = _stage_view(
    "order.manage", "approve_pause", gettext_lazy("已批准挂起。"), actions.approve_pause, _nothing
)
stage_resume = _stage_view("order.work", "resume", gettext_lazy("已恢复计时。"), actions.resume_stage, _nothing)
stage_assign = _stage_view("order.manage", "assign", gettext_lazy("已交给负责人。"), actions.assign_stage, _assign_form)
stage_appoint = _stage_view(
    "order.work",
    "appoint",
    gettext_lazy("约定已保存，请告知客户。"),
    actions.appoint_stage,
    lambda data, _s: forms.MomentForm(data),
)


def _take(stage: Stage, *, by: Any, at: Any) -> Stage:
    return actions.assign_stage(stage, by=by, at=at, assignee=by)


stage_take = _stage_view("order.work", "take", gettext_lazy("已由您领取。"), _take, _nothing)

accept = _order_view("order.read", "accept", gettext_lazy("已受理。"), actions.accept_order, _nothing)
reject = _order_view("order.read", "reject", gettext_lazy("已记为不予受理。"), actions.reject_order, forms.RejectForm)
suspend = _order_view("order.manage", "suspend", gettext_lazy("整单已挂起。"), actions.suspend_order, forms.SuspendForm)
resume = _order_view("order.manage", "resume", gettext_lazy("整单已恢复。"), actions.resume_order, _nothing)
cancel = _order_view("order.read", "cancel", gettext_lazy("订单已取消。"), actions.cancel_order, forms.CancelForm)


@require_POST
@requires("order.manage")
def reopen(request: SignedInRequest, number: str) -> HttpResponse:
    """O16: rework of a chosen stage."""
    order = order_or_404(request, number)
    now = timezone.now()
    form = forms.ReopenForm(request.POST, stages=reworkable(order, journey_of(order, request.user, now)))

    def act() -> object:
        chosen = form.stage_types[form.cleaned_data["stage"]]
        return actions.reopen_order(
            order, by=request.user, at=now, reason=form.cleaned_data["reason"], stage_type=chosen
        )

    return _step(request, order, "reopen", form, act, _("已重开，返工环节开始计时。"))


@require_POST
@requires("order.create")
def household_add(request: SignedInRequest, number: str) -> HttpResponse:
    """One household of a contract."""
    order = order_or_404(request, number)
    form = forms.HouseholdForm(request.POST)

    def act() -> object:
        return actions.add_household(order, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _step(request, order, "household", form, act, _("住户已登记。"))


@require_POST
@requires("order.create")
def household_paste(request: SignedInRequest, number: str) -> HttpResponse:
    """Households pasted as lines: all, or none and what is wrong."""
    order = order_or_404(request, number)
    form = forms.PasteForm(request.POST)

    def act() -> object:
        lines = parse(form.cleaned_data["lines"])
        return actions.add_households(order, lines, by=request.user, at=timezone.now())

    return _step(request, order, "paste", form, act, _("住户已登记。"))
