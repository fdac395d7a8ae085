"""The work bench: each role sees its own day."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cxorders.organisation.access import SignedInRequest, may
from cxorders.organisation.models import Grant
from cxorders.web.benches import bench_of


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """`/`: the bench of the role in use; a friendly page for somebody who has no role (yet)."""
    user, now = request.user, timezone.now()
    grant = user.active_grant
    if grant is None or not may(user, "bench.read"):
        return render(request, "web/benches/nobody.html", {"greeting": greeting(user.name, now)})
    bench = bench_of(user)
    context = {"now": now, "greeting": greeting(user.name, now), "post": post_of(grant), "grant": grant}
    return render(request, bench.template, {**context, **bench.build(user, now)})


def greeting(name: str, at: datetime) -> str:
    """A greeting for the hour of the day."""
    hour = timezone.localtime(at).hour
    if 5 <= hour < 9:
        words = _("%(name)s，早上好")
    elif 9 <= hour < 12:
        words = _("%(name)s，上午好")
    elif 12 <= hour < 14:
        words = _("%(name)s，中午好")
    elif 14 <= hour < 18:
        words = _("%(name)s，下午好")
    else:
        words = _("%(name)s，晚上好")
    return words % {"name": name}


def post_of(grant: Grant) -> str:
    """Where the person works and as what: 青岚公司 · 城南营业厅 · 前台人员."""
    company = grant.unit.company
    parts = [company.name] if company is not None and company.pk != grant.unit_id else []
    return " · ".join([*parts, grant.unit.name, grant.role.name])
