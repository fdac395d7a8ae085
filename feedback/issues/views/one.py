"""`/issues/<number>/`: one issue with its words, its clock, its story and what can be done now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxorders.customers.models import Customer
from cxorders.customers.policy import may_reveal
from cxorders.journal.models import Entry
from cxorders.kit import formats
from cxorders.kit.promise_clock import Unit as Clock
from cxorders.organisation.access import SignedInRequest, requires
from feedback.intake.models import Record
from feedback.intake.showing import answers_of, meta_of
from feedback.issues import policy
from feedback.issues.clocks import Limit
from feedback.issues.enums import IssueState
from feedback.issues.models import Issue
from feedback.issues.panels import ISSUE
from feedback.issues.queries.due import DueClock, due_clock
from feedback.issues.queries.levels import DISPATCH, FRONT, PAUSED, WAITING, WORK, LevelClock, level_clock
from feedback.issues.queries.story import entries_of, story
from feedback.issues.views.steps import issue_or_404, steps_for


@require_GET
@requires("issue.read")
def detail(request: SignedInRequest, number: str) -> HttpResponse:
    """The page of one issue; `?show=flow|contact` narrows its story, which htmx asks for alone."""
    issue, now = issue_or_404(request.user, number), timezone.now()
    entries = entries_of(issue)
    show = request.GET.get("show", "")
    show = show if show in ("flow", "contact") else ""
    context: dict[str, Any] = {
        "issue": issue,
        "show": show,
        "entries": story(entries, show=show),
        "entry_count": len(entries),
        "now": now,
    }
    if request.htmx.target == "story":
        return render(request, "feedback/issues/_story.html", context)
    clock = due_clock(issue, at=now)
    context |= {
        "crumbs": [
            {"label": _("问题流转"), "url": reverse("issues:list")},
            {"label": issue.number, "url": ""},
        ],
        "steps": steps_for(request.user, issue),
        "note": _what_next(request, issue),
        "clock": clock,
        "left": _left(clock),
        "limit": _limit(clock.limit) if clock else "",
        "levels": _levels(issue, clock, entries, now),
        "words": _words(request, issue),
        "customer": _customer(request, issue),
        "panels": ISSUE.panels(issue, request.user),
    }
    return render(request, "feedback/issues/detail.html", context)


def _left(clock: DueClock | None) -> str:
    if clock is None:
        return ""
    return formats.working(clock.left) if clock.working else formats.duration(clock.left)


def _limit(limit: Limit) -> str:
    """A limit as people say it: 5 工作日, 24 小时."""
    words = {
        Clock.MINUTES: _("%(n)s 分钟"),
        Clock.HOURS: _("%(n)s 小时"),
        Clock.DAYS: _("%(n)s 天"),
        Clock.WORKING_DAYS: _("%(n)s 个工作日"),
        Clock.WORKING_HOURS: _("%(n)s 工作时"),
        Clock.MONTHS: _("%(n)s 个月"),
    }
    return words[Clock(limit.unit)] % {"n": f"{limit.value.normalize():f}"}


def _what_next(request: SignedInRequest, issue: Issue) -> str:
    """One sentence on what others may do, or what happens next."""
    if issue.state == IssueState.CLOSED:
        return _("已关闭。30 天内同一件事再次发生可以重开。")
    if issue.state in (IssueState.VERIFYING, IssueState.REPLIED):
        return _("已答复，等回访专员核实：客户确认解决且评分 3 分以上才关闭，否则重开，时限减半。")
    if policy.may_work(request.user, issue) or policy.may_accept(request.user, issue):
        return _("不能直接关闭：办结后由回访专员核实，客户确认解决且评分 3 分以上才关闭。")
    return _("现在由%(unit)s处理，您可以一直看到进展。") % {"unit": issue.unit.name}


def _words(request: SignedInRequest, issue: Issue) -> list[dict[str, Any]]:
    """The records of the issue as sealed words: the one that opened it first, then those that joined.

    Who works on the issue reads the words here; the record itself is a link only for those whom it is visible to.
    """
    shown = ("answers__question", "notes__author")
    joined = Record.objects.filter(issue_link__issue=issue).select_related("method", "collector", "collector_unit")
    first = Record.objects.filter(pk=issue.record_id or 0).select_related("method", "collector", "collector_unit")
    customer = [str(issue.customer)] if issue.customer else []
    records = [*first.prefetch_related(*shown), *joined.prefetch_related(*shown).order_by("submitted_at", "pk")]
    visible = Record.objects.visible_to(request.user).filter(pk__in=[record.pk for record in records])
    reachable = set(visible.values_list("pk", flat=True))
    return [
        {
            "record": record,
            "reachable": record.pk in reachable,
            "meta": [*customer, *meta_of(record), formats.date_export(record.occurred_at)],
            "answers": answers_of(record),
            "notes": list(record.notes.all()),
        }
        for record in records
    ]


def _customer(request: SignedInRequest, issue: Issue) -> dict[str, Any] | None:
    customer = issue.customer
    if customer is None:
        return None
    place = customer.premises.order_by("pk").first()
    return {
        "customer": customer,
        "address": place.address if place else "",
        "reveal_url": reveal_url(customer) if may_reveal(request.user, customer) else "",
    }


def reveal_url(customer: Customer) -> str:
    """Where the full number is asked for; empty where the pages of customers are not there."""
    try:
        return reverse("customers:reveal", args=[customer.number])
    except NoReverseMatch:
        return ""


def _levels(issue: Issue, clock: DueClock | None, entries: Sequence[Entry], now: datetime) -> dict[str, Any] | None:
    if clock is None:
        return None
    bar = level_clock(issue, clock, entries, at=now)
    last = {50: _("50%"), 80: _("80%"), 100: _("到期")}
    return {
        "segments": [{"kind": part.kind, "minutes": part.minutes} for part in bar.segments],
        "marks": [{"at": place, "label": last[percent]} for percent, place in bar.marks],
        "now": bar.now,
        "levels": _legend(issue, clock, bar),
        "used": formats.duration(bar.used) if not clock.working else formats.working(bar.used),
        "limit": formats.duration(bar.limit) if not clock.working else formats.working(bar.limit),
    }


def _legend(issue: Issue, clock: DueClock, bar: LevelClock) -> list[dict[str, Any]]:
    """One cell per phase: how long, who."""
    author = issue.author.name if issue.author else ""
    names = {
        FRONT: ("a", _("首问受理"), author),
        DISPATCH: ("b", _("派单"), _("规则 %(rule)s") % {"rule": issue.routing_rule}),
        WAITING: ("a", _("待接收"), issue.unit.name),
        WORK: ("c", _("处理"), issue.owner.name if issue.owner else ""),
        PAUSED: ("pause", _("挂起（不计）"), _("第 %(n)s 次") % {"n": len(clock.pauses)}),
    }
    return [
        {
            "kind": names[phase][0],
            "label": names[phase][1],
            "value": formats.working(spent) if clock.working else formats.duration(spent),
            "note": names[phase][2],
            "verdict": "",
        }
        for phase, spent in bar.sums.items()
    ]
