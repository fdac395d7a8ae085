"""`/probes/`: what must be asked today, what is overdue, what was missed; and why something could not be asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cxorders.kit.errors import BusinessError
from cxorders.kit.formats import duration
from cxorders.kit.kept_form import AUTHOR, keeps, take_back
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from feedback.probes import actions, policy
from feedback.probes.enums import SYSTEM, Duty, ExcuseCode, ProbeState, Whose
from feedback.probes.filters import wanted_from
from feedback.probes.forms import ExcuseForm
from feedback.probes.models import Probe
from feedback.probes.queries import Expected, Wanted, has_duty, probe_of
from touchpoints.catalogue.models import FeedbackMethod
from touchpoints.orders.filters import place_text
from touchpoints.orders.queries.listing import unit_options

NEAR = timedelta(hours=4)


@dataclass(frozen=True)
class Row:
    """One probe as the page shows it: how it stands in colour and word, and what `user` may do."""

    probe: Probe
    kind: str
    icon: str
    word: str
    collect_url: str
    """where the record is taken; "" for who may not or where nothing is owed any more"""
    may_excuse: bool
    by_customer: bool
    """the customer answers without being asked by a person"""


@require_GET
@requires("record.read")
def probe_list(request: SignedInRequest) -> HttpResponse:
    """Expected feedback in reach; filters live in the address."""
    user, now = request.user, timezone.now()
    duty_bound = has_duty(user)
    wanted = wanted_from(request.GET, usual=Whose.MINE if duty_bound else Whose.ALL)
    expected = Expected(user, wanted, now)
    page, counts = expected.page(), expected.counts()
    context = {
        "wanted": wanted,
        "rows": [row_of(probe, user, now) for probe in page.probes],
        "now": now,
        "next": _link(request, after=place_text(page.next)) if page.next else "",
        "tabs": [
            {
                "label": duty.label,
                "count": counts[duty],
                "url": _link(request, duty=duty.value),
                "current": duty == wanted.duty,
            }
            for duty in Duty
        ],
        "whose": _whose(request, wanted) if duty_bound else [],
        "units": [(unit.pk, unit.name) for unit in unit_options(user)],
        "methods": [(row.code, row.name) for row in FeedbackMethod.objects.filter(pk__in=_used()).order_by("code")],
        "filtered": bool(request.GET.keys() - {"after", "duty", "whose"}),
        "everywhere": scope_of(user).everything,
        "manages": wanted.whose == Whose.ALL,
        "covered": expected.month() if wanted.whose == Whose.ALL else None,
    }
    return render(request, "feedback/probes/list.html", context)


def _used() -> Any:
    return Probe.objects.order_by().values("method_id").distinct()


def _whose(request: SignedInRequest, wanted: Wanted) -> list[dict[str, Any]]:
    return [
        {"label": one.label, "url": _link(request, whose=one.value), "current": one == wanted.whose} for one in Whose
    ]


def _link(request: SignedInRequest, **changes: str) -> str:
    """The present filters with `changes`, from the first page on."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def row_of(probe: Probe, user: User, now: datetime) -> Row:
    """The row of one probe read by `shown`."""
    kind, icon, word, waits = standing_of(probe, getattr(probe, "heard_at", None), now)
    return Row(
        probe=probe,
        kind=kind,
        icon=icon,
        word=word,
        collect_url=collect_url(probe) if waits and policy.may_collect(user, probe) else "",
        may_excuse=waits and policy.may_excuse(user, probe),
        by_customer=probe.method.collector == SYSTEM,
    )


def standing_of(probe: Probe, heard_at: datetime | None, now: datetime) -> tuple[str, str, str, bool]:
    """Kind of badge, icon, word, and whether somebody still has to ask."""
    if probe.state == ProbeState.EXCUSED:
        return "hold", "info-circle", str(ExcuseCode(probe.excuse_code).label), False
    if probe.state == ProbeState.MISSING:
        return "bad", "calendar-x", _("漏采"), False
    if probe.state == ProbeState.DONE or (heard_at is not None and heard_at <= probe.due_at):
        return "ok", "check", _("按时采集"), False
    if probe.state == ProbeState.LATE or heard_at is not None:
        return "warn", "clock-exclamation", _("迟采"), False
    if probe.missing_at is not None and probe.missing_at < now:
        return "bad", "calendar-x", _("漏采"), False
    left = probe.due_at - now
    if left < timedelta(0):
        return "bad", "clock-exclamation", _("超期 %(time)s") % {"time": duration(-left)}, True
    kind = "warn" if left < NEAR else "run"
    return kind, "hourglass", _("还剩 %(time)s") % {"time": duration(left)}, True


def collect_url(probe: Probe) -> str:
    """The feedback form about the stage, with key point and method chosen."""
    about = {"stage": probe.stage_id, "key_point": probe.key_point.code, "method": probe.method.code}
    return f"{reverse('intake:new')}?{urlencode(about)}"


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
@requires("record.create")
def explain(request: SignedInRequest, key: int) -> HttpResponse:
    """Why nobody could be asked: the form, and the step by POST."""
    probe, now = probe_of(request.user, key), timezone.now()
    if probe is None:
        raise Http404
    if request.method != "POST":
        kept = take_back(request)
        return _form_page(request, probe, ExcuseForm(kept[0] if kept else None), now)
    form = ExcuseForm(request.POST)
    if not form.is_valid():
        return _form_page(request, probe, form, now, status=422)
    try:
        actions.excuse(probe, by=request.user, at=now, **form.cleaned_data)
    except BusinessError as error:
        if error.status == 403:
            raise
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _form_page(request, probe_of(request.user, key) or probe, form, now, status=error.status)
    messages.success(request, _("已记下原因。"))
    return redirect("probes:list")


def _form_page(
    request: SignedInRequest, probe: Probe, form: ExcuseForm, now: datetime, status: int = 200
) -> HttpResponse:
    row = row_of(probe, request.user, now)
    context = {
        "row": row,
        "probe": probe,
        "form": form,
        "now": now,
        "author": AUTHOR,
        "may_excuse": may(request.user, "record.create") and row.may_excuse,
    }
    return render(request, "feedback/probes/excuse.html", context, status=status)
