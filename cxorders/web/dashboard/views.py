"""`/dashboard/` and the rows behind each of its figures."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cxorders.kit import badges
from cxorders.organisation.access import SignedInRequest, requires
from cxorders.web.dashboard.board import board
from cxorders.web.dashboard.filters import USUAL, before_text, period_options, wanted_from
from cxorders.web.dashboard.rows import PARTS, behind
from cxorders.web.figures import SHOWN
from feedback.intake.filters import place_from, place_text
from feedback.issues.filters import SEVERITIES, TOUCHPOINTS
from feedback.issues.queries.listing import unit_choices
from kpi.metrics.definitions import CLOSURE
from kpi.metrics.queries import as_of
from touchpoints.catalogue.models import KeyPoint


@require_safe
@requires("dashboard.read")
def dashboard(request: SignedInRequest) -> HttpResponse:
    """The flow of issues, where it hurts, and how it moves; filters in the address."""
    now = timezone.now()
    wanted = wanted_from(request.GET, request.user, now)
    context = {
        **board(request.user, wanted, now),
        "wanted": wanted,
        "now": now,
        "periods": period_options(now),
        "usual": USUAL,
        "units": [(str(unit.pk), unit.name) for unit in unit_choices(request.user)],
        "touchpoints": [(code, badges.badge("touchpoint", code).label) for code in TOUCHPOINTS],
        "severities": [(code, badges.badge("severity", code).label) for code in SEVERITIES],
        "compared": before_text(wanted.period),
    }
    return render(request, "web/dashboard/board.html", context)


@require_safe
@requires("dashboard.read")
def rows(request: SignedInRequest, code: str) -> HttpResponse:
    """`/dashboard/rows/<code>/`: the facts a figure is made of, each with how it counts."""
    indicator = SHOWN.get(code)
    if indicator is None:
        raise Http404(code)
    now = timezone.now()
    wanted, until = wanted_from(request.GET, request.user, now), as_of(now)
    part = request.GET.get("part", "")
    part = part if part in PARTS else ""
    page = behind(
        request.user, indicator, wanted, until=until, part=part, after=place_from(request.GET.get("after", ""))
    )
    query = request.GET.copy()
    query["after"] = place_text(page.next)
    point = KeyPoint.objects.filter(code=wanted.key_point).first() if wanted.key_point else None
    context: dict[str, Any] = {
        "indicator": indicator,
        "wanted": wanted,
        "page": page,
        "part": part,
        "point": point,
        "until": until,
        "now": now,
        "limit": "closure" if indicator.code == CLOSURE.code else "answer",
        "next": f"?{query.urlencode()}" if page.next else "",
        "tabs": _tabs(request, part, has_less=bool(indicator.less)),
        "crumbs": [
            {"label": _("流转看板"), "url": reverse("web:dashboard") + wanted.query()},
            {"label": str(indicator.name), "url": ""},
        ],
    }
    return render(request, "web/dashboard/rows.html", context)


def _tabs(request: SignedInRequest, part: str, *, has_less: bool) -> list[dict[str, Any]]:
    """分母, 已计入, 没有计入, 已剔除."""
    labels = {"": _("全部"), "in": _("计入分子"), "out": _("没有计入分子")}
    if has_less:
        labels["less"] = _("已剔除")
    query = request.GET.copy()
    query.pop("after", None)
    tabs = []
    for code, label in labels.items():
        query["part"] = code
        tabs.append({"label": label, "url": f"?{query.urlencode()}", "current": code == part})
    return tabs
