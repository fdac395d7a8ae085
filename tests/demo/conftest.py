"""One small simulated group per test module: two companies, three months, built once and thrown away."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from cxorders.demo.actions import Built
from tests.demo.ground import build


@pytest.fixture(scope="module")
def group(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Built]:
    """The group of the module, inside a transaction that is rolled back after its last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
