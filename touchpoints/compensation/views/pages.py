"""`/compensations/`: what customers are owed for broken promises, by state; paying one, or refusing it."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.compensation import actions, policy
from touchpoints.compensation.enums import View
from touchpoints.compensation.forms import PayForm, RefuseForm
from touchpoints.compensation.models import Compensation
from touchpoints.compensation.queries import compensation_by_number, page_of, tallies, today_of
from touchpoints.orders.wording import due_text
from touchpoints.promises.enums import Standing
from touchpoints.promises.queries import Promises, Wanted

MOST_PAGES = 200


@require_GET
@requires("order.read")
def compensation_list(request: SignedInRequest) -> HttpResponse:
    """Compensations in reach, by state; beside the tabs of the promises they came from."""
    now, asked = timezone.now(), request.GET.get("view", "")
    view = View(asked) if asked in View.values else View.DUE
    page = request.GET.get("page", "")
    number = int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 4 else 0
    rows, more = page_of(request.user, view, now, start=min(number, MOST_PAGES) * 50)
    found, counts = tallies(request.user, now), Promises(request.user, Wanted(), now).counts()
    promises = reverse("promises:list")
    context = {
        "rows": [(row, row.owed(now), due_text(row.broken_at)) for row in rows],
        "now": now,
        "view": view,
        "total": found[view],
        "next": f"?view={view.value}&page={number + 1}" if more else "",
        "tabs": [
            {
                "label": state.label,
                "count": counts[state],
                "url": f"{promises}?state={state.value}",
                "current": False,
            }
            for state in Standing
        ],
        "views": [
            {"label": one.label, "tally": found[one], "url": f"?view={one.value}", "current": one == view}
            for one in View
        ],
    }
    return render(request, "touchpoints/compensation/list.html", context)


def _compensation(request: SignedInRequest, number: str) -> Compensation:
    found = compensation_by_number(request.user, number)
    if found is None:
        raise Http404(number)
    return found


def _page(
    request: SignedInRequest,
    compensation: Compensation,
    said: tuple[str, django_forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one compensation; `said` is the step whose form came back."""
    now = timezone.now()
    today = today_of(compensation.company, now)
    owed, extra = actions.owed_on(compensation, today)
    made: dict[str, django_forms.Form] = {
        "pay": PayForm(initial={"paid_on": today, "paid": owed}),
        "refuse": RefuseForm(compensation=compensation),
    }
    if said is not None:
        made[said[0]] = said[1]
    for step, form in made.items():
        form.auto_id = f"id_{step}_%s"  # two forms stand on the page
    context: dict[str, Any] = {
        "compensation": compensation,
        "stage": compensation.stage,
        "order": compensation.stage.order,
        "promised": due_text(compensation.broken_at),
        "owed": compensation.owed(now),
        "extra": extra,
        "late": compensation.is_late(now),
        "may_settle": compensation.is_due and policy.may_settle(request.user, compensation),
        "own_stage": compensation.stage.assignee_id == request.user.pk,
        "step": said[0] if said is not None else "",
        "forms": made,
        "now": now,
    }
    return render(request, "touchpoints/compensation/detail.html", context, status=status)


@require_GET
@requires("order.read")
def detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One compensation: the promise, the order, the customer, the clock, and what may be done."""
    return _page(request, _compensation(request, number))


def _step(
    request: SignedInRequest,
    compensation: Compensation,
    step: str,
    form: django_forms.Form,
    act: Callable[..., Compensation],
) -> HttpResponse | None:
    """Take the step; the page with what was typed where it is refused."""
    if not form.is_valid():
        return _page(request, compensation, (step, form), 422)
    try:
        act(compensation, by=request.user, at=timezone.now(), **form.cleaned_data)
    except BusinessError as error:
        complain(form, error)
        return _page(request, _compensation(request, compensation.number), (step, form), error.status)
    return None


@require_POST
@requires("compensation.settle")
def pay(request: SignedInRequest, number: str) -> HttpResponse:
    """The customer has the money."""
    owed = _compensation(request, number)
    refused = _step(request, owed, "pay", PayForm(request.POST), actions.pay_compensation)
    if refused is not None:
        return refused
    messages.success(request, _("已记下：付了 %(sum)s 元。") % {"sum": owed.amount + owed.extra})
    return redirect("compensation:detail", owed.number)


@require_POST
@requires("compensation.settle")
def refuse(request: SignedInRequest, number: str) -> HttpResponse:
    """The customer gets nothing, with the reason."""
    owed = _compensation(request, number)
    form = RefuseForm(request.POST, compensation=owed)
    refused = _step(request, owed, "refuse", form, actions.refuse_compensation)
    if refused is not None:
        return refused
    messages.success(request, _("已记下：不赔，原因留在订单经过里。"))
    return redirect("compensation:detail", owed.number)
