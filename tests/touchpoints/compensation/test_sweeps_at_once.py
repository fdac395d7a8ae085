"""Several sweeps at the same moment: one promise, one compensation."""

from datetime import timedelta

import pytest

from tests.factories.catalogue import the_catalogue
from tests.factories.compensation import a_broken_install, switched_on
from tests.factories.organisation import a_world
from tests.harness.together import at_once
from touchpoints.compensation.actions import sweep_due
from touchpoints.compensation.models import Compensation


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_make_one_row() -> None:
    the_catalogue()
    world = a_world()
    switched_on(world.company)
    stages = [a_broken_install(world.company) for _ in range(3)]
    at = max(stage.due_at for stage in stages) + timedelta(hours=1)
    made, _refused = at_once(*[lambda: sweep_due(at)] * 3)

    assert sum(made) == 3
    assert sorted(Compensation.objects.order_by().values_list("stage_id", flat=True)) == sorted(s.pk for s in stages)
