"""Places of a crew in a half-day: set by its manager, given away one by one."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q

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


Slot = tuple[int, date, str]
"""crew, day, half of the day"""


class HalfDays:
    """Half-days of crews, kept for this transaction, so that two bookings of one of them run one by one.

    However many there are, the database is asked a constant number of questions.
    """

    def __init__(self, slots: Iterable[tuple[Unit, date, str]]) -> None:
        self.crews = {(crew.pk, day, half): crew for crew, day, half in slots}
        self.rows = self._locked()
        missing = self.crews.keys() - self.rows.keys()
        if missing:
            fresh = [self._row(slot) for slot in sorted(missing)]
            CrewCapacity.objects.bulk_create(fresh, ignore_conflicts=True)
            self.rows = self._locked()
        self._taken: dict[Slot, int] = {}

    def _row(self, slot: Slot) -> CrewCapacity:
        crew, (_key, day, half) = self.crews[slot], slot
        return CrewCapacity(unit=crew, company=crew.company or crew, day=day, half=half)

    def _among(self) -> Q:
        days: dict[tuple[int, str], list[date]] = defaultdict(list)
        for crew, day, half in self.crews:
            days[crew, half].append(day)
        found = Q(pk__in=())
        for (crew, half), among in days.items():
            found |= Q(unit=crew, half=half, day__in=among)
        return found

    def _locked(self) -> dict[Slot, CrewCapacity]:
        rows = CrewCapacity.objects.select_for_update().filter(self._among()).order_by("unit", "day", "half")
        return {(row.unit_id, row.day, row.half): row for row in rows}

    def count(self) -> None:
        """Look up how many places are given away."""
        rows = Appointment.objects.filter(self._among()).exclude(state__in=GIVEN_BACK).order_by()
        counts = rows.values_list("unit_id", "day", "half").annotate(given=Count("pk"))
        self._taken = {(crew, day, half): given for crew, day, half, given in counts}

    def places(self, slot: Slot) -> int:
        """How many visits the crew takes in that half-day."""
        said = self.rows[slot].places
        return usual_places(self.crews[slot]) if said is None else said

    def require(self, slot: Slot) -> None:
        """Make sure that a place is left. Raises HalfDayFull."""
        places, (_crew, day, half) = self.places(slot), slot
        if self._taken.get(slot, 0) >= places:
            raise HalfDayFull(
                field="window",
                crew=self.crews[slot].name,
                day=day.isoformat(),
                half=str(Half(half).label),
                half_en="morning" if half == Half.AM else "afternoon",
                places=places,
            )

    def take(self, slot: Slot) -> None:
        """One place more is given away."""
        self._taken[slot] = self._taken.get(slot, 0) + 1


def take_place(crew: Unit, day: date, half: str) -> None:
    """Hold the half-day and make sure that a place is left in it. Raises HalfDayFull."""
    days = HalfDays([(crew, day, half)])
    days.count()
    days.require((crew.pk, day, half))


@transaction.atomic
def set_places(crew: Unit, *, by: User | None, at: datetime, day: date, half: str, places: int) -> CrewCapacity:
    """How many visits `crew` takes in that half-day. Fewer than are booked already is possible: nothing more fits.

    Effects: capacity; journal on the crew. Errors: NotAllowed, PlacesWrong.
    """
    if not policy.may_set_places(by, crew):
        raise NotAllowed()
    if not 0 <= places <= MOST_PLACES:
        raise PlacesWrong(field="places", most=MOST_PLACES)
    held = HalfDays([(crew, day, half)])
    row, before = held.rows[crew.pk, day, half], held.places((crew.pk, day, half))
    row.places = places
    row.save(update_fields=["places"])
    record(
        crew, "appointment.places_set", by=by, at=at, unit_id=crew.pk,
        day=day.isoformat(), half=half, count=places, before=before,
    )  # fmt: skip
    return row
