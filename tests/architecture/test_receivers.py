"""Who hears which news: the wiring equals the checked-in list, so that it never grows unseen."""

from cxorders.kit.events import wiring
from tests.architecture.house import ROOT

LIST = ROOT / "tests/architecture/receivers.txt"


def test_the_wiring_is_the_one_that_was_agreed() -> None:
    """After a deliberate change: write the list printed here into receivers.txt."""
    wired = [
        f"{event} -> {receiver}"
        for event, receivers in wiring().items()
        if not event.startswith("tests.")
        for receiver in receivers
    ]
    agreed = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]

    assert wired == agreed


def test_receivers_live_in_receivers_modules() -> None:
    elsewhere = [name for names in wiring().values() for name in names if ".receivers." not in name]

    assert [name for name in elsewhere if not name.startswith("tests.")] == []
