"""What the tests of a company's own standards share."""

import pytest

from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, department_in
from tests.factories.standards import Case


@pytest.fixture
def case(world: World) -> Case:
    the_catalogue()
    manager = a_person("dept_mgr", at=department_in(world.company, "D-HALL"))
    return Case(world, manager, a_person("branch_leader", at=world.company))
