"""Two customers side by side, one of them kept; and the way back."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cxorders.customers import forms, policy
from cxorders.customers.actions import merge_customers, undo_merge
from cxorders.customers.models import Customer
from cxorders.customers.panels import tallies_of
from cxorders.customers.queries import Account, account_of
from cxorders.customers.queries.account import merge_of
from cxorders.customers.views.pages import customer_or_404
from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.access import SignedInRequest, requires


@dataclass(frozen=True)
class Side:
    """One of the two, with what hangs on it."""

    customer: Customer
    account: Account
    counts: list[tuple[Any, int]]


@require_http_methods(["GET", "POST"])
@requires("customer.merge")
def compare(request: SignedInRequest, number: str, other: str) -> HttpResponse:
    """GET shows both, POST merges: the one that is kept is chosen, the other one forwards to it."""
    first, second = customer_or_404(request, number), customer_or_404(request, other)
    if not policy.may_merge(request.user, first):
        raise NotAllowed()
    numbers = [first.number, second.number]
    form = forms.MergeForm(request.POST or None, numbers=numbers, initial={"keep": first.number})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            kept, merged = (first, second) if form.cleaned_data["keep"] == first.number else (second, first)
            try:
                merge_customers(
                    kept, merged, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"]
                )  # fmt: skip
            except BusinessError as error:
                complain(form, error)
                status = error.status
            else:
                text = _("%(merged)s 已并入 %(kept)s；记错了可以在本页撤销。")
                messages.success(request, text % {"merged": merged.number, "kept": kept.number})
                return redirect("customers:detail", kept.number)
    context = {
        "form": form,
        "sides": _sides([first, second]),
        "same": first.pk == second.pk,
        "foreign": first.company_id != second.company_id,
        "first": first,
    }
    return render(request, "cxorders/customers/merge.html", context, status=status)


def _sides(customers: list[Customer]) -> list[Side]:
    """Both with their accounts and how many rows each room has of them."""
    tallies = tallies_of([key for customer in customers for key in customer.keys])
    today = timezone.localdate()
    return [
        Side(
            customer,
            account_of(customer, today),
            [(label, sum(counts.get(key, 0) for key in customer.keys)) for label, counts in tallies],
        )
        for customer in customers
    ]


@require_POST
@requires("customer.merge")
def undo(request: SignedInRequest, number: str, key: int) -> HttpResponse:
    """Both stand for themselves again."""
    customer = customer_or_404(request, number)
    merge = merge_of(customer, key)
    if merge is None:
        raise Http404
    try:
        undo_merge(merge, by=request.user, at=timezone.now())
    except BusinessError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤销合并：%(number)s 恢复原样。") % {"number": merge.merged.number})
    return redirect("customers:detail", customer.number)
