"""Pages of customers: search, one customer, the logged look at a number."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxorders.customers.actions import reveal_phone, set_do_not_call
from cxorders.customers.models import Customer, Premises
from cxorders.customers.panels import CUSTOMER
from cxorders.customers.policy import may_register, may_reveal
from cxorders.customers.queries import customer_by_number, page_of
from cxorders.organisation.access import SignedInRequest, requires


@require_GET
@requires("customer.read")
def customer_list(request: SignedInRequest) -> HttpResponse:
    """`/customers/?phone=` or `?q=`: search by phone, tail, number, name, address; one hit opens at once."""
    text = (request.GET.get("phone") or request.GET.get("q") or "").replace("\x00", "").strip()[:60]
    place = request.GET.get("after", "")
    after = int(place) if place.isascii() and place.isdecimal() and len(place) < 19 else None
    found, following = page_of(request.user, text, after)
    if text and len(found) == 1 and after is None:
        return redirect("customers:detail", found[0].number)
    query = request.GET.copy()
    query["after"] = str(following or "")
    context = {
        "found": found,
        "text": text,
        "next": f"?{query.urlencode()}" if following else "",
        "several_companies": request.user.active_grant is not None
        and request.user.active_grant.unit.company_id is None,
    }
    return render(request, "cxorders/customers/list.html", context)


@require_GET
@requires("customer.read")
def customer_detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One customer, with what the rooms above know of them."""
    customer = _customer(request, number)
    panels = CUSTOMER.panels(customer, request.user)
    context = {
        "customer": customer,
        "premises": list(Premises.objects.filter(customer=customer).order_by("pk")),
        "panels": panels,
        "may_reveal": may_reveal(request.user, customer) and customer.phone != "",
        "may_write": may_register(request.user, customer.company),
    }
    return render(request, "cxorders/customers/detail.html", context)


@require_POST
@requires("customer.reveal")
def customer_reveal(request: SignedInRequest, number: str) -> HttpResponse:
    """The full number for 60 seconds, as a fragment; the look is in the journal."""
    customer = _customer(request, number)
    now = timezone.now()
    phone = reveal_phone(customer, by=request.user, at=now)
    return render(request, "cxorders/customers/_phone.html", {"customer": customer, "phone": phone, "now": now})


@require_POST
@requires("customer.read")
def customer_calls(request: SignedInRequest, number: str) -> HttpResponse:
    """No calls for surveys and marketing, or allowed again."""
    customer = _customer(request, number)
    wanted = request.POST.get("do_not_call") == "1"
    set_do_not_call(customer, by=request.user, at=timezone.now(), value=wanted)
    messages.success(request, _("已记下：不再外呼。") if wanted else _("已记下：可以外呼。"))
    return redirect("customers:detail", customer.number)


def _customer(request: SignedInRequest, number: str) -> Customer:
    customer = customer_by_number(request.user, number)
    if customer is None:
        raise Http404
    return customer
