"""One address per act on the account of a customer: one verb each, what was typed survives a refusal."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cxorders.customers import actions, forms
from cxorders.customers.models import Customer
from cxorders.customers.queries import account
from cxorders.customers.views.pages import customer_or_404, detail_page
from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError
from cxorders.organisation.access import SignedInRequest, requires


def _act(
    request: SignedInRequest, customer: Customer, name: str, form: django_forms.Form,
    verb: Callable[[dict[str, Any]], object], done: str,
) -> HttpResponse:  # fmt: skip
    """Do the act and go back to the customer; a refusal shows the page with the form as it was typed."""
    if form.is_valid():
        try:
            verb(form.cleaned_data)
        except BusinessError as error:
            complain(form, error)
        else:
            messages.success(request, done)
            return redirect("customers:detail", customer.number)
    again: dict[str, Any] = {name: form}
    return detail_page(request, customer, status=422, **again)


def _end(request: SignedInRequest, customer: Customer, verb: Callable[[], object], done: str) -> HttpResponse:
    try:
        verb()
    except BusinessError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("customers:detail", customer.number)


@require_POST
@requires("customer.read")
def calls(request: SignedInRequest, number: str) -> HttpResponse:
    """No calls for surveys and marketing, or allowed again."""
    customer = customer_or_404(request, number)
    wanted = request.POST.get("do_not_call") == "1"

    def verb(given: dict[str, Any]) -> object:
        return actions.set_do_not_call(
            customer, by=request.user, at=timezone.now(), value=wanted, reason=given["reason"]
        )  # fmt: skip

    done = _("已记下：不再外呼。") if wanted else _("已记下：可以外呼。")
    return _act(request, customer, "calls_form", forms.CallsForm(request.POST, prefix="calls"), verb, done)


@require_POST
@requires("customer.read")
def member_add(request: SignedInRequest, number: str) -> HttpResponse:
    """A further person on the account."""
    customer = customer_or_404(request, number)
    form = forms.MemberForm(request.POST, prefix="member")

    def verb(given: dict[str, Any]) -> object:
        return actions.add_member(customer, by=request.user, at=timezone.now(), **given)

    return _act(request, customer, "member_form", form, verb, _("已加到这个账户。"))


def _day_of(request: SignedInRequest) -> Any:
    form = forms.EndForm(request.POST)
    return form.cleaned_data["on"] if form.is_valid() else None


@require_POST
@requires("customer.read")
def member_end(request: SignedInRequest, number: str, key: int) -> HttpResponse:
    """A person leaves the account."""
    customer = customer_or_404(request, number)
    member = account.member_of(customer, key)
    if member is None:
        raise Http404
    on = _day_of(request)
    return _end(
        request,
        customer,
        lambda: actions.end_member(member, by=request.user, at=timezone.now(), on=on),
        _("已从账户结束，历史保留。"),
    )


@require_POST
@requires("customer.read")
def premises_add(request: SignedInRequest, number: str) -> HttpResponse:
    """One more address."""
    customer = customer_or_404(request, number)
    form = forms.PremisesForm(request.POST, prefix="home")

    def verb(given: dict[str, Any]) -> object:
        return actions.add_premises(customer, by=request.user, at=timezone.now(), **given)

    return _act(request, customer, "premises_form", form, verb, _("已加上这个地址。"))


@require_POST
@requires("customer.read")
def premises_end(request: SignedInRequest, number: str, key: int) -> HttpResponse:
    """The account covers an address no longer."""
    customer = customer_or_404(request, number)
    premises = account.premises_of(customer, key)
    if premises is None:
        raise Http404
    on = _day_of(request)
    return _end(
        request,
        customer,
        lambda: actions.end_premises(premises, by=request.user, at=timezone.now(), on=on),
        _("这个地址已结束，历史保留。"),
    )


@require_POST
@requires("customer.read")
def care_add(request: SignedInRequest, number: str) -> HttpResponse:
    """Special care from now on."""
    customer = customer_or_404(request, number)
    form = forms.CareForm(request.POST, prefix="care")

    def verb(given: dict[str, Any]) -> object:
        return actions.add_care(customer, by=request.user, at=timezone.now(), **given)

    return _act(request, customer, "care_form", form, verb, _("已记下，以后每次接触都会看到。"))


@require_POST
@requires("customer.read")
def care_end(request: SignedInRequest, number: str, key: int) -> HttpResponse:
    """A care is needed no longer."""
    customer = customer_or_404(request, number)
    care = account.care_of(customer, key)
    if care is None:
        raise Http404
    return _end(
        request, customer, lambda: actions.end_care(care, by=request.user, at=timezone.now()), _("已取消这项关怀。")
    )


@require_POST
@requires("customer.read")
def hint_add(request: SignedInRequest, number: str) -> HttpResponse:
    """A hint for the next colleague."""
    customer = customer_or_404(request, number)
    form = forms.HintForm(request.POST, prefix="hint")

    def verb(given: dict[str, Any]) -> object:
        return actions.write_hint(customer, by=request.user, at=timezone.now(), **given)

    return _act(request, customer, "hint_form", form, verb, _("已写下提示，到期自动消失。"))


@require_POST
@requires("customer.read")
def hint_end(request: SignedInRequest, number: str, key: int) -> HttpResponse:
    """End a hint before its day."""
    customer = customer_or_404(request, number)
    hint = account.hint_of(customer, key)
    if hint is None:
        raise Http404
    return _end(
        request, customer, lambda: actions.end_hint(hint, by=request.user, at=timezone.now()), _("提示已结束。")
    )
