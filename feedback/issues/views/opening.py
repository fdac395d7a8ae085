"""`/issues/new/`: register an issue directly, e.g. out of a call."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.kept_form import keeps, take_back
from cxorders.organisation.access import SignedInRequest, requires
from feedback.issues.actions import IssueDraft, open_issue
from feedback.issues.enums import IssueSource
from feedback.issues.forms import NewIssueForm
from feedback.issues.models import Issue


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
@requires("issue.create")
def new(request: SignedInRequest) -> HttpResponse:
    """The short form; `?customer=` and `?order=` fill it. POST opens, triages and dispatches."""
    if request.method != "POST":
        kept = take_back(request)
        first = {
            "customer_text": request.GET.get("customer", "")[:60],
            "order_number": request.GET.get("order", "")[:20],
        }
        form = NewIssueForm(kept[0], user=request.user) if kept else NewIssueForm(user=request.user, initial=first)
        return _show(request, form)
    form = NewIssueForm(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        issue = _open(request, form)
    except NotAllowed:
        raise
    except BusinessError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _show(request, form, status=error.status)
    messages.success(
        request, _("已登记 %(number)s，派到%(unit)s。") % {"number": issue.number, "unit": issue.unit.name}, "new-issue"
    )
    return redirect("issues:detail", number=issue.number)


def _open(request: SignedInRequest, form: NewIssueForm) -> Issue:
    data: dict[str, Any] = form.cleaned_data
    grant = request.user.active_grant
    where = form.order or form.customer
    company = where.company if where is not None else (grant.unit.company if grant is not None else None)
    if grant is None or company is None:
        raise NotAllowed()  # a person of the group names a customer or an order first
    draft = IssueDraft(
        company=company,
        unit=grant.unit if grant.unit.company_id == company.pk else company,
        key_point=data["key_point"],
        title=data["title"],
        text=data["text"],
        category=data["category"],
        customer=form.customer,
        order=form.order,
        source=IssueSource.CALL if grant.role_code == "agent" else IssueSource.FRONT,
        client_key=data["client_key"],
    )
    return open_issue(draft, by=request.user, at=timezone.now())


def _show(request: SignedInRequest, form: NewIssueForm, status: int = 200) -> HttpResponse:
    crumbs = [{"label": _("问题流转"), "url": reverse("issues:list")}, {"label": _("登记问题"), "url": ""}]
    return render(request, "feedback/issues/new.html", {"form": form, "crumbs": crumbs}, status=status)
