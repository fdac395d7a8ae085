"""Pages of customers: the search and the way in from a phone number, one customer, the logged look at a number."""

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cxorders.customers import forms, policy
from cxorders.customers.actions import PhoneWrong, clean_phone, note_opening, register_customer, reveal_phone
from cxorders.customers.enums import OPENING_MINUTES
from cxorders.customers.models import Customer
from cxorders.customers.panels import known_of
from cxorders.customers.queries import account_of, customer_by_number, page_of, twins_of
from cxorders.customers.queries.account import member_of
from cxorders.customers.queries.finding import (
    FULL_PHONE,
    SHORTEST_TAIL,
    digits_of,
    looks_like_phone,
    people_with_phone,
    without_country,
)
from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.kept_form import keeps, take_back
from cxorders.organisation.access import SignedInRequest, requires

MOST_TEXT = 60


@require_GET
@requires("customer.read")
def customer_list(request: SignedInRequest) -> HttpResponse:
    """`/customers/?phone=` or `?q=`: search by phone, tail, number, name, address.

    A full number that one customer has is answered with the page itself: no second way over the network while the
    phone rings. The page then puts its own address into the bar, so that no number stays there.
    """
    text = (request.GET.get("phone") or request.GET.get("q") or "").replace("\x00", "").strip()[:MOST_TEXT]
    place = request.GET.get("after", "")
    after = int(place) if place.isascii() and place.isdecimal() and len(place) < 19 else None
    phone, wrong = _phone_in(text) if "phone" in request.GET else ("", "")
    found, following = ([], None) if wrong else page_of(request.user, phone or text, after)
    if text and len(found) == 1 and after is None:
        if phone:
            return detail_page(request, found[0], by_phone=phone)
        return redirect("customers:detail", found[0].number)
    query = request.GET.copy()
    query["after"] = str(following or "")
    company = request.user.active_grant.unit.company if request.user.active_grant is not None else None
    people = people_with_phone(found, phone) if phone and found else {}
    context = {
        "found": found,
        "rows": [(customer, people.get(customer.pk)) for customer in found],
        "text": text,
        "wrong": wrong,
        "phone": phone,
        "pair": found if phone and _mergeable(request, found) else [],
        "next": f"?{query.urlencode()}" if following else "",
        "several_companies": company is None,
        "may_register": company is not None and policy.may_register(request.user, company),
    }
    return render(request, "cxorders/customers/list.html", context)


def _mergeable(request: SignedInRequest, found: list[Customer]) -> bool:
    """Whether this person may look whether the two found are one."""
    same = len(found) == 2 and found[0].company_id == found[1].company_id
    return same and policy.may_merge(request.user, found[0])


def _phone_in(text: str) -> tuple[str, str]:
    """(full number, what is wrong with it); ("", "") for a tail, or where `text` is no number at all."""
    if not looks_like_phone(text):
        return "", ""
    digits = without_country(digits_of(text))
    if SHORTEST_TAIL <= len(digits) < FULL_PHONE:
        return "", ""
    try:
        return clean_phone(text), ""
    except PhoneWrong as error:
        return "", str(error)


