"""`/pledges/`: promises made by word, by day; giving one for an order or a customer; keeping it."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cxorders.customers.models import Customer
from cxorders.customers.queries import customer_by_number
from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError
from cxorders.kit.kept_form import keeps, take_back
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.orders.models import Order
from touchpoints.orders.queries.page import order_by_number
from touchpoints.pledges import actions, forms, policy
from touchpoints.pledges.enums import PledgeState, View
from touchpoints.pledges.models import Pledge
from touchpoints.pledges.queries import counts, page_of, pledge_by_number

MOST_PAGES = 200


@require_GET
@requires("order.read")
def pledge_list(request: SignedInRequest) -> HttpResponse:
    """Promises by word in reach, nearest first; the filters live in the address."""
    now, asked = timezone.now(), request.GET.get("view", "")
    view = View(asked) if asked in View.values else View.OPEN
    mine = request.GET.get("mine") == "1"
    page = request.GET.get("page", "")
    number = int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 4 else 0
    rows, more = page_of(request.user, view, now, mine=mine, start=min(number, MOST_PAGES) * 50)
    found, own = counts(request.user, now, mine=mine), "&mine=1" if mine else ""
    context = {
        "rows": rows,
        "now": now,
        "view": view,
        "mine": mine,
        "next": f"?view={view.value}{own}&page={number + 1}" if more else "",
        "tabs": [
            {
                "label": one.label,
                "count": found.get(one.value),
                "url": f"?view={one.value}{own}",
                "current": one == view,
            }
            for one in View
        ],
    }
    return render(request, "touchpoints/pledges/list.html", context)


def _whom(request: SignedInRequest, number: str) -> tuple[Customer, Order | None]:
    """The customer of an order (DD-…), or a customer (KH-…), within reach."""
    order = order_by_number(request.user, number) if number.startswith("DD") else None
    customer = order.customer if order is not None else customer_by_number(request.user, number)
    if customer is None:
        raise Http404
    return customer, order


@keeps
@require_http_methods(["GET", "POST"])
@requires("order.work")
def give(request: SignedInRequest, number: str) -> HttpResponse:
    """Note what was promised; a second submission of the form is the same promise."""
    customer, order = _whom(request, number)
    kept = take_back(request) if request.method == "GET" else None
    typed = request.POST if request.method == "POST" else kept[0] if kept else None
    form, status = forms.GiveForm(typed, user_key=request.user.pk), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.give_pledge(
                    customer, form.word(), by=request.user, at=timezone.now(), order=order,
                    client_key=form.cleaned_data["client_key"],
                )  # fmt: skip
            except BusinessError as error:
                complain(form, error)
                status = error.status
            else:
                said = _("已记下承诺 %(number)s，由您兑现。") % {"number": made.number}
                messages.success(request, said, extra_tags=f"pledge-{number}")
                return redirect("orders:detail", order.number) if order else redirect("pledges:detail", made.number)
    context = {"form": form, "customer": customer, "order": order, "key": f"pledge-{number}"}
    return render(request, "touchpoints/pledges/give.html", context, status=status)


def _pledge(request: SignedInRequest, number: str) -> Pledge:
    pledge = pledge_by_number(request.user, number)
    if pledge is None:
        raise Http404
    return pledge


def _page(
    request: SignedInRequest, pledge: Pledge, said: tuple[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """The page of one promise; `said` is the step whose form came back."""
    made = {"keep": forms.KeepForm(), "change": forms.ChangeForm(), "withdraw": forms.ConsentForm()}
    if said is not None:
        made[said[0]] = said[1]
    for step, form in made.items():
        form.auto_id = f"id_{step}_%s"  # three forms stand on the page
    now = timezone.now()
    context: dict[str, Any] = {
        "pledge": pledge,
        "late": pledge.is_late(now),
        "changes": pledge.changes.select_related("by"),
        "may_act": pledge.state == PledgeState.OPEN and policy.may_keep(request.user, pledge),
        "step": said[0] if said is not None else "",
        "forms": made,
        "now": now,
    }
    return render(request, "touchpoints/pledges/detail.html", context, status=status)


@require_GET
@requires("order.read")
def detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One promise, its changes, and what may be done."""
    return _page(request, _pledge(request, number))


def _step(
    request: SignedInRequest, number: str, step: str, form: django_forms.Form, act: Callable[..., Any], done: str
) -> HttpResponse:
    pledge = _pledge(request, number)
    if not form.is_valid():
        return _page(request, pledge, (step, form), 422)
    try:
        act(pledge, by=request.user, at=timezone.now(), **form.cleaned_data)
    except BusinessError as error:
        complain(form, error)
        return _page(request, _pledge(request, number), (step, form), error.status)
    messages.success(request, done)
    return redirect("pledges:detail", pledge.number)


@require_POST
@requires("order.work")
def keep(request: SignedInRequest, number: str) -> HttpResponse:
    """The customer has what was promised."""
    return _step(request, number, "keep", forms.KeepForm(request.POST), actions.keep_pledge, _("已记下：兑现了。"))


@require_POST
@requires("order.work")
def change(request: SignedInRequest, number: str) -> HttpResponse:
    """Another day, with the customer's consent."""
    done = _("已改期，原来的时间留在经过里。")
    return _step(request, number, "change", forms.ChangeForm(request.POST), actions.change_pledge, done)


@require_POST
@requires("order.work")
def withdraw(request: SignedInRequest, number: str) -> HttpResponse:
    """The customer lets it go."""
    done = _("已取消，客户的同意已记下。")
    return _step(request, number, "withdraw", forms.ConsentForm(request.POST), actions.withdraw_pledge, done)
