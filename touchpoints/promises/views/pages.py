"""`/promises/`: the promises of a unit by state, and telling the customer of a broken one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import reswap, retarget

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.kept_form import AUTHOR, keeps, take_back
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.scope import scope_of
from touchpoints.orders.filters import place_text
from touchpoints.orders.models import OrderType, Stage
from touchpoints.orders.queries.journey import is_late
from touchpoints.orders.queries.listing import unit_options
from touchpoints.orders.queries.page import order_by_number
from touchpoints.promises import policy
from touchpoints.promises.actions import PromiseNotBroken, tell_breach
from touchpoints.promises.enums import Standing
from touchpoints.promises.filters import wanted_from
from touchpoints.promises.forms import TellForm
from touchpoints.promises.queries import Promises, to_decide
from touchpoints.standards.models import Standard


@require_GET
@requires("order.read")
def promise_list(request: SignedInRequest) -> HttpResponse:
    """Promises in reach; filters live in the address."""
    now = timezone.now()
    wanted = wanted_from(request.GET)
    promises = Promises(request.user, wanted, now)
    page, counts = promises.page(), promises.counts()
    context = {
        "wanted": wanted,
        "page": page,
        "now": now,
        "month": promises.month,
        "next": _link(request, after=place_text(page.next)) if page.next else "",
        "tabs": [
            {
                "label": state.label,
                "count": counts[state],
                "url": _link(request, state=state.value),
                "current": state == wanted.state,
            }
            for state in Standing
        ],
        "types": [(kind.code, kind.name) for kind in OrderType.objects.order_by("position", "code")],
        "standards": [(one.code, one.name) for one in Standard.objects.filter(retired=False).order_by("code")],
        "units": [(unit.pk, unit.name) for unit in unit_options(request.user)],
        "fresh": False,
        "everywhere": scope_of(request.user).everything,
        "shares": promises.by_standard(),
        "to_decide": len(to_decide(request.user)) if may(request.user, "promise.exempt") else 0,
        "filtered": bool(request.GET.keys() - {"after", "state"}),
    }
    return render(request, "touchpoints/promises/page.html", context)


def _link(request: SignedInRequest, **changes: str) -> str:
    """The present filters with `changes`, from the first page on."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def stage_or_404(request: SignedInRequest, number: str, stage_id: int) -> Stage:
    """A stage of an order in reach, by the number of the order."""
    order = order_by_number(request.user, number)
    rows = Stage.objects.select_related("stage_type", "unit", "assignee", "breach_told__by")
    stage = rows.filter(order=order, pk=stage_id).first() if order is not None else None
    if order is None or stage is None:
        raise Http404
    stage.order = order
    return stage


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
@requires("order.work")
def tell(request: SignedInRequest, number: str, stage_id: int) -> HttpResponse:
    """The form "customer told" of one broken promise, and the step by POST; in place under htmx."""
    stage, now = stage_or_404(request, number, stage_id), timezone.now()
    if not policy.may_tell(request.user, stage):
        raise NotAllowed()
    if request.method != "POST":
        kept = take_back(request)
        done = getattr(stage, "breach_told", None) is not None
        problem = None if done or is_late(stage, now) else PromiseNotBroken()
        return _form_page(request, stage, TellForm(kept[0] if kept else None), problem, 409 if problem else 200)
    form = TellForm(request.POST)
    if not form.is_valid():
        return _form_page(request, stage, form, None, 422)
    try:
        tell_breach(stage, by=request.user, at=now, **form.cleaned_data)
    except NotAllowed:
        raise
    except BusinessError as error:
        return _form_page(request, stage, form, error, error.status)
    if request.htmx:
        row = Promises(request.user, wanted_from(request.GET), now).rows_of([stage_or_404(request, number, stage_id)])
        answer = render(request, "touchpoints/promises/_told.html", {"row": row[0], "now": now, "fresh": True})
        return reswap(retarget(answer, f"#told-{stage.pk}"), "outerHTML")  # the form stands inside what changes
    messages.success(request, _("已记下：客户已被告知。"))
    return redirect(f"{reverse('promises:list')}?state={Standing.BROKEN.value}")


def _form_page(
    request: SignedInRequest, stage: Stage, form: TellForm, problem: BusinessError | None, status: int
) -> HttpResponse:
    fragment = bool(request.htmx) and not request.htmx.boosted
    form.auto_id = f"id_{stage.pk}_%s"  # several of these forms may stand on one page
    context: dict[str, Any] = {
        "stage": stage,
        "form": form,
        "problem": problem,
        "fragment": fragment,
        "told": getattr(stage, "breach_told", None),
        "author": AUTHOR,
        "url": reverse("promises:tell", args=[stage.order.number, stage.pk]),
    }
    template = "touchpoints/promises/_tell.html" if fragment else "touchpoints/promises/tell.html"
    return render(request, template, context, status=status)
