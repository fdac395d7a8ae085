"""One address per act on an appointment: one verb each, what was typed survives a refusal."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cxorders.kit.complaining import complain
from cxorders.kit.errors import BusinessError
from cxorders.kit.kept_form import keeps, take_back
from cxorders.organisation.access import SignedInRequest, requires
from touchpoints.appointments import actions, forms
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.board import HALVES, board_of
from touchpoints.appointments.queries.reads import crews_of, stage_to_book
from touchpoints.appointments.views.pages import (
    appointment_or_404,
    crew_or_404,
    detail_page,
    half_day_page,
    half_or_404,
    local_moment,
    window_text,
)
from touchpoints.orders.enums import RETRY_DAYS
from touchpoints.orders.models import Stage


def _back(request: SignedInRequest, appointment: Appointment) -> HttpResponse:
    """To the page the person came from, where it is one of ours; else to the appointment."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return redirect(wanted)
    return redirect("appointments:detail", appointment.number)


# ---- booking and moving ------------------------------------------------------------------------------------------


@keeps
@require_http_methods(["GET", "POST"])
@requires("order.work")
def book(request: SignedInRequest, number: str, stage_id: int) -> HttpResponse:
    """Agree a visit for a stage. A second submission opens the same appointment."""
    stage = stage_to_book(request.user, number, stage_id)
    if stage is None:
        raise Http404
    form = _book_form(request, stage, forms.BookForm)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.book_appointment(
                stage, by=request.user, at=timezone.now(),
                agreed=form.agreed(), client_key=form.cleaned_data["client_key"],
            )  # fmt: skip
        except BusinessError as error:
            complain(form, error)
            return _book_page(request, form, stage, None, status=error.status)
        text = _("已约：%(crew)s，%(window)s。请告知客户。") % {"crew": made.unit.name, "window": window_text(made)}
        messages.success(request, text)
        return redirect("orders:detail", stage.order.number)
    return _book_page(request, form, stage, None, status=422 if request.method == "POST" else 200)


@keeps
@require_http_methods(["GET", "POST"])
@requires("order.work")
def reschedule(request: SignedInRequest, number: str) -> HttpResponse:
    """Another window, with who asked and why."""
    appointment = appointment_or_404(request, number)
    form = _book_form(request, appointment.stage, forms.RescheduleForm, appointment)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.reschedule(
                appointment, by=request.user, at=timezone.now(), agreed=form.agreed(),
                asked_by=given["asked_by"], reason=given["reason"], client_key=given["client_key"],
            )  # fmt: skip
        except BusinessError as error:
            complain(form, error)
            return _book_page(request, form, appointment.stage, appointment, status=error.status)
        messages.success(request, _("已改约到%(window)s，请告知客户。") % {"window": window_text(made)})
        return redirect("appointments:detail", made.number)
    return _book_page(request, form, appointment.stage, appointment, status=422 if request.method == "POST" else 200)


def _book_form(
    request: SignedInRequest, stage: Stage, kind: type[forms.BookForm], moved: Appointment | None = None
) -> Any:
    today = timezone.localdate()
    given: dict[str, Any] = {"crews": crews_of(stage), "user": request.user, "today": today}
    if request.method == "POST":
        return kind(request.POST, **given)
    kept = take_back(request)
    if kept is not None:
        return kind(kept[0], **given)
    initial: dict[str, Any] = {name: request.GET[name] for name in ("crew", "day", "window") if request.GET.get(name)}
    if moved is not None:
        initial = {"crew": moved.unit_id, "note": moved.note, **initial}
    return kind(initial=initial, **given)


def _book_page(
    request: SignedInRequest, form: Any, stage: Stage, appointment: Appointment | None, *, status: int
) -> HttpResponse:
    now = timezone.now()
    days = board_of(list(form.crews.values()), timezone.localdate(now), now)
    context = {
        "form": form,
        "stage": stage,
        "order": stage.order,
        "appointment": appointment,
        "window": window_text(appointment) if appointment is not None else "",
        "board": days,
        "halves": HALVES,
        "retry_days": RETRY_DAYS,
        "now": now,
    }
    return render(request, "touchpoints/appointments/book.html", context, status=status)


# ---- acts on one appointment -------------------------------------------------------------------------------------


