"""Pages of contacts: registering one beside the customer, what I still answer for, one contact."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cxorders.customers.models import Customer
from cxorders.customers.queries import customer_by_number
from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError
from cxorders.kit.formats import date_prose
from cxorders.kit.kept_form import keeps, take_back
from cxorders.organisation.access import SignedInRequest, requires
from feedback.contacts import policy
from feedback.contacts.actions import answer_contact, register_contact
from feedback.contacts.enums import Outcome
from feedback.contacts.forms import AnswerForm, ContactForm
from feedback.contacts.models import Contact
from feedback.contacts.queries.listing import VIEWS, contact_by_number, page_of
from feedback.contacts.queries.reasons import reasons, tags_known


@keeps
@require_http_methods(["GET", "POST"])
@requires("contact.create")
def register(request: SignedInRequest, number: str) -> HttpResponse:
    """Register a contact of the customer; a second submission is the same contact."""
    customer = customer_by_number(request.user, number)
    if customer is None:
        raise Http404
    kept = take_back(request) if request.method == "GET" else None
    typed = request.POST if request.method == "POST" else kept[0] if kept else None
    form = ContactForm(typed, customer=customer, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            contact = register_contact(customer, by=request.user, at=timezone.now(), **form.values())
        except BusinessError as error:
            complain(form, error)
        else:
            return _onward(request, contact, customer)
    status = 422 if request.method == "POST" else 200
    return render(request, "feedback/contacts/new.html", {"form": form, "customer": customer}, status=status)


def _onward(request: SignedInRequest, contact: Contact, customer: Customer) -> HttpResponse:
    """Where the work goes on: the customer again, or the form the contact becomes."""
    draft = f"contact-{customer.number}"
    if contact.outcome == Outcome.FEEDBACK:
        messages.success(request, _("联系已登记，请接着把客户的话记成反馈。"), extra_tags=draft)
        return redirect(onward_url(contact, customer))
    if contact.outcome == Outcome.ORDER:
        messages.success(request, _("联系已登记，请接着受理订单。"), extra_tags=draft)
        return redirect(onward_url(contact, customer))
    if contact.reply_due_at is not None and contact.handed_to is not None:
        said = {"unit": contact.handed_to.name, "at": date_prose(contact.reply_due_at)}
        text = _("已登记：%(unit)s %(at)s 前答复；答复前您是首问负责人。") % said
    else:
        text = _("已登记，当场答复。")
    messages.success(request, text, extra_tags=draft)
    return redirect("customers:detail", customer.number)


def onward_url(contact: Contact, customer: Customer) -> str:
    """The prefilled form a contact becomes; "" where it becomes none."""
    if contact.outcome == Outcome.FEEDBACK:
        about = {"customer": customer.number, "contact": contact.number}
        return f"{reverse('intake:new')}?{urlencode(about)}"
    if contact.outcome == Outcome.ORDER:
        return f"{reverse('orders:new')}?{urlencode({'find': customer.number, 'place': f'{customer.pk}:'})}"
    return ""


@require_GET
@requires("contact.create")
def contact_list(request: SignedInRequest) -> HttpResponse:
    """What I took and nobody has answered yet; what my unit owes; what is over."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    page = page_of(request.user, view)
    names = {one.code: one.name for one in reasons()}
    rows = [(contact, names.get(contact.reason_code, contact.reason_code)) for contact in page.rows]
    labels = {"mine": _("我首问，还没有答复"), "unit": _("转到本单位的"), "done": _("我登记的，已办结")}
    tabs = [
        {"label": labels[one], "url": f"?view={one}", "count": None, "current": one == view} for one in VIEWS
    ]  # fmt: skip
    context = {"rows": rows, "more": page.more, "view": view, "tabs": tabs, "now": timezone.now()}
    return render(request, "feedback/contacts/list.html", context)


def _contact(request: SignedInRequest, number: str) -> Contact:
    contact = contact_by_number(request.user, number)
    if contact is None:
        raise Http404
    return contact


def _page(
    request: SignedInRequest, contact: Contact, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    names = {one.code: one.name for one in [*reasons(), *tags_known()]}
    customer = customer_by_number(request.user, str(contact.customer_id))
    context = {
        "contact": contact,
        "customer": customer or contact.customer,
        "reason": names.get(contact.reason_code, contact.reason_code),
        "tags": [names.get(code, code) for code in contact.tags],
        "may_answer": contact.ended_at is None and policy.may_answer(request.user, contact),
        "onward": onward_url(contact, customer) if customer is not None and contact.ended_at is None else "",
        "form": form or AnswerForm(),
        "now": timezone.now(),
    }
    return render(request, "feedback/contacts/detail.html", context, status=status)


@require_GET
@requires("contact.create")
def detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One contact, and the way to answer it."""
    return _page(request, _contact(request, number))


@require_POST
@requires("contact.create")
def answer(request: SignedInRequest, number: str) -> HttpResponse:
    """The customer has the answer."""
    contact = _contact(request, number)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, contact, form, 422)
    try:
        answer_contact(contact, by=request.user, at=timezone.now(), text=form.cleaned_data["text"])
    except BusinessError as error:
        complain(form, error)
        return _page(request, _contact(request, number), form, error.status)
    messages.success(request, _("已记下答复，首问责任结束。"))
    return redirect("contacts:detail", contact.number)
