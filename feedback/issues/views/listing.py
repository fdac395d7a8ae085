"""`/issues/`: the queue."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxorders.kit import badges
from cxorders.organisation.access import SignedInRequest, may, requires
from feedback.issues.filters import AGE_LABELS, SEVERITIES, TOUCHPOINTS, VIEWS, place_text, wanted_from
from feedback.issues.queries.listing import STATES_OF, page_of, unit_choices


@require_GET
@requires("issue.read")
def queue(request: SignedInRequest) -> HttpResponse:
    """Issues in the order of their due times, filters in the URL, keyset pages."""
    now, wanted = timezone.now(), wanted_from(request)
    page = page_of(request.user, wanted, at=now)
    context = {
        "rows": page.rows,
        "count": len(page.rows),
        "next": _next(request, place_text(page.next)) if page.next else "",
        "first": _next(request, "") if wanted.after else "",
        "wanted": wanted,
        "tabs": _tabs(request, wanted.view),
        "states": [(str(state), badges.badge("issue", state).label) for state in STATES_OF["open"]],
        "ages": list(AGE_LABELS.items()),
        "severities": [(code, badges.badge("severity", code).label) for code in SEVERITIES],
        "touchpoints": [(code, badges.badge("touchpoint", code).label) for code in TOUCHPOINTS],
        "units": [(str(unit.pk), unit.name) for unit in unit_choices(request.user)],
        "may_open": may(request.user, "issue.create"),
        "filtered": any(
            (wanted.state, wanted.severity, wanted.touchpoint, wanted.unit, wanted.due, wanted.age, wanted.text)
        ),
        "now": now,
    }
    return render(request, "feedback/issues/list.html", context)


def _tabs(request: SignedInRequest, chosen: str) -> list[dict[str, Any]]:
    labels = {
        "open": _("待办"),
        "waiting": _("待核实"),
        "mine": _("我负责的"),
        "raised": _("我反映的"),
        "closed": _("已关闭"),
    }
    url = reverse("issues:list")
    return [
        {
            "label": labels[view],
            "url": url if view == "open" else f"{url}?view={view}",
            "count": None,
            "current": view == chosen,
        }
        for view in VIEWS
    ]


def _next(request: SignedInRequest, after: str) -> str:
    query = {name: value for name, value in request.GET.items() if name != "after"} | (
        {"after": after} if after else {}
    )
    return f"?{urlencode(query)}"
