"""The strict harness (DESIGN §10) and the fixtures every test may use.

Strict by machinery: warnings are errors (pyproject.toml), undefined template variables fail, unordered querysets come
back shuffled, sockets beyond loopback are refused. Test worlds are built by `tests/factories`.
"""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from cxorders.organisation.middleware import GRANT_KEY
from cxorders.organisation.models import Grant
from cxorders.organisation.queries import forget_calendars
from tests.factories.organisation import World, a_world
from tests.harness import network, ordering, seals, templates
from tests.harness.dealing import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401 -- hooks
from tests.harness.ground import _ground, put_back_catalogue  # noqa: F401 -- a fixture

gc.set_threshold(50_000, 20, 100)  # thousands of live tests and models are not looked through again and again


@pytest.fixture(autouse=True, scope="session")
def _strict() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for part in (network, ordering, seals, templates):
            part.install(patch)
        yield


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Nothing a test leaves in memory reaches the next one."""
    translation.activate("zh-hans")
    forget_calendars()
    put_back_catalogue()
    cache.clear()
    yield
    translation.activate("zh-hans")


@pytest.fixture
def client_as(db: None) -> Callable[..., Client]:
    """A browser signed in as `user`, acting under `grant` (default: the first in force)."""

    def sign_in(user: AbstractUser, grant: Grant | None = None, **headers: Any) -> Client:
        client = Client(headers=headers or None)
        client.force_login(user)
        if grant is not None:
            session = client.session
            session[GRANT_KEY] = grant.pk
            session.save()
        return client

    return sign_in


@pytest.fixture
def world(db: None) -> World:
    """Group, two companies, owner, supervisor, stranger."""
    return a_world()


@pytest.fixture
def throttled(settings: Any) -> None:
    """Sign-in throttling on, as in production."""
    settings.AXES_ENABLED = True
