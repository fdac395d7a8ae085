"""`/views/<list>/`: the saved views of one list: keep, rename, delete, share, open the list with one of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.access import SignedInRequest, requires
from cxorders.saved_views import actions, policy
from cxorders.saved_views.lists import SavedList, find, kept_part
from cxorders.saved_views.models import LONGEST_NAME, SavedView
from cxorders.saved_views.queries import shelf_of

Act = Callable[[SignedInRequest, SavedList], HttpResponse]


def _list_or_404(request: SignedInRequest, list_name: str) -> SavedList:
    one = find(list_name)
    if one is None:
        raise Http404
    if not policy.may_use(request.user, one):
        raise NotAllowed()
    return one


def _act(act: Act) -> Callable[..., HttpResponse]:
    """A POST on one list; what the verb refuses comes back as the page, with the reason and what was typed."""

    @wraps(act)
    def view(request: SignedInRequest, list_name: str) -> HttpResponse:
        one = _list_or_404(request, list_name)
        try:
            return act(request, one)
        except NotAllowed:
            raise
        except BusinessError as error:
            return _page(request, one, error)

    only_post: Callable[..., HttpResponse] = require_POST(requires("bench.read")(view))
    return only_post


def _mine(request: SignedInRequest, one: SavedList) -> SavedView:
    """The view the form names, where the person sees it. Raises ViewUnknown."""
    text = request.POST.get("view", "")
    key = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    found = SavedView.objects.visible_to(request.user).filter(pk=key or 0, list_name=one.code).first()
    if found is None:
        raise actions.ViewUnknown()
    return found


@require_GET
@requires("bench.read")
def shelf(request: SignedInRequest, list_name: str) -> HttpResponse:
    """Every view of the list the person sees."""
    return _page(request, _list_or_404(request, list_name))


def _page(request: SignedInRequest, one: SavedList, error: BusinessError | None = None) -> HttpResponse:
    found, url = shelf_of(request.user, one), reverse(one.url_name)
    renamed = request.POST.get("view", "") if request.resolver_match and "rename" in request.path else ""
    query = kept_part(one, request.POST.get("query", "") or request.GET.urlencode())
    context: dict[str, Any] = {
        "list": one,
        "list_url": url,
        "rows": [
            {
                "view": view,
                "url": f"{url}?{view.query}",
                "own": policy.may_change(request.user, view),
                "usual": view.pk == found.usual,
                "problems": one.problems(request.user, QueryDict(view.query)),
                "typed": request.POST.get("name", "") if error and str(view.pk) == renamed else view.name,
                "error": error if str(view.pk) == renamed else None,
            }
            for view in found.views
        ],
        "query": query,
        "typed": "" if renamed else request.POST.get("name", ""),
        "error": None if renamed and error and error.field else error,
        "may_share": policy.may_share(request.user),
        "longest": LONGEST_NAME,
    }
    return render(request, "cxorders/saved_views/page.html", context, status=error.status if error else 200)


@_act
def save(request: SignedInRequest, one: SavedList) -> HttpResponse:
    """Keep the filters of the form under its name, and go back to the list so filtered."""
    name, query = request.POST.get("name", ""), request.POST.get("query", "")
    view = actions.save_view(one, name=name, query=query, by=request.user, at=timezone.now())
    messages.success(request, _("已保存视图“%(name)s”。") % {"name": view.name})
    return redirect(f"{reverse(one.url_name)}?{view.query}")


@_act
def rename(request: SignedInRequest, one: SavedList) -> HttpResponse:
    """Another name."""
    view = _mine(request, one)
    actions.rename_view(view, name=request.POST.get("name", ""), by=request.user, at=timezone.now())
    messages.success(request, _("已改名为“%(name)s”。") % {"name": view.name})
    return redirect("saved_views:list", one.code)


@_act
def delete(request: SignedInRequest, one: SavedList) -> HttpResponse:
    """Give it up."""
    view = _mine(request, one)
    actions.delete_view(view, by=request.user, at=timezone.now())
    messages.success(request, _("已删除视图“%(name)s”。") % {"name": view.name})
    return redirect("saved_views:list", one.code)


@_act
def usual(request: SignedInRequest, one: SavedList) -> HttpResponse:
    """Open the list with it; without `on`, with no filter again."""
    view = _mine(request, one) if request.POST.get("on") else None
    actions.open_with(one, view, by=request.user, at=timezone.now())
    said = _("以后打开先看“%(name)s”。") % {"name": view.name} if view else _("以后打开先看全部。")
    messages.success(request, said)
    return redirect("saved_views:list", one.code)


@_act
def share(request: SignedInRequest, one: SavedList) -> HttpResponse:
    """Show it to the own unit and below; without `on`, to nobody else again."""
    view, on = _mine(request, one), bool(request.POST.get("on"))
    actions.share_view(view, shared=on, by=request.user, at=timezone.now())
    said = _("已共享给%(unit)s及下级。") % {"unit": view.unit.name} if view.unit else _("已取消共享。")
    messages.success(request, said)
    return redirect("saved_views:list", one.code)
