"""Lists of records: those in reach, those I reported."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxorders.organisation.access import may, requires
from feedback.intake import panels, queries
from feedback.intake.filters import PERIODS, RATINGS, USUAL_PERIOD, place_from, place_text, wanted_from
from feedback.intake.models import Record
from feedback.intake.views.signed_in import person


@requires("record.read")
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """The records in reach, newest first, with filters in the address."""
    wanted = wanted_from(request.GET, timezone.now())
    page = queries.page_of(person(request), wanted)
    known = queries.reference()
    points = known.key_points.values()
    touchpoints = list({point.touchpoint.code: point.touchpoint.name for point in points}.items())
    here = [point for point in points if point.touchpoint.code == wanted.touchpoint]
    context = {
        "rows": _with_fates(request, page.records),
        "next": _next(request, page),
        "wanted": wanted,
        "touchpoints": touchpoints,
        "key_points": [(point.code, point.name) for point in here],
        "methods": [(row.code, row.name) for row in known.methods.values()],
        "units": [(unit.pk, unit.name) for unit in queries.unit_options(person(request))],
        "periods": list(PERIODS.items()),
        "usual_period": "all" if wanted.order or wanted.customer else USUAL_PERIOD,
        "ratings": list(RATINGS.items()),
        "may_create": may(person(request), "record.create"),
        "now": timezone.now(),
    }
    return render(request, "feedback/intake/list.html", context)


@requires("record.create")
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """X3: what I reported and what became of it."""
    everything = request.GET.get("all") == "1"
    after = place_from(request.GET.get("after", ""))
    page = queries.mine(person(request), everything=everything, after=after)
    tabs = [
        {"label": _("我提出的问题"), "url": reverse("intake:mine"), "count": None, "current": not everything},
        {"label": _("我记的全部反馈"), "url": f"{reverse('intake:mine')}?all=1", "count": None, "current": everything},
    ]
    context = {
        "rows": _with_fates(request, page.records),
        "next": _next(request, page),
        "tabs": tabs,
        "everything": everything,
        "now": timezone.now(),
    }
    return render(request, "feedback/intake/mine.html", context)


def _with_fates(request: HttpRequest, found: list[Record]) -> list[dict[str, Any]]:
    fates = panels.fates(found, person(request))
    return [{"record": record, "fate": fates.get(record.pk)} for record in found]


def _next(request: HttpRequest, page: queries.Page) -> str:
    if page.next is None:
        return ""
    query = {name: value for name, value in request.GET.items() if name != "after"}
    return f"?{urlencode({**query, 'after': place_text(page.next)})}"
