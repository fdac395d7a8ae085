"""The unit tree, one unit with its people and windows, and what an administrator does there."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cxorders.kit.errors import BusinessError
from cxorders.organisation import actions
from cxorders.organisation.access import SignedInRequest, requires
from cxorders.organisation.enums import UNIT_CHILDREN
from cxorders.organisation.forms import NewUnitForm, UnitNameForm, WindowsForm, add_refusal, week_lines, windows_text
from cxorders.organisation.models import Unit
from cxorders.organisation.policy import may_manage_unit
from cxorders.organisation.queries import directory, work_rule_of


@require_safe
@requires("organisation.read")
def units(request: SignedInRequest) -> HttpResponse:
    """The tree, at the first unit the person may see."""
    return _page(request, directory.top_units(request.user)[0])


@require_safe
@requires("organisation.read")
def unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tree, opened at one unit."""
    return _page(request, _visible(request, pk))


@require_POST
@requires("organisation.manage")
def open_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a unit below this one."""
    parent = _visible(request, pk)
    form = NewUnitForm(request.POST, parent=parent)
    if form.is_valid():
        try:
            opened = actions.open_unit(parent=parent, by=request.user, at=timezone.now(), **form.cleaned_data)
        except BusinessError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("“%(unit)s”已设立。") % {"unit": opened.name})
            return redirect("organisation:unit", opened.pk)
    return _page(request, parent, new_unit=form)


@require_POST
@requires("organisation.manage")
def rename_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give this unit another name."""
    unit = _visible(request, pk)
    form = UnitNameForm(request.POST)
    if form.is_valid():
        actions.rename_unit(unit, by=request.user, at=timezone.now(), **form.cleaned_data)
        return redirect("organisation:unit", unit.pk)
    return _page(request, unit, name=form)


@require_POST
@requires("organisation.manage")
def close_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close this unit; a refusal says who is still there."""
    unit = _visible(request, pk)
    try:
        actions.close_unit(unit, by=request.user, at=timezone.now())
    except BusinessError as error:
        return _page(request, unit, refusal=error)
    messages.success(request, _("“%(unit)s”已撤销，历史保留。") % {"unit": unit.name})
    return redirect("organisation:unit", unit.parent_id or unit.pk)


@require_POST
@requires("organisation.manage")
def set_windows(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give this unit working windows of its own."""
    unit = _visible(request, pk)
    form = WindowsForm(request.POST)
    if form.is_valid():
        try:
            actions.set_work_rule(
                unit,
                windows=form.cleaned_data["windows"],
                follows_holidays=form.cleaned_data["follows_holidays"],
                by=request.user,
                at=timezone.now(),
            )
        except BusinessError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("作息时间已更新；已经定下的时限不变。"))
            return redirect("organisation:unit", unit.pk)
    return _page(request, unit, windows=form)


@require_POST
@requires("organisation.manage")
def clear_windows(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let this unit follow the windows of the unit above."""
    unit = _visible(request, pk)
    try:
        actions.clear_work_rule(unit, by=request.user, at=timezone.now())
    except BusinessError as error:
        return _page(request, unit, refusal=error)
    messages.success(request, _("已改为沿用上级的作息时间。"))
    return redirect("organisation:unit", unit.pk)


def _visible(request: SignedInRequest, pk: int) -> Unit:
    rows = Unit.objects.visible_to(request.user).select_related("company", "parent", "work_rule")
    return get_object_or_404(rows, pk=pk)


def _page(request: SignedInRequest, unit: Unit, *, refusal: BusinessError | None = None, **bound: Any) -> HttpResponse:
    """The page of `unit`; `bound` are forms that came back with errors, all others are fresh."""
    now = timezone.now()
    rule = work_rule_of(unit)
    week = rule[0].windows if rule else {}
    initial: dict[str, Any] = {f"day{day}": windows_text(week, day) for day in range(7)}
    initial["follows_holidays"] = rule[0].follows_holidays if rule else True
    forms = {
        "new_unit": NewUnitForm(parent=unit),
        "name": UnitNameForm(initial={"zh": unit.zh, "en": unit.en}),
        "windows": WindowsForm(initial=initial),
    } | bound
    grants = list(directory.in_post(unit, at=now))
    page = {
        "unit": unit,
        "branches": directory.tree(directory.top_units(request.user), unit, at=now),
        "grants": grants,
        "people_count": len(grants),
        "rule": rule[0] if rule else None,
        "rule_holder": rule[1] if rule else None,
        "week": week_lines(week),
        "now": now,
        "entries": directory.story(unit, limit=8),
        "may_manage": may_manage_unit(request.user, unit),
        "may_have_children": bool(UNIT_CHILDREN[unit.kind]),
        "refusal": refusal,
        "open_form": next(iter(bound), ""),
        **{f"{name}_form": form for name, form in forms.items()},
    }
    status = refusal.status if refusal else 422 if bound else 200
    return render(request, "cxorders/organisation/unit.html", page, status=status)
