"""`/orders/`: the list with its filters and saved views, and the stages behind a cell of the heat map."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from cxorders.saved_views.lists import kept_part
from cxorders.saved_views.queries import Shelf, shelf_of
from touchpoints.orders.filters import SAVED, SORTS, STATES, passages_from, place_text, usual_sort, wanted_from
from touchpoints.orders.models import OrderType
from touchpoints.orders.queries.chips import Told, owner_options, stage_options, told
from touchpoints.orders.queries.listing import page_of, unit_options
from touchpoints.orders.queries.passages import WantedPassages, passages_of, shown_unit

ALL_OPEN = "state=open"


@require_GET
@requires("order.read")
def order_list(request: SignedInRequest) -> HttpResponse:
    """Orders in reach; filters live in the address. An empty address opens the view a person chose as the usual one."""
    now, shelf = timezone.now(), shelf_of(request.user, SAVED)
    usual = shelf.one(shelf.usual)
    if usual is not None and not request.GET:
        return redirect(f"{reverse('orders:list')}?{usual.query}")
    passages = passages_from(request.GET)
    return _passages(request, passages, shelf, now) if passages else _orders(request, shelf, now)


def _orders(request: SignedInRequest, shelf: Shelf, now: datetime) -> HttpResponse:
    urgent_first = may(request.user, "dashboard.read")  # whoever watches over others sees trouble first
    wanted = wanted_from(request.GET, urgent_first)
    page = page_of(request.user, wanted, now)
    context = _frame(request, shelf, told(request.user, request.GET, wanted, None)) | {
        "wanted": wanted,
        "page": page,
        "now": now,
        "next": _link(request, after=place_text(page.next)) if page.next else "",
        "states": STATES,
        "sorts": SORTS,
        "sort_default": usual_sort(urgent_first),
        "types": [(kind.code, kind.name) for kind in OrderType.objects.order_by("position", "code")],
        "stages": stage_options(wanted.order_type),
        "units": [(unit.pk, unit.name) for unit in unit_options(request.user)],
        "owners": owner_options(request.user, wanted.unit, now),
        "whose": [("mine", _("我的")), ("unit", _("本单位在手"))],
        "all_label": _reach(request.user),
        "may_create": may(request.user, "order.create"),
        "filtered": bool(request.GET.keys() - {"after", "sort"}),
    }
    return render(request, "touchpoints/orders/list.html", context)


def _passages(request: SignedInRequest, wanted: WantedPassages, shelf: Shelf, now: datetime) -> HttpResponse:
    page = passages_of(request.user, wanted, now)
    context = _frame(request, shelf, told(request.user, request.GET, wanted_from(request.GET), wanted)) | {
        "wanted": wanted,
        "page": page,
        "now": now,
        "unit": shown_unit(page.stage_type.promise_unit) if page else "",
        "next": _link(request, after=place_text(page.next)) if page and page.next else "",
    }
    return render(request, "touchpoints/orders/passages.html", context)


def _frame(request: SignedInRequest, shelf: Shelf, said: Told) -> dict[str, Any]:
    """What both pages have around their rows: tabs of saved views, filters that are set, what is wrong with them."""
    query = kept_part(SAVED, request.GET.urlencode())
    whole = reverse("orders:list") if shelf.usual is None else f"{reverse('orders:list')}?{ALL_OPEN}"
    tabs = [{"label": _("全部在办"), "url": whole, "current": query in ("", ALL_OPEN)}]
    tabs += [
        {"label": view.name, "url": f"{reverse('orders:list')}?{view.query}", "current": view.query == query}
        for view in shelf.views
    ]
    return {
        "tabs": tabs,
        "saved": bool(shelf.views),
        "saveable": query if query not in ("", ALL_OPEN) and shelf.same(query) is None else "",
        "chips": [(label, _link(request, **{name: ""})) for name, label in said.chips],
        "problems": said.problems,
        "may_see_heat": may(request.user, "dashboard.read"),
    }


def _reach(user: User) -> str:
    """How far "all" goes."""
    scope = scope_of(user)
    if scope.everything:
        return _("全集团")
    return _("全公司") if scope.company_id is not None else _("本单位经手")


def _link(request: SignedInRequest, **changes: str) -> str:
    """The present filters with `changes` ("" removes one), from the first page on."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
        elif name == "type":
            query.pop("stage", None)  # a stage belongs to its type
    if not query and "state" in changes:
        return reverse("orders:list")
    return f"{reverse('orders:list')}?{query.urlencode() or ALL_OPEN}"
