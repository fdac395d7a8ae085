"""State → kind, icon, word: complete, and never a new colour."""

from pathlib import Path

from django.conf import settings

from cxorders.kit.badges import MACHINES, badge
from feedback.callbacks.enums import CallbackState
from feedback.issues.enums import IssueState
from touchpoints.orders.enums import OrderState, StageState

KINDS = {"hold", "run", "up", "brand", "ok", "warn", "bad", "seal", "line", "solid-bad", "tp"}


def test_every_state_uses_a_known_kind_and_a_listed_icon() -> None:
    looks = [look for table in MACHINES.values() for look in table.values()]
    icons = set(Path(settings.BASE_DIR, "static", "icons.txt").read_text("utf-8").split())

    assert {look.kind for look in looks} == KINDS
    assert {look.icon for look in looks} - icons == set()


def test_two_states_of_one_machine_never_look_the_same() -> None:
    for name, table in MACHINES.items():
        words = [str(look.label) for look in table.values()]
        assert len(set(words)) == len(words), name


def test_an_unknown_state_is_grey_under_its_own_name() -> None:
    assert badge("issue", "in_progress")[:2] == ("run", "loader-2")
    assert badge("issue", "no_such_state") == ("hold", "help", "no_such_state")


def test_the_badges_cover_the_machines_of_the_product() -> None:
    assert set(IssueState.values) - set(MACHINES["issue"]) == set()
    assert set(OrderState.values) - set(MACHINES["order"]) == set()
    assert set(StageState.values) - set(MACHINES["stage"]) == set()
    assert set(CallbackState.values) - set(MACHINES["callback"]) == set()
