"""The list of people, one person with all grants, and what an administrator does there."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation import actions, holdings
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.forms import (
    DeactivateForm,
    GrantForm,
    NewPersonForm,
    PasswordForm,
    PersonForm,
    TransferForm,
    add_refusal,
    role_choices,
)
from cxorders.organisation.models import Grant, Unit, User
from cxorders.organisation.policy import may_manage_person
from cxorders.organisation.queries import directory


@require_safe
@requires("organisation.read")
def people(request: SignedInRequest) -> HttpResponse:
    """People in sight, newest first, by name, role, unit; `before` pages on."""
    query = request.GET
    unit = Unit.objects.visible_to(request.user).filter(code=query.get("unit", "")).first()
    found = directory.people(
        request.user,
        at=timezone.now(),
        text=query.get("q", "").strip()[:80],
        role_code=query.get("role", ""),
        unit=unit,
        gone=query.get("gone") == "1",
    )
    if query.get("before", "").isdecimal():
        found = found.filter(pk__lt=min(int(query["before"]), 2**62))
    rows = list(found[: directory.PEOPLE_PER_PAGE + 1])
    shown = rows[: directory.PEOPLE_PER_PAGE]
    more = request.GET.copy()
    more["before"] = str(shown[-1].pk) if shown else ""
    page = {
        "people": shown,
        "count": len(shown),
        "may_manage": may(request.user, "organisation.manage"),
        "next_url": f"?{more.urlencode()}" if len(rows) > len(shown) else "",
        "text": query.get("q", ""),
        "unit": unit,
        "roles": role_choices(),
    }
    return render(request, "cxorders/organisation/people.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("organisation.manage")
def add_person(request: SignedInRequest) -> HttpResponse:
    """A new person with a first password and a first role."""
    initial = {"unit": request.GET.get("unit", "")}
    form = NewPersonForm(request.POST or None, viewer=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.add_person(by=request.user, at=timezone.now(), **form.cleaned_data)
        except BusinessError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("%(name)s可以登录了。") % {"name": person.name})
            return redirect("organisation:person", person.pk)
    page = {"form": form, "units": directory.suggested_units(request.user), "successors": []}
    status = 422 if request.method == "POST" else 200
    return render(request, "cxorders/organisation/add_person.html", page, status=status)


@require_safe
@requires("organisation.read")
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: grants with history, open items, what happened."""
    return _page(request, _visible(request, pk))


@require_POST
@requires("organisation.manage")
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct name and phone."""
    person = _managed(request, pk)
    form = PersonForm(request.POST)
    if form.is_valid():
        actions.edit_person(person, by=request.user, at=timezone.now(), **form.cleaned_data)
        return _done(request, person, _("已更正。"))
    return _page(request, person, edit=form)


@require_POST
@requires("organisation.manage")
def reset_password(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a new password for somebody who forgot the former one."""
    person = _managed(request, pk)
    form = PasswordForm(request.POST)
    if form.is_valid():
        password = form.cleaned_data["password"]
        actions.change_password(person, by=request.user, at=timezone.now(), password=password)
        return _done(request, person, _("密码已重设，请当面告诉本人。"))
    return _page(request, person, password=form)


@require_POST
@requires("organisation.manage")
def give_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more role at a unit."""
    person = _managed(request, pk)
    form = GrantForm(request.POST, viewer=request.user)
    if form.is_valid():
        try:
            actions.grant_role(person, by=request.user, at=timezone.now(), **form.cleaned_data)
        except BusinessError as error:
            add_refusal(form, error)
        else:
            return _done(request, person, _("授权已生效。"))
    return _page(request, person, grant=form)


@require_POST
@requires("organisation.manage")
def end_grant(request: SignedInRequest, pk: int, grant: int) -> HttpResponse:
    """End one grant now."""
    person = _managed(request, pk)
    held = get_object_or_404(Grant, pk=grant, user=person)
    try:
        actions.end_grant(held, by=request.user, at=timezone.now())
    except BusinessError as error:
        return _page(request, person, refusal=error)
    return _done(request, person, _("授权已结束，历史保留。"))


@require_POST
@requires("organisation.manage")
def transfer(request: SignedInRequest, pk: int, grant: int) -> HttpResponse:
    """Move one grant to another unit or role from now on."""
    person = _managed(request, pk)
    held = get_object_or_404(Grant.objects.select_related("user", "unit"), pk=grant, user=person)
    form = TransferForm(request.POST, viewer=request.user)
    if form.is_valid():
        try:
            actions.transfer(held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except BusinessError as error:
            add_refusal(form, error)
        else:
            return _done(request, person, _("已调动；以前的记录仍属原单位。"))
    return _page(request, person, transfer=form, moving=held)


@require_POST
@requires("organisation.manage")
def deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close the account; open items need a successor."""
    person = _managed(request, pk)
    form = DeactivateForm(request.POST, viewer=request.user)
    if form.is_valid():
        try:
            actions.deactivate(person, by=request.user, at=timezone.now(), **form.cleaned_data)
        except BusinessError as error:
            add_refusal(form, error)
        else:
            return _done(request, person, _("账号已停用。"))
    return _page(request, person, deactivate=form)


def _visible(request: SignedInRequest, pk: int) -> User:
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def _managed(request: SignedInRequest, pk: int) -> User:
    person = _visible(request, pk)
    if not may_manage_person(request.user, person, at=timezone.now()):
        raise NotAllowed()
    return person


def _done(request: SignedInRequest, person: User, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("organisation:person", person.pk)


def _page(
    request: SignedInRequest,
    person: User,
    *,
    refusal: BusinessError | None = None,
    moving: Grant | None = None,
    **bound: Any,
) -> HttpResponse:
    """The page of `person`; `bound` are forms that came back with errors, all others are fresh."""
    now, viewer = timezone.now(), request.user
    manage = person.is_active and may_manage_person(viewer, person, at=now)
    forms = {
        "edit": PersonForm(initial={"name": person.name, "phone": person.phone}),
        "password": PasswordForm(),
        "grant": GrantForm(viewer=viewer),
        "transfer": TransferForm(viewer=viewer, auto_id="move_%s"),
        "deactivate": DeactivateForm(viewer=viewer, auto_id="leave_%s"),
    } | bound
    history = list(directory.history_of(person))
    page = {
        "person": person,
        "grants": [(grant, grant.ends_at is None or grant.ends_at > now, grant.starts_at > now) for grant in history],
        "grant_count": len(history),
        "now": now,
        "items": holdings.open_items(person),
        "entries": directory.story(person, limit=12),
        "may_manage": manage,
        "is_self": person.pk == viewer.pk,
        "units": directory.suggested_units(viewer, person) if manage else [],
        "successors": directory.possible_successors(viewer, person, at=now) if manage else [],
        "refusal": refusal,
        "open_form": next(iter(bound), ""),
        "moving": moving,
        **{f"{name}_form": form for name, form in forms.items()},
    }
    status = refusal.status if refusal else 422 if bound else 200
    return render(request, "cxorders/organisation/person.html", page, status=status)
