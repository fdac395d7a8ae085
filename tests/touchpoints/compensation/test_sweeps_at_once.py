"""Several sweeps at the same moment: one promise, one compensation."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from tests.factories.catalogue import the_catalogue
from tests.factories.compensation import a_broken_install, switched_on
from tests.factories.organisation import a_world
from touchpoints.compensation.actions import sweep_due
from touchpoints.compensation.models import Compensation


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_make_one_row() -> None:
    the_catalogue()
    world = a_world()
    switched_on(world.company)
    stages = [a_broken_install(world.company) for _ in range(3)]
    at = max(stage.due_at for stage in stages) + timedelta(hours=1)
    together = Barrier(3)
    made: list[int] = []
    failed: list[BaseException] = []

    def sweep() -> None:
        try:
            together.wait(timeout=10)
            made.append(sweep_due(at))
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert failed == []
    assert sum(made) == 3
    assert sorted(Compensation.objects.order_by().values_list("stage_id", flat=True)) == sorted(s.pk for s in stages)