def _act(request: SignedInRequest, appointment: Appointment, verb: Callable[[], object], done: str) -> HttpResponse:
    """Do the act and go back; a refusal shows the appointment as it stands now with the reason."""
    try:
        verb()
    except BusinessError as error:
        if error.status in (403, 404):
            raise
        fresh = appointment_or_404(request, appointment.number)
        return detail_page(request, fresh, error=str(error), status=error.status)
    messages.success(request, done)
    return _back(request, appointment)


@require_POST
@requires("order.work")
def confirm(request: SignedInRequest, number: str) -> HttpResponse:
    """The customer says yes, the day before."""
    appointment = appointment_or_404(request, number)
    return _act(
        request, appointment,
        lambda: actions.confirm(appointment, by=request.user, at=timezone.now()), _("已记下：客户确认。"),
    )  # fmt: skip


@require_POST
@requires("order.work")
def cancel(request: SignedInRequest, number: str) -> HttpResponse:
    """Call the visit off, with who asked and why."""
    appointment = appointment_or_404(request, number)
    form = forms.ReasonForm(request.POST)
    if not form.is_valid():
        return detail_page(request, appointment, form=form, status=422)
    try:
        actions.cancel(appointment, by=request.user, at=timezone.now(), **form.cleaned_data)
    except BusinessError as error:
        complain(form, error)
        return detail_page(
            request, appointment_or_404(request, number), form=form, error=str(error), status=error.status
        )
    messages.success(request, _("预约已取消，名额已放回。"))
    return redirect("appointments:detail", number)


@require_POST
@requires("order.work")
def arrive(request: SignedInRequest, number: str) -> HttpResponse:
    """The crew is at the door; the phone may repeat itself."""
    appointment = appointment_or_404(request, number)
    form = forms.DeviceForm(request.POST)
    sound = form.is_valid()
    given = form.cleaned_data
    return _act(
        request, appointment,
        lambda: actions.arrive(
            appointment, by=request.user, at=timezone.now(), device_at=given.get("device_at"),
            position=form.position() if sound else None, key=given.get("client_key"),
        ),
        _("已签到。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires("order.work")
def no_access(request: SignedInRequest, number: str) -> HttpResponse:
    """Nobody opens: call, photo of the door, place. The phone may repeat itself."""
    appointment = appointment_or_404(request, number)
    if request.method != "POST":
        place = appointment.order.premises.address if appointment.order.premises is not None else ""
        return _no_access_page(request, appointment, forms.NoAccessForm(initial={"place": place}), 200)
    form = forms.NoAccessForm(request.POST, request.FILES)
    if not form.is_valid():
        return _no_access_page(request, appointment, form, 422)
    now = timezone.now()
    try:
        actions.record_no_access(
            appointment, by=request.user, at=now,
            door=form.door(local_moment(timezone.localdate(now), form.cleaned_data["called_at"])),
            device_at=form.cleaned_data["device_at"], key=form.cleaned_data["client_key"],
        )  # fmt: skip
    except BusinessError as error:
        complain(form, error)
        return _no_access_page(request, appointment_or_404(request, number), form, error.status)
    messages.success(request, _("已记下上门不遇，请在 3 天内再约。"))
    day = reverse("appointments:day")
    return redirect(f"{day}?crew={appointment.unit_id}&day={appointment.day.isoformat()}")


def _no_access_page(
    request: SignedInRequest, appointment: Appointment, form: forms.NoAccessForm, status: int
) -> HttpResponse:
    context = {
        "appointment": appointment,
        "order": appointment.order,
        "form": form,
        "window": window_text(appointment),
        "retry_days": RETRY_DAYS,
    }
    return render(request, "touchpoints/appointments/no_access.html", context, status=status)


@require_POST
@requires("order.manage")
def set_places(request: SignedInRequest, crew_id: int, day: str, half: str) -> HttpResponse:
    """How many visits a crew takes in that half-day."""
    crew = crew_or_404(request, crew_id)
    when, part = half_or_404(day, half)
    form = forms.PlacesForm(request.POST)
    if not form.is_valid():
        return half_day_page(request, crew, when, part, form, 422)
    actions.set_places(
        crew, by=request.user, at=timezone.now(), day=when, half=part, places=form.cleaned_data["places"]
    )
    messages.success(request, _("名额已改。"))
    return redirect("appointments:half_day", crew_id, day, half)
