"""Pages of appointments: the board of a week, one half-day, the day of a crew on the phone, one appointment."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cxorders.customers.policy import may_reveal
from cxorders.kit.formats import day_prose
from cxorders.kit.offline import kept_offline
from cxorders.kit.shown_photo import shown_photo
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.models import Unit
from touchpoints.appointments import forms, policy
from touchpoints.appointments.enums import OPEN_STATES, AppointmentState, Half
from touchpoints.appointments.filters import day_from, key_from, wanted_from, with_values
from touchpoints.appointments.models import Appointment, NoAccess
from touchpoints.appointments.queries.board import board_of, cell_of, companies_for, crews_for, visits_of
from touchpoints.appointments.queries.reads import appointment_by_number
from touchpoints.appointments.queries.story import story_of

WEEK = timedelta(days=7)


@require_GET
@requires("order.read")
def board(request: SignedInRequest) -> HttpResponse:
    """The week by crew; company, unit and week live in the address."""
    now = timezone.now()
    wanted = wanted_from(request.GET, timezone.localdate(now))
    companies = companies_for(request.user)
    keys = {company.pk for company in companies}
    company = wanted.company if wanted.company in keys else next((one.pk for one in companies), None)
    crews = crews_for(request.user, company, None)
    shown = crews_for(request.user, company, wanted.unit) if wanted.unit is not None else crews
    week = board_of(shown, wanted.monday, now)
    context = {
        "board": week,
        "now": now,
        "companies": [(one.pk, one.name) for one in companies],
        "company": company,
        "units": [(crew.pk, crew.name) for crew in crews] if len(crews) > 1 else [],
        "filtered": wanted.unit is not None,
        "earlier": with_values(request.GET, week=(wanted.monday - WEEK).isoformat()),
        "later": with_values(request.GET, week=(wanted.monday + WEEK).isoformat()),
        "own_crew": may(request.user, "order.work") and len(crews) > 0,
    }
    return render(request, "touchpoints/appointments/board.html", context)


def crew_or_404(request: SignedInRequest, crew_id: int) -> Unit:
    """A crew in reach; its week is on the board."""
    crew = next((one for one in crews_for(request.user, None, crew_id) if one.pk == crew_id), None)
    if crew is None:
        raise Http404
    return crew


def half_or_404(day: str, half: str) -> tuple[date, str]:
    """Day and half-day out of the address."""
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    if half not in forms.HALVES:
        raise Http404
    return found, half


@require_GET
@requires("order.read")
def half_day(request: SignedInRequest, crew_id: int, day: str, half: str) -> HttpResponse:
    """What a crew has booked in one half-day."""
    return half_day_page(request, crew_or_404(request, crew_id), *half_or_404(day, half))


def half_day_page(
    request: SignedInRequest, crew: Unit, day: date, half: str, form: Any = None, status: int = 200
) -> HttpResponse:
    """The half-day; `form` is the one that came back."""
    now = timezone.now()
    cell, rows = cell_of(crew, day, half, now)
    context = {
        "cell": cell,
        "rows": rows,
        "title": f"{crew.name} · {day_prose(day)}{Half(half).label}",
        "now": now,
        "form": form or forms.PlacesForm(initial={"places": cell.places}),
        "may_set": policy.may_set_places(request.user, crew),
    }
    return render(request, "touchpoints/appointments/half_day.html", context, status=status)


# ---- the day of a crew on the phone ------------------------------------------------------------------------------


@require_GET
@requires("order.work")
@kept_offline
def crew_day(request: SignedInRequest) -> HttpResponse:
    """`/appointments/day/?crew=&day=`: the visits in order. Without a crew: the own one, else the first in reach."""
    now = timezone.now()
    today = timezone.localdate(now)
    day = day_from(request.GET.get("day", ""), today)
    crews = crews_for(request.user, None, None)
    wanted = key_from(request.GET.get("crew", ""))
    own = request.user.active_grant.unit_id if request.user.active_grant is not None else None
    crew = next((one for key in (wanted, own) for one in crews if one.pk == key), crews[0] if crews else None)
    visits = visits_of(crew, day, now) if crew is not None else []
    context = {
        "crew": crew,
        "crews": [(one.pk, one.name) for one in crews],
        "day": day,
        "is_today": day == today,
        "now": now,
        "visits": visits,
        "left": sum(visit.is_open for visit in visits),
        "may_reveal": may(request.user, "customer.reveal"),
        "device": forms.DeviceForm(),
        "earlier": with_values(request.GET, day=(day - timedelta(days=1)).isoformat()),
        "later": with_values(request.GET, day=(day + timedelta(days=1)).isoformat()),
    }
    return render(request, "touchpoints/appointments/day.html", context)


# ---- one appointment ---------------------------------------------------------------------------------------------


@require_GET
@requires("order.read")
@kept_offline
def detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One appointment: what was agreed, what happened, what can be done."""
    return detail_page(request, appointment_or_404(request, number))


def appointment_or_404(request: SignedInRequest, number: str) -> Appointment:
    """An appointment in reach."""
    appointment = appointment_by_number(request.user, number)
    if appointment is None:
        raise Http404
    return appointment


def proof_of(appointment: Appointment) -> NoAccess | None:
    """What the crew left at a closed door."""
    return getattr(appointment, "no_access", None)


def detail_page(
    request: SignedInRequest,
    appointment: Appointment,
    *,
    form: django_forms.Form | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; `form` is a refused cancellation, `error` what was refused."""
    now = timezone.now()
    is_open = appointment.state in OPEN_STATES
    arranges = is_open and policy.may_arrange(request.user, appointment)
    visits = policy.may_visit(request.user, appointment)
    customer = appointment.order.customer
    context = {
        "appointment": appointment,
        "order": appointment.order,
        "proof": proof_of(appointment),
        "now": now,
        "error": error,
        "cancel": (form or forms.ReasonForm()) if arranges else None,
        "cancel_open": form is not None,
        "may_confirm": arranges and appointment.state == AppointmentState.BOOKED and now < appointment.starts_at,
        "may_arrive": visits and is_open and policy.is_time(appointment, now),
        "may_miss": visits
        and policy.possible(appointment, AppointmentState.NO_ACCESS)
        and policy.is_time(appointment, now),
        "may_reveal": customer is not None and may_reveal(request.user, customer),
        "device": forms.DeviceForm(),
        "story": story_of(appointment),
        "window": window_text(appointment),
    }
    return render(request, "touchpoints/appointments/detail.html", context, status=status)


def window_text(appointment: Appointment) -> str:
    """11 月 25 日 08:30–10:30"""
    opens, closes = (timezone.localtime(at) for at in (appointment.starts_at, appointment.ends_at))
    return f"{day_prose(opens)} {opens:%H:%M}–{closes:%H:%M}"


@require_GET
@requires("order.read")
def door_photo(request: SignedInRequest, number: str) -> HttpResponse:
    """The photo of the closed door, for whoever may see the appointment."""
    proof = proof_of(appointment_or_404(request, number))
    return shown_photo(proof.photo if proof is not None else None)


def local_moment(day: date, clock: Any) -> datetime | None:
    """A clock time of that day as a moment."""
    return None if clock is None else datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
