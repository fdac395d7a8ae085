"""What the other journeys stand on."""

import pytest

from tests.journeys.visitor import Arrive

pytestmark = [pytest.mark.browser, pytest.mark.embedded]

DRAWN = """
character => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 48;
  const pen = canvas.getContext("2d");
  pen.font = "40px " + getComputedStyle(document.body).fontFamily;
  pen.fillText(character, 4, 40);
  return canvas.toDataURL();
}
"""


def test_this_machine_draws_chinese(arrive: Arrive) -> None:
    """Without a CJK font every hanzi is the same empty box, and no screenshot is worth looking at."""
    page = arrive("hall", at_the_door=True)
    page.open("/login/")

    assert page.page.evaluate(DRAWN, "燃") != page.page.evaluate(DRAWN, "气")