@require_GET
@requires("customer.read")
def customer_detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One customer, with what the rooms above know of them. The number of a merged customer forwards."""
    customer = customer_or_404(request, number)
    if number != customer.number:
        if not number.isdecimal():
            text = _("%(old)s 已并入这位客户。") % {"old": number}
            messages.info(request, text)
        return redirect("customers:detail", customer.number)
    return detail_page(request, customer)


def detail_page(
    request: SignedInRequest, customer: Customer, *, by_phone: str = "", status: int = 200, **given: Any
) -> HttpResponse:
    """The page of `customer`; `given` are forms that came back with complaints, by their names in the template."""
    now, user = timezone.now(), request.user
    address = reverse("customers:detail", args=[customer.number])
    if by_phone:  # whatever leads back here, e.g. the switch of language, must not carry the number on
        request.path, request.META["QUERY_STRING"] = address, ""
    if request.method == "GET":
        _opened(request, customer)
    account = account_of(customer, timezone.localdate(now))
    known = known_of(customer, user, now)
    may_merge = policy.may_merge(user, customer)
    context = {
        "customer": customer,
        "account": account,
        "known": known,
        "now": now,
        "by_phone": by_phone,
        "caller": next((one for one in account.members if by_phone and one.phone == by_phone), None),
        "address": address if by_phone else "",
        "twins": twins_of(customer, account.premises),
        "may_reveal": policy.may_reveal(user, customer),
        "may_write": policy.may_register(user, customer.company),
        "may_merge": may_merge,
        "member_form": forms.MemberForm(prefix="member"),
        "premises_form": forms.PremisesForm(prefix="home"),
        "care_form": forms.CareForm(prefix="care"),
        "hint_form": forms.HintForm(prefix="hint"),
        "calls_form": forms.CallsForm(prefix="calls"),
        **given,
    }
    return render(request, "cxorders/customers/detail.html", context, status=status)


def _opened(request: SignedInRequest, customer: Customer) -> None:
    """Write the opening into the journal, once for all views of the page within a few minutes."""
    if cache.add(f"customer-opened:{request.user.pk}:{customer.pk}", 1, OPENING_MINUTES * 60):
        note_opening(customer, by=request.user, at=timezone.now())


@keeps
@require_http_methods(["GET", "POST"])
@requires("customer.read")
def customer_new(request: SignedInRequest) -> HttpResponse:
    """Register somebody who is met for the first time; a second submission opens the same customer."""
    unit = request.user.active_grant.unit if request.user.active_grant is not None else None
    if unit is None or unit.company is None or not policy.may_register(request.user, unit.company):
        raise NotAllowed()
    if request.method == "POST":
        form = forms.NewCustomerForm(request.POST, user=request.user)
        if form.is_valid():
            given = form.cleaned_data
            try:
                customer = register_customer(
                    company=unit.company, by=request.user, at=timezone.now(), name=given["name"],
                    phone=given["phone"], address=given["address"], salutation=given["salutation"],
                    client_key=given["client_key"],
                )  # fmt: skip
            except BusinessError as error:
                complain(form, error)
            else:
                messages.success(request, _("已登记 %(name)s。") % {"name": customer})
                return redirect("customers:detail", customer.number)
        return render(request, "cxorders/customers/new.html", {"form": form}, status=422)
    kept = take_back(request)
    phone = request.GET.get("phone", "").replace("\x00", "")[:30]
    form = forms.NewCustomerForm(kept[0] if kept else None, initial={"phone": phone}, user=request.user)
    return render(request, "cxorders/customers/new.html", {"form": form})


@require_POST
@requires("customer.reveal")
def customer_reveal(request: SignedInRequest, number: str) -> HttpResponse:
    """The full number for 60 seconds, as a fragment; the look is in the journal."""
    customer = customer_or_404(request, number)
    now = timezone.now()
    phone = reveal_phone(customer, by=request.user, at=now)
    return render(request, "cxorders/customers/_phone.html", {"masked": customer.phone, "phone": phone, "now": now})


@require_POST
@requires("customer.reveal")
def customer_reveal_other(request: SignedInRequest, number: str, whose: str) -> HttpResponse:
    """The full number of a person of the account (`m` and the key) or of a merged customer (`c` and the key)."""
    customer = customer_or_404(request, number)
    now, kind, key = timezone.now(), whose[:1], int(whose[1:]) if whose[1:].isdecimal() and len(whose) < 19 else 0
    if kind == "m" and (member := member_of(customer, key)) is not None:
        phone = reveal_phone(customer, by=request.user, at=now, member=member)
    elif kind == "c" and key in customer.keys:
        phone = reveal_phone(Customer.objects.get(pk=key), by=request.user, at=now)
    else:
        raise Http404
    return render(request, "cxorders/customers/_phone.html", {"masked": phone, "phone": phone, "now": now})


def customer_or_404(request: SignedInRequest, number: str) -> Customer:
    """The customer in reach under this number, or the one it was merged into."""
    customer = customer_by_number(request.user, number)
    if customer is None:
        raise Http404
    return customer
