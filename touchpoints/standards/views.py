"""The list of service standards, and the form by which a company asks more of itself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.catalogue.actions import clear_override, override_value
from touchpoints.catalogue.filters import companies_to_choose, company_shown, word
from touchpoints.catalogue.models import Touchpoint
from touchpoints.catalogue.policy import may_override, own_company
from touchpoints.catalogue.wording import unit_name
from touchpoints.standards.enums import Evidence
from touchpoints.standards.models import Standard
from touchpoints.standards.queries import (
    StandardDetail,
    StandardFilter,
    evidence_kinds,
    standard_detail,
    standard_lines,
)


@require_GET
@requires("catalogue.read")
def standard_list(request: SignedInRequest) -> HttpResponse:
    """`/standards/`: the list, the chosen standard beside it; both alone as an htmx fragment."""
    template = "_body.html" if request.htmx.target == "map-body" else "page.html"
    return render(request, f"touchpoints/standards/{template}", _page(request, word(request, "s")))


@require_POST
@requires("catalogue.override")
def tighten(request: SignedInRequest, code: str) -> HttpResponse:
    """Set the own company's stricter value, or follow the group again; refused values come back in the form."""
    standard, company = get_object_or_404(Standard, code=code, retired=False), own_company(request.user)
    if company is None:
        raise NotAllowed()
    place, by, at = ("standards", standard.code, "value"), request.user, timezone.now()
    typed = request.POST.getlist("value")
    try:
        if "clear" in request.POST:
            clear_override(company, *place, by=by, at=at)
        else:
            override_value(company, *place, typed if len(typed) != 1 else typed[0], by=by, at=at)
    except NotAllowed:
        raise
    except BusinessError as error:
        context = _page(request, standard.code) | {"problem": str(error)}
        context["fields"] = _fields(context["detail"], typed)
        return render(request, "touchpoints/standards/page.html", context, status=error.status)
    messages.success(request, _("已改，以后受理的订单按新标准承诺。"))
    return redirect(f"{reverse('standards:list')}?s={standard.code}")


def _page(request: SignedInRequest, chosen: str) -> dict[str, Any]:
    company = company_shown(request, request.user)
    wanted = StandardFilter(
        touchpoint=word(request, "tp"),
        text=word(request, "q"),
        evidence=word(request, "evidence"),
        adjusted=word(request, "own") == "1",
    )
    lines = standard_lines(company, wanted)
    code = chosen or next((line.standard.code for line in lines), "")
    detail = standard_detail(code, company) if code else None
    if chosen and detail is None:
        raise Http404(chosen)
    query = request.GET.copy()
    query.pop("s", None)
    return {
        "lines": lines,
        "wanted": wanted,
        "company": company,
        "companies": companies_to_choose(request.user),
        "touchpoints": [(t.code, t.name) for t in Touchpoint.objects.filter(retired=False).order_by("position")],
        "evidence": [(kind, Evidence(kind).label) for kind in evidence_kinds() if kind in Evidence.values],
        "detail": detail,
        "unit": unit_name(detail.line.standard.unit) if detail else "",
        "fields": _fields(detail, []),
        "chosen": chosen,
        "back": f"{reverse('standards:list')}?{query.urlencode()}",
        "keep": f"{query.urlencode()}&" if query else "",
        "may_change": company is not None and may_override(request.user, company),
        "problem": "",
    }


def _fields(detail: StandardDetail | None, typed: list[str]) -> list[dict[str, Any]]:
    """The inputs of the form: label and value, what was typed first, then the company's own value, then nothing."""
    if detail is None:
        return []
    standard, own = detail.line.standard, detail.line.requirement.own
    labels = [_("从"), _("到")] if standard.op in ("between", "not_in") else [_("本公司标准")]
    present = own.value if own is not None else []
    values = typed or (present if isinstance(present, list) else [present])
    filled = [*values, *[""] * len(labels)][: len(labels)]
    return [{"label": label, "value": value} for label, value in zip(labels, filled, strict=True)]
