"""Two people who book the last place of a half-day at the same moment: one gets it, the other is told."""

from functools import partial

import pytest

from tests.factories.appointments import MINUTE, WEDNESDAY, a_visit_stage
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY
from tests.factories.organisation import a_world, team_of
from tests.harness.together import at_once
from touchpoints.appointments.actions import Agreed, book_appointment, set_places
from touchpoints.appointments.actions.places import HalfDayFull
from touchpoints.appointments.models import Appointment


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("configured", [True, False])
def test_the_last_place_is_given_away_once(configured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    the_catalogue()
    world = a_world()
    crew = team_of(world.company, "D-HOME")
    if configured:
        set_places(crew, by=None, at=MONDAY, day=WEDNESDAY, half="am", places=1)
    else:  # nobody made the row of the half-day yet
        monkeypatch.setattr("touchpoints.appointments.actions.places.usual_places", lambda _crew: 1)
    stages = [a_visit_stage() for _ in range(3)]
    book = partial(book_appointment, by=None, agreed=Agreed(crew, WEDNESDAY, "0830"))

    acts = [partial(book, stage, at=stage.started_at + MINUTE) for stage in stages]
    made, refused = at_once(*acts, refusals=(HalfDayFull,))

    assert (len(made), len(refused)) == (1, 2)
    assert Appointment.objects.get().pk == made[0].pk
