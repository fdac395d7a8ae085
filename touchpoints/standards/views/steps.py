"""The steps of a company's own value: propose, withdraw, decide, note its display. Refusals keep what was typed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.catalogue.policy import own_company
from touchpoints.standards.actions import (
    approve_version,
    display_version,
    propose_version,
    reject_version,
    withdraw_version,
)
from touchpoints.standards.forms import DecideForm, DisplayForm, ProposeForm
from touchpoints.standards.models import Standard, StandardVersion
from touchpoints.standards.views.pages import Refused, pane, today_here, waiting_page


@require_POST
@requires("standard.propose")
def propose(request: SignedInRequest, code: str) -> HttpResponse:
    """Propose a stricter value of the own company, or the group's again."""
    standard, company = get_object_or_404(Standard, code=code, retired=False), own_company(request.user)
    if company is None:
        raise NotAllowed()
    typed, form = request.POST.getlist("value"), ProposeForm(request.POST, today=today_here())
    value: Any = None if "follow" in request.POST else typed if len(typed) != 1 else typed[0]
    problem, status = "", 422
    if form.is_valid():
        try:
            propose_version(company, standard.code, form.wanted(value), by=request.user, at=timezone.now())
        except BusinessError as error:
            if error.field == "value" or error.status == 409:
                problem, status = str(error), error.status
            else:
                complain(form, error)
                status = error.status
        else:
            messages.success(request, _("已提交，等本公司领导或集团客户服务部批准。"))
            return redirect(f"{reverse('standards:list')}?s={standard.code}")
    return pane(request, company, standard.code, status, form=form, problem=problem, typed=typed)


def _version(request: SignedInRequest, key: int) -> StandardVersion:
    rows = StandardVersion.objects.visible_to(request.user).select_related("standard", "company")
    return get_object_or_404(rows, pk=key)


def _here(request: SignedInRequest, version: StandardVersion) -> str:
    """The standard of `version` on the list, as this person sees it."""
    query = {"s": version.standard.code}
    if own_company(request.user) is None:
        query["company"] = version.company.code
    return f"{reverse('standards:list')}?{urlencode(query)}"


@require_POST
@requires("standard.propose")
def withdraw(request: SignedInRequest, key: int) -> HttpResponse:
    """Take an own proposal back."""
    version = _version(request, key)
    withdraw_version(version, by=request.user, at=timezone.now())
    messages.success(request, _("提议已撤回，留在经过里。"))
    return redirect(_here(request, version))


@require_POST
@requires("standard.approve")
def decide(request: SignedInRequest, key: int) -> HttpResponse:
    """Approve a proposal, or reject it with the reason; a refusal is shown on the list of what waits."""
    version, form, at = _version(request, key), DecideForm(request.POST), timezone.now()
    if not form.is_valid():
        return _refuse(request, key, str(next(iter(form.errors.values()))[0]), 422)
    given = form.cleaned_data
    try:
        if given["grant"]:
            approve_version(version, by=request.user, at=at, valid_from=given["valid_from"], text=given["text"])
        else:
            reject_version(version, by=request.user, at=at, text=given["text"])
    except NotAllowed:
        raise
    except BusinessError as error:
        return _refuse(request, key, str(error), 422 if error.status == 404 else error.status)
    done = _("已批准，到日子自动生效。") if given["grant"] else _("没有批准；理由和提议都留在经过里。")
    messages.success(request, done)
    return redirect(_here(request, version) if "here" in request.POST else reverse("standards:waiting"))


def _refuse(request: SignedInRequest, key: int, problem: str, status: int) -> HttpResponse:
    typed = {name: request.POST.get(name, "").replace("\0", "") for name in ("text", "valid_from")}
    return waiting_page(request, Refused(key, problem, **typed), status)


@require_POST
@requires("standard.propose")
def display(request: SignedInRequest, key: int) -> HttpResponse:
    """Note the day an approved value was put up for customers."""
    version, status = _version(request, key), 422
    form = DisplayForm(request.POST, today=today_here(), auto_id=f"show_{key}_%s")
    if form.is_valid():
        try:
            display_version(version, by=request.user, at=timezone.now(), day=form.cleaned_data["day"])
        except BusinessError as error:
            if error.status == 409:  # noted meanwhile, or over: there is no form left to come back in
                raise
            complain(form, error)
            status = error.status
        else:
            messages.success(request, _("已记下公示的日子。"))
            return redirect(_here(request, version))
    if version.standard.retired:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("standards:list")
    return pane(request, version.company, version.standard.code, status, display=(version.pk, form))
