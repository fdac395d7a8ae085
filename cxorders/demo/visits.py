"""A few home visits around now, through the real verbs: booked, confirmed, and kept on the last working day."""

from datetime import date, datetime, timedelta

from cxorders.kit.worktime import WorkCalendar
from touchpoints.appointments.actions import Agreed, arrive, book_appointment, confirm
from touchpoints.appointments.actions.places import HalfDayFull
from touchpoints.appointments.enums import CONFIRM_AHEAD, USUAL_PLACES, WINDOWS
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.reads import crews_of, moments_of
from touchpoints.orders.enums import OrderState, StageState
from touchpoints.orders.models import Order, Stage

PER_COMPANY = 12
COMPANIES = 3
CODES = tuple(WINDOWS)
COMING = (0, 1, 1, 0, 2, 1, 3)
"""working days from today on which visits fall, one after the other"""
NOTES = ("", "门禁请按 1202", "", "家里有老人，请轻声敲门", "", "下午才有人")
LATE_EVERY = 5


def book_visits(company_ids: list[int], calendar: WorkCalendar, now: datetime) -> int:
    """Visits of the first companies; how many. Deterministic: stages in the order of their keys."""
    return sum(_visits_of(company, calendar, now) for company in company_ids[:COMPANIES])


def _visits_of(company_id: int, calendar: WorkCalendar, now: datetime) -> int:
    today = calendar.local_date(now)
    days = [today, *(calendar.nth_working_day(today, number) for number in (1, 2, 3))]
    yesterday = _last_working_day(calendar, today)
    rows = Stage.objects.filter(
        company_id=company_id,
        state=StageState.ACTIVE,
        order__state=OrderState.RUNNING,
        order__customer__isnull=False,
        stage_type__touchpoint__code__in=sorted(USUAL_PLACES),
        promise_kind="within",
        started_at__lt=now - timedelta(hours=2),
    ).select_related("stage_type__process", "stage_type__touchpoint", "unit", "order__unit")
    made = 0
    for number, stage in enumerate(rows.order_by("-started_at", "pk")[:PER_COMPANY]):
        stage.order = Order.objects.select_related("unit").get(pk=stage.order_id)
        day = days[COMING[number % len(COMING)]]
        over = stage.started_at is not None and calendar.local_date(stage.started_at) < yesterday
        made += _past(stage, yesterday, number) if over and number % 3 == 0 else _coming(stage, day, number, now)
    return made


def _last_working_day(calendar: WorkCalendar, today: date) -> date:
    day = today - timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _book(stage: Stage, day: date, number: int, at: datetime) -> Appointment | None:
    crews = crews_of(stage)
    crew = crews[number % len(crews)]
    turn = [CODES[(number + step) % len(CODES)] for step in range(len(CODES))]
    code = next((code for code in turn if moments_of(day, WINDOWS[code])[0] > at), "")
    if not code:
        return None
    try:
        return book_appointment(stage, by=None, at=at, agreed=Agreed(crew, day, code, NOTES[number % len(NOTES)]))
    except HalfDayFull:
        return None


def _coming(stage: Stage, day: date, number: int, now: datetime) -> int:
    at = now - timedelta(minutes=90 - 5 * number)
    booked = _book(stage, day, number, at)
    told = at + timedelta(minutes=1)
    if booked is not None and number % 2 and told < booked.starts_at < told + CONFIRM_AHEAD:
        confirm(booked, by=None, at=told)
    return booked is not None


def _past(stage: Stage, day: date, number: int) -> int:
    booked = _book(stage, day, number, moments_of(day, WINDOWS["am"])[0] - timedelta(hours=14))
    if booked is None:
        return 0
    late = number % LATE_EVERY == 0
    moment = booked.ends_at + timedelta(minutes=25) if late else booked.starts_at + timedelta(minutes=10)
    arrive(booked, by=None, at=moment)
    return 1
