"""The map of touchpoints, and the forms by which a company adds to it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.access import SignedInRequest, requires
from cxorders.organisation.models import Unit
from touchpoints.catalogue.actions import add_question, clear_override, override_value, retire_question
from touchpoints.catalogue.enums import Industry
from touchpoints.catalogue.filters import companies_to_choose, company_shown, map_filter, word
from touchpoints.catalogue.forms import QuestionForm, department_choices
from touchpoints.catalogue.models import CatalogueLoad, IssueCategory, KeyPoint, Question, Touchpoint
from touchpoints.catalogue.policy import may_override, own_company
from touchpoints.catalogue.queries import MapTouchpoint, point_detail, the_map


@require_GET
@requires("catalogue.read")
def map_page(request: SignedInRequest) -> HttpResponse:
    """`/map/`: the tree with the chosen key point beside it; the same tree and pane alone as an htmx fragment."""
    template = "_body.html" if request.htmx.target == "map-body" else "page.html"
    return render(request, f"touchpoints/catalogue/{template}", _page(request, word(request, "kp")))


@require_POST
@requires("catalogue.override")
def question_add(request: SignedInRequest, code: str) -> HttpResponse:
    """Add a question of the own company to a key point; the page comes back with what was typed when it is refused."""
    key_point, company = get_object_or_404(KeyPoint, code=code, retired=False), _company(request)
    form = QuestionForm(request.POST)
    if form.is_valid():
        try:
            add_question(key_point, company=company, by=request.user, at=timezone.now(), **form.cleaned_data)
        except NotAllowed:
            raise
        except BusinessError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("已加问，以后在这个关键点都会问到。"))
            return redirect(back_to(request, _url(code)))
    context = _page(request, code) | {"form": form}
    return render(request, "touchpoints/catalogue/page.html", context, status=422)


@require_POST
@requires("catalogue.override")
def question_retire(request: SignedInRequest, code: str) -> HttpResponse:
    """Stop asking one of the own company's questions."""
    question = get_object_or_404(Question.objects.select_related("key_point", "company"), code=code)
    if question.company is not None and question.company_id != _company(request).pk:
        raise Http404(code)
    retire_question(question, by=request.user, at=timezone.now())
    messages.success(request, _("这一问已停用，以前的回答都在。"))
    return redirect(back_to(request, _url(question.key_point.code)))


@require_POST
@requires("catalogue.override")
def category_move(request: SignedInRequest, code: str) -> HttpResponse:
    """Let another department of the own company answer for an issue category, or the group's choice again."""
    category, company, at = (
        get_object_or_404(IssueCategory, code=code, retired=False),
        _company(request),
        timezone.now(),
    )
    place, by = ("issue_categories", category.code, "department_code"), request.user
    try:
        if "clear" in request.POST:
            clear_override(company, *place, by=by, at=at)
        else:
            override_value(company, *place, request.POST.get("department", ""), by=by, at=at)
    except NotAllowed:
        raise
    except BusinessError as error:
        context = _page(request, request.POST.get("kp", "")) | {"problem": str(error)}
        return render(request, "touchpoints/catalogue/page.html", context, status=error.status)
    messages.success(request, _("已改，新问题按新的部门派单。"))
    return redirect(back_to(request, _url(request.POST.get("kp", ""))))


def back_to(request: SignedInRequest, otherwise: str) -> str:
    """Where the form was opened, when that is an address of ours."""
    url = request.POST.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else otherwise


def _url(code: str, query: str = "") -> str:
    """The address of the map with the key point `code` open."""
    return f"{reverse('catalogue:map')}?{query}{'&' if query else ''}kp={code}"


def _company(request: SignedInRequest) -> Unit:
    """The own company of the person. Raises NotAllowed for people of the group."""
    company = own_company(request.user)
    if company is None:
        raise NotAllowed()
    return company


def _page(request: SignedInRequest, chosen: str) -> dict[str, Any]:
    """Everything the map shows; on a wide screen the first key point stands open when none is chosen."""
    company = company_shown(request, request.user)
    wanted = map_filter(request)
    today = timezone.localdate(timezone=BUSINESS_ZONE)
    tree = the_map(company, wanted, on=today)
    code = chosen or next((point.key_point.code for branch in tree for point in branch.points), "")
    detail = point_detail(code, company, on=today) if code else None
    if chosen and detail is None:
        raise Http404(chosen)
    may_change = company is not None and may_override(request.user, company)
    query = request.GET.copy()
    query.pop("kp", None)
    return {
        "tree": tree,
        "counts": _counts(tree),
        "wanted": wanted,
        "company": company,
        "companies": companies_to_choose(request.user),
        "touchpoints": [(t.code, t.name) for t in Touchpoint.objects.filter(retired=False).order_by("position")],
        "industries": [choice for choice in Industry.choices if choice[0] != Industry.ALL],
        "load": CatalogueLoad.objects.order_by("-loaded_at", "-pk").first(),
        "detail": detail,
        "chosen": chosen,
        "keep": f"{query.urlencode()}&" if query else "",
        "here": _url(code, query.urlencode()),
        "back": f"{reverse('catalogue:map')}?{query.urlencode()}",
        "may_change": may_change,
        "departments": department_choices(company) if may_change and company else [],
        "form": QuestionForm() if may_change else None,
        "problem": "",
    }


def _counts(tree: list[MapTouchpoint]) -> dict[str, int]:
    return {
        "touchpoints": len(tree),
        "processes": sum(len(branch.processes) for branch in tree),
        "points": sum(len(branch.points) for branch in tree),
        "adjusted": sum(branch.adjusted for branch in tree),
    }
