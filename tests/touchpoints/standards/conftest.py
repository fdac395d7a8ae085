"""What the tests of a company's own standards share."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.models import User
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, department_in
from tests.factories.standards import Case


@pytest.fixture
def case(world: World) -> Case:
    the_catalogue()
    manager = a_person("dept_mgr", at=department_in(world.company, "D-HALL"))
    return Case(world, manager, a_person("branch_leader", at=world.company))


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def today(now: datetime) -> date:
    return timezone.localdate(now, BUSINESS_ZONE)


@pytest.fixture
def leader(world: World) -> User:
    the_catalogue()
    return a_person("branch_leader", at=world.company)


@pytest.fixture
def manager(world: World) -> User:
    the_catalogue()
    return a_person("dept_mgr", at=world.company)
