"""Places of a crew in a half-day: set by its manager, given away one by one."""

from datetime import date, datetime

from django.db import transaction

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import Unit, User
from touchpoints.appointments import policy
from touchpoints.appointments.enums import GIVEN_BACK, MOST_PLACES, Half
from touchpoints.appointments.models import Appointment, CrewCapacity
from touchpoints.appointments.queries.reads import usual_places


class HalfDayFull(BusinessError):
    code = "half_day_full"
    zh = "{crew}{day}{half}的 {places} 个名额已约满，请换一个时段或班组。"
    en = "{crew} has no place left on {day} ({half_en}, {places} places). Choose another time or crew."


class PlacesWrong(BusinessError):
    code = "places_wrong"
    zh = "名额填 0 到 {most} 之间的整数。"
    en = "Places are a whole number from 0 to {most}."


def locked(crew: Unit, day: date, half: str) -> CrewCapacity:
    """The row of the half-day, kept for this transaction, so that two bookings of it run one by one."""
    CrewCapacity.objects.get_or_create(unit=crew, day=day, half=half, defaults={"company": crew.company or crew})
    return CrewCapacity.objects.select_for_update().get(unit=crew, day=day, half=half)


def taken(crew: Unit, day: date, half: str) -> int:
    """How many places of the half-day are given away."""
    rows = Appointment.objects.filter(unit=crew, day=day, half=half)
    return rows.exclude(state__in=GIVEN_BACK).count()


def take_place(crew: Unit, day: date, half: str) -> None:
    """Hold the half-day and make sure that a place is left in it. Raises HalfDayFull."""
    row = locked(crew, day, half)
    places = usual_places(crew) if row.places is None else row.places
    if taken(crew, day, half) >= places:
        raise HalfDayFull(
            field="window",
            crew=crew.name,
            day=day.isoformat(),
            half=str(Half(half).label),
            half_en="morning" if half == Half.AM else "afternoon",
            places=places,
        )


@transaction.atomic
def set_places(crew: Unit, *, by: User | None, at: datetime, day: date, half: str, places: int) -> CrewCapacity:
    """How many visits `crew` takes in that half-day. Fewer than are booked already is possible: nothing more fits.

    Effects: capacity; journal on the crew. Errors: NotAllowed, PlacesWrong.
    """
    if not policy.may_set_places(by, crew):
        raise NotAllowed()
    if not 0 <= places <= MOST_PLACES:
        raise PlacesWrong(field="places", most=MOST_PLACES)
    row = locked(crew, day, half)
    before = usual_places(crew) if row.places is None else row.places
    row.places = places
    row.save(update_fields=["places"])
    record(
        crew, "appointment.places_set", by=by, at=at, unit_id=crew.pk,
        day=day.isoformat(), half=half, count=places, before=before,
    )  # fmt: skip
    return row
