"""`/compensations/terms/`: what a company approved to pay for broken promises."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.catalogue.filters import companies_to_choose, company_shown
from touchpoints.catalogue.policy import own_company
from touchpoints.compensation import policy
from touchpoints.compensation.actions import StandardNotInTable, set_terms
from touchpoints.compensation.forms import TermsForm
from touchpoints.compensation.queries import TermsLine, companies_on, terms_lines, today_of


@require_GET
@requires("catalogue.read")
def terms_page(request: SignedInRequest) -> HttpResponse:
    """The table of the own company; people of the group see every company's."""
    return _page(request)


def _page(request: SignedInRequest, said: tuple[str, TermsForm] | None = None, status: int = 200) -> HttpResponse:
    """The page; `said` is the code of the row whose form came back."""
    now, company = timezone.now(), company_shown(request, request.user)
    may_set = company is not None and policy.may_set(request.user, company)
    lines = terms_lines(company, now)
    tomorrow = today_of(company, now) + timedelta(days=1) if company is not None else None
    rows = []
    for line in lines:
        form = said[1] if said is not None and said[0] == line.item.code else _form(line, tomorrow)
        form.auto_id = f"id_{line.item.code}_%s"  # one form for every row
        rows.append({"line": line, "form": form, "said": said is not None and said[0] == line.item.code})
    chosen = companies_to_choose(request.user)
    context: dict[str, Any] = {
        "rows": rows,
        "company": company,
        "companies": chosen,
        "lines": companies_on(now) if chosen and company is None else [],
        "may_set": may_set,
        "now": now,
    }
    return render(request, "touchpoints/compensation/terms.html", context, status=status)


def _form(line: TermsLine, tomorrow: Any) -> TermsForm:
    """The newest decision as a start, or the proposal of the catalogue."""
    newest = line.history[0] if line.history else None
    amount = newest.amount if newest is not None else line.item.amount
    is_on = "1" if newest is not None and newest.is_on else "0"
    return TermsForm(initial={"is_on": is_on, "amount": amount, "valid_from": tomorrow})


@require_POST
@requires("catalogue.override")
def decide(request: SignedInRequest, code: str) -> HttpResponse:
    """Switch one row on or off for the own company; refused values come back in the form."""
    company, form = own_company(request.user), TermsForm(request.POST)
    if company is None:
        raise NotAllowed()
    if not any(line.item.code == code for line in terms_lines(None, timezone.now())):
        raise StandardNotInTable()
    if not form.is_valid():
        return _page(request, (code, form), 422)
    try:
        terms = set_terms(company, code, by=request.user, at=timezone.now(), **form.cleaned_data)
    except BusinessError as error:
        complain(form, error)
        return _page(request, (code, form), error.status)
    said = {"day": terms.valid_from.isoformat()}
    messages.success(
        request,
        _("已批准：%(day)s 起失约的要赔付。") % said if terms.is_on else _("已关闭：%(day)s 起失约的不赔付。") % said,
    )
    return redirect("compensation:terms")
