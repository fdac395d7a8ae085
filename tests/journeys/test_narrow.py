"""Nothing scrolls sideways on the smallest phones (WCAG 1.4.10: 320 px), with the large targets fingers get.

The walk in test_accessibility.py asks the same of every page of every role, with a mouse.
"""

import pytest

from tests.journeys.visitor import NARROW, Arrive
from tests.journeys.walk import pages_of, sideways

pytestmark = [pytest.mark.browser, pytest.mark.embedded]


@pytest.mark.thorough
def test_no_page_of_the_front_line_scrolls_sideways(arrive: Arrive) -> None:
    visitor = arrive("hall", NARROW)
    wide = {}
    for kind, path in pages_of(visitor, "/", "/me/"):
        if too_wide := sideways(visitor):
            wide[f"{kind} {path}"] = too_wide
            visitor.keep(kind.replace(":", "-"))

    assert wide == {}


def test_sign_in_does_not_scroll_sideways(arrive: Arrive) -> None:
    visitor = arrive("nobody", NARROW, at_the_door=True)
    visitor.open("/login/")

    assert sideways(visitor) == []
