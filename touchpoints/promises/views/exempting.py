"""Leaving a broken promise out of the figures: asking with evidence, and the list for who decides."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError
from cxorders.kit.shown_photo import shown_photo
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.promises.actions import ask_exemption, decide_exemption
from touchpoints.promises.enums import Standing
from touchpoints.promises.forms import DecideForm, ExemptForm
from touchpoints.promises.models import Exemption
from touchpoints.promises.queries import to_decide
from touchpoints.promises.views.pages import stage_or_404


@require_http_methods(["GET", "POST"])
@requires("order.work")
def ask(request: SignedInRequest, number: str, stage_id: int) -> HttpResponse:
    """Ask the level above to leave one breach out."""
    stage = stage_or_404(request, number, stage_id)
    form, status = ExemptForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ask_exemption(stage, by=request.user, at=timezone.now(), **form.cleaned_data)
            except BusinessError as error:
                complain(form, error)
                status = error.status if error.status != 400 else 422
            else:
                messages.success(request, _("已提交，等上一级决定。"))
                return redirect(f"{reverse('promises:list')}?state={Standing.BROKEN.value}")
    return render(request, "touchpoints/promises/exempt.html", {"stage": stage, "form": form}, status=status)


@require_GET
@requires("promise.exempt")
def request_list(request: SignedInRequest) -> HttpResponse:
    """The requests this person decides."""
    return _list(request)


def _list(request: SignedInRequest, refused: tuple[int, str] | None = None, status: int = 200) -> HttpResponse:
    rows = [
        (one, refused[1] if refused is not None and refused[0] == one.pk else "") for one in to_decide(request.user)
    ]
    return render(request, "touchpoints/promises/exemptions.html", {"rows": rows, "now": timezone.now()}, status=status)


def _request_or_404(request: SignedInRequest, key: int) -> Exemption:
    rows = Exemption.objects.visible_to(request.user).select_related("unit", "stage__order", "stage__stage_type")
    return get_object_or_404(rows, pk=key)


@require_POST
@requires("promise.exempt")
def decide(request: SignedInRequest, key: int) -> HttpResponse:
    """Grant it, or refuse it with the reason."""
    exemption, form = _request_or_404(request, key), DecideForm(request.POST)
    if not form.is_valid():
        return _list(request, (key, str(next(iter(form.errors.values()))[0])), 422)
    try:
        decide_exemption(exemption, by=request.user, at=timezone.now(), **form.cleaned_data)
    except BusinessError as error:
        if error.status in (403, 404):
            raise
        return _list(request, (key, str(error)), error.status if error.status != 400 else 422)
    messages.success(request, _("已同意豁免。") if form.cleaned_data["grant"] else _("已记下：不同意豁免。"))
    return redirect("promises:exemptions")


@require_GET
@requires("order.read")
def photo(request: SignedInRequest, key: int) -> HttpResponse:
    """The evidence of a request."""
    return shown_photo(_request_or_404(request, key).file)
