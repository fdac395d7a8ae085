"""Where the demo is built in tests: the moment it calls now, the ground it needs, a small group on it."""

from datetime import datetime

from cxorders.demo.actions import Built, build_group
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.actions import load_calendar
from cxorders.organisation.models import User
from cxorders.organisation.queries import grants_of
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import HOLIDAYS, LONG_AGO

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=BUSINESS_ZONE)
"""a Wednesday morning"""


def ground() -> None:
    """What has to be there before the demo: catalogue, windows, holidays; nobody yet."""
    the_catalogue()
    load_calendar(HOLIDAYS, at=LONG_AGO)


def build(*, seed: int = 1, feedback: int = 650, companies: int = 2, at: datetime = NOW, months: int = 3) -> Built:
    """A group on fresh ground."""
    ground()
    return build_group(companies=companies, months=months, feedback=feedback, seed=seed, at=at)


def person(username: str) -> User:
    """A person of the demo, acting under the one grant she has."""
    user = User.objects.get(username=username)
    (user.active_grant,) = grants_of(user, at=NOW)
    return user
