"""M12 as plain counts, and its worked example through rows."""

from datetime import date

import pytest

from cxorders.organisation.scope import Scope, scope_of
from tests.factories.appointments import WEDNESDAY, an_appointment
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import a_person, a_world, team_of
from touchpoints.appointments.enums import Outcome
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.counts import Kept, kept_counts

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

EXAMPLE = {
    Outcome.CUSTOMER_CANCELLED: 12,
    Outcome.CUSTOMER_MOVED: 8,
    Outcome.KEPT: 214,
    Outcome.LATE: 16,
    Outcome.MISSED: 6,
    Outcome.NO_ACCESS: 4,
}
ALL = Scope(user_id=0, everything=True)


def rows_like(first: Appointment, outcomes: dict[str, int], *, state: str = "kept") -> None:
    values = {f.attname: getattr(first, f.attname) for f in Appointment._meta.concrete_fields if not f.primary_key}
    Appointment.objects.bulk_create(
        Appointment(**(values | {"state": state, "outcome": outcome}))
        for outcome, n in outcomes.items()
        for _ in range(n)
    )


def test_the_worked_example(django_assert_num_queries) -> None:
    first = an_appointment()
    rows_like(first, EXAMPLE)
    rows_like(first, {Outcome.REPLACED: 5}, state="moved")  # counts where it was moved to

    with django_assert_num_queries(1):
        counts = kept_counts(ALL, date(2026, 9, 1), date(2026, 9, 30))

    assert counts == Kept(260, 12, 8, 214, 16, 6, 4)
    assert counts.base == 240
    assert round((counts.kept + counts.no_access) / counts.base, 6) == 0.908333
    assert round(counts.kept / (counts.base - counts.no_access), 6) == 0.90678


def test_only_the_days_and_the_scope_asked_for(world) -> None:
    rows_like(an_appointment(company=world.company), {Outcome.KEPT: 2})
    rows_like(an_appointment(company=world.other), {Outcome.LATE: 3})
    gatekeeper = scope_of(a_person("gatekeeper", at=world.company))
    crew = scope_of(a_person("field", at=team_of(world.company, "D-HOME")))

    for scope in (gatekeeper, crew):
        assert kept_counts(scope, WEDNESDAY, WEDNESDAY) == Kept(2, 0, 0, 2, 0, 0, 0)
    assert kept_counts(ALL, WEDNESDAY, WEDNESDAY).booked == 5
    assert kept_counts(ALL, date(2026, 9, 17), date(2026, 9, 30)).booked == 0
