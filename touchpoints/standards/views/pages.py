"""The list of service standards with a company's own values, and what waits for a decision."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.access import SignedInRequest, requires
from cxorders.organisation.models import Unit, User
from touchpoints.catalogue.filters import companies_to_choose, company_shown, word
from touchpoints.catalogue.models import Touchpoint
from touchpoints.catalogue.wording import unit_name
from touchpoints.standards import policy
from touchpoints.standards.enums import Evidence, Standing
from touchpoints.standards.forms import DisplayForm, ProposeForm
from touchpoints.standards.models import StandardVersion
from touchpoints.standards.queries import (
    StandardDetail,
    StandardFilter,
    approved_beside,
    count_waiting,
    evidence_kinds,
    standard_detail,
    standard_lines,
    waiting_for,
)


def today_here() -> date:
    """Today in the business zone: the day on which a version starts or ends."""
    return timezone.localdate(timezone=BUSINESS_ZONE)


@require_GET
@requires("catalogue.read")
def standard_list(request: SignedInRequest) -> HttpResponse:
    """`/standards/`: the list, the chosen standard beside it; both alone as an htmx fragment."""
    template = "_body.html" if request.htmx.target == "map-body" else "page.html"
    company = company_shown(request, request.user)
    return render(request, f"touchpoints/standards/{template}", page_of(request, company, word(request, "s")))


@require_GET
@requires("standard.approve")
def waiting(request: SignedInRequest) -> HttpResponse:
    """`/standards/waiting/`: proposals this person may decide."""
    return waiting_page(request)


@dataclass(frozen=True)
class Refused:
    """A proposal whose decision came back: what was said, what was typed."""

    key: int
    problem: str
    text: str = ""
    valid_from: str = ""


def waiting_page(request: SignedInRequest, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """The list of proposals; `refused` stands open again with what was typed."""
    today, drafts = today_here(), waiting_for(request.user)
    beside = approved_beside(drafts, today)
    rows = [
        {
            "draft": draft,
            "present": next((row for row in beside[draft.pk] if row.valid_from <= today), None),
            "coming": [row for row in beside[draft.pk] if row.valid_from > today],
            "refused": _refused(refused, draft),
        }
        for draft in drafts
    ]
    context = {"rows": rows, "today": today, "lost": _lost(refused, drafts)}
    return render(request, "touchpoints/standards/waiting.html", context, status=status)


def _refused(refused: Refused | None, draft: StandardVersion) -> Refused | None:
    return refused if refused is not None and refused.key == draft.pk else None


def _lost(refused: Refused | None, drafts: list[StandardVersion]) -> Refused | None:
    """The refusal of a proposal that no longer waits: said above the list."""
    gone = refused is not None and all(draft.pk != refused.key for draft in drafts)
    return refused if gone else None


def page_of(request: SignedInRequest, company: Unit | None, chosen: str) -> dict[str, Any]:
    """Everything the list and the pane show. Http404 for a chosen standard that is not in use."""
    wanted = StandardFilter(
        touchpoint=word(request, "tp"),
        text=word(request, "q"),
        evidence=word(request, "evidence"),
        adjusted=word(request, "own") == "1",
    )
    today = today_here()
    lines = standard_lines(company, wanted, on=today)
    code = chosen or next((line.standard.code for line in lines), "")
    detail = standard_detail(code, company, on=today) if code else None
    if chosen and detail is None:
        raise Http404(chosen)
    query = request.GET.copy()
    query.pop("s", None)
    may_propose = company is not None and policy.may_propose(request.user, company)
    return {
        "lines": lines,
        "wanted": wanted,
        "company": company,
        "companies": companies_to_choose(request.user),
        "touchpoints": [(t.code, t.name) for t in Touchpoint.objects.filter(retired=False).order_by("position")],
        "evidence": [(kind, Evidence(kind).label) for kind in evidence_kinds() if kind in Evidence.values],
        "detail": detail,
        "unit": unit_name(detail.line.standard.unit) if detail else "",
        "chosen": chosen,
        "back": f"{reverse('standards:list')}?{query.urlencode()}",
        "keep": f"{query.urlencode()}&" if query else "",
        "today": today,
        "to_decide": count_waiting(request.user),
        "may_propose": may_propose,
        **(_versions(request.user, detail, today, may_propose) if detail else {}),
    }


@dataclass(frozen=True)
class Shown:
    """A version and where it stands today."""

    version: StandardVersion
    standing: Standing


COMING = (Standing.APPROVED, Standing.DISPLAYED)
LIVE = (*COMING, Standing.IN_FORCE)


def _versions(user: User, detail: StandardDetail, today: date, may_propose: bool) -> dict[str, Any]:
    """What the pane says about the company's versions, and what this person may do with each."""
    draft = detail.line.draft
    rows = [Shown(version, version.standing(today)) for version in detail.versions]
    live = [row for row in reversed(rows) if row.standing in LIVE]
    return {
        "versions": rows,
        "now": next((row.version for row in live if row.standing == Standing.IN_FORCE), None),
        "next": [row.version for row in live if row.standing in COMING],
        "own_ahead": any(row.version.value is not None for row in live),
        "to_display": [
            (row.version, DisplayForm(today=today, auto_id=f"show_{row.version.pk}_%s"))
            for row in live
            if may_propose and row.version.displayed_on is None
        ],
        "may_decide": draft is not None and policy.may_decide(user, draft),
        "may_withdraw": draft is not None and policy.may_withdraw(user, draft),
        "form": ProposeForm(today=today),
        "fields": value_fields(detail, []),
        "problem": "",
    }


def value_fields(detail: StandardDetail | None, typed: list[str]) -> list[dict[str, Any]]:
    """The inputs of the value: what was typed first, then the company's own value, then nothing."""
    if detail is None:
        return []
    standard, own = detail.line.standard, detail.line.requirement.own
    labels = [_("从"), _("到")] if standard.op in ("between", "not_in") else [_("本公司标准")]
    present = own.value if own is not None else []
    values = typed or (present if isinstance(present, list) else [present])
    filled = [*values, *[""] * len(labels)][: len(labels)]
    return [{"label": label, "value": value} for label, value in zip(labels, filled, strict=True)]


def pane(
    request: SignedInRequest,
    company: Unit,
    code: str,
    status: int,
    *,
    display: tuple[int, DisplayForm] | None = None,
    **said: django_forms.Form | str | list[str],
) -> HttpResponse:
    """The page with `code` open and, of `said`, the form that came back; `display`: key of a version and its form."""
    context = page_of(request, company, code)
    if display is not None:
        key, form = display
        context["to_display"] = [(row, form if row.pk == key else own) for row, own in context["to_display"]]
    typed = said.pop("typed", None)
    if isinstance(typed, list):
        context["fields"] = value_fields(context["detail"], typed)
    return render(request, "touchpoints/standards/page.html", context | said, status=status)
