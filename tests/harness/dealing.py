"""Which parallel worker gets which tests: whole files, the longest first.

A file stays in one worker, with the ground built for it; all journeys share one installation.
"""

import re
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

LONGEST = ("tests/journeys/", "tests/access/", "tests/setup/", "tests/demo/", "tests/feedback/")
"""begun first, so that no worker is left alone with one of them at the end"""
PAGES = re.compile(r"/test_(\w+_)?(pages?|benches|dashboards?|compare|search|property|going_on)\.py$")
"""files that draw pages, or walk long ways over verbs that have tests of their own"""


class Dealing(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of one scope go to one worker, in order."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "tests/journeys" if path.startswith("tests/journeys/") else path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; what asks neither a database nor a service need not run for each of them.

    Pages are drawn on the embedded set-up, and on the services where THOROUGH is set.
    """
    items.sort(key=_rank)
    for item in items:
        if PAGES.search(item.nodeid.partition("::")[0]):
            item.add_marker(pytest.mark.pages)
        if not (_asks_a_database(item) or item.get_closest_marker("services")):
            item.add_marker(pytest.mark.embedded)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Dealing:
    """Deal in the order of the collection."""
    config.option.loadscopereorder = False
    return Dealing(config, log)


def _asks_a_database(item: pytest.Item) -> bool:
    named = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(named) or item.get_closest_marker("django_db") is not None


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))
