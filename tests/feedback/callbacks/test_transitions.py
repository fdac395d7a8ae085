"""Every from/to pair of the call-back table (C1–C11)."""

from itertools import product

import pytest

from cxorders.kit.errors import WrongState
from cxorders.kit.states import may_move, move
from feedback.callbacks.enums import CALLBACK_TRANSITIONS, FINAL_STATES, WAITING_STATES, CallbackState
from feedback.callbacks.models import Callback
from tests.factories.issues import a_callback, an_office

STATES = [str(state) for state in CallbackState]
STEPS = {
    ("planned", "due"),
    ("due", "in_call"),
    ("in_call", "reached"),
    ("in_call", "not_reached"),
    ("in_call", "due"),
    ("in_call", "retry_planned"),
    ("reached", "finished"),
    ("reached", "refused"),
    ("not_reached", "retry_planned"),
    ("not_reached", "unreachable"),
    ("retry_planned", "in_call"),
    *((state, "void") for state in STATES if state != "void"),
}


def test_the_table_knows_exactly_the_steps_of_the_rules() -> None:
    assert {(a, b) for a, b in product(STATES, STATES) if may_move(CALLBACK_TRANSITIONS, a, b)} == STEPS


def test_states_that_wait_and_states_that_are_final_do_not_meet() -> None:
    assert not set(WAITING_STATES) & set(FINAL_STATES)
    assert set(STATES) - set(WAITING_STATES) - set(FINAL_STATES) == {"reached", "not_reached"}


@pytest.mark.django_db
def test_the_gate_moves_along_the_table_and_nowhere_else() -> None:
    callback = a_callback(an_office())
    for source, target in product(STATES, STATES):
        Callback.objects.filter(pk=callback.pk).update(state=source)
        callback.refresh_from_db()
        if (source, target) in STEPS:
            assert move(callback, target, table=CALLBACK_TRANSITIONS).state == target
        else:
            with pytest.raises(WrongState):
                move(callback, target, table=CALLBACK_TRANSITIONS)
