"""`/o/<token>/`: the progress of one order for its customer, and giving the link from the order page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from cxorders.kit.errors import BusinessError
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.orders.queries.page import order_by_number
from touchpoints.progress import actions
from touchpoints.progress.door import by_token
from touchpoints.progress.panels import PROGRESS, Visit
from touchpoints.progress.queries import progress_of


def page_url(visit: Visit) -> str:
    """The page of a visit, in its language."""
    return f"{reverse('progress:page', args=[visit.token])}?lang={visit.language[:2]}"


def show(request: HttpRequest, visit: Visit, status: int = 200) -> HttpResponse:
    """The page; `visit.typed` brings back what a refused form had."""
    context = {
        "visit": visit,
        "language": visit.language,
        "page": progress_of(visit.link.order, visit.at),
        "panels": PROGRESS.panels(visit, None)["main"],
        "lang": visit.language[:2],
        "call_error": visit.typed.get("call_error", ""),
    }
    return render(request, "touchpoints/progress/page.html", context, status=status)


@require_safe
@by_token
def progress(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Where my order stands."""
    return show(request, visit)


@require_POST
@by_token
def call_me(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask to be called at one of the times offered; the same wish twice is one."""
    day, _sep, slot = request.POST.get("when", "").partition(" ")
    try:
        actions.wish_call(visit.link.order, at=visit.at, day=_day(day), slot=slot)
    except BusinessError as error:
        return show(request, replace(visit, typed={"call_error": str(error)}), error.status)
    return redirect(page_url(visit) + "#call")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


# ---- the staff's side --------------------------------------------------------------------------------------------


def _step(verb: Callable[..., Any], done: Any) -> Callable[..., HttpResponse]:
    """The view of one step about the link of an order."""

    def view(request: SignedInRequest, number: str) -> HttpResponse:
        order = order_by_number(request.user, number)
        if order is None:
            raise Http404
        verb(order, by=request.user, at=timezone.now())
        messages.success(request, str(done))
        return redirect("orders:detail", order.number)

    view.__name__ = verb.__name__
    view.__doc__ = f"Step: {verb.__name__}."
    return require_POST(requires("order.work")(view))


share = _step(actions.share_progress, _("链接已生成，可以发给客户。"))
withdraw = _step(actions.withdraw_progress, _("链接已停用。"))
renew = _step(actions.renew_progress, _("已换新链接，旧链接不能再用。"))
