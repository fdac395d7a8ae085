"""Both state tables: every from/to pair, and every verb from every state (DESIGN §10)."""

from collections.abc import Callable

import pytest

from cxorders.kit.errors import Stale, WrongState
from cxorders.kit.states import move
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, an_order, current_stage, run_to, stage_of
from tests.factories.organisation import a_world
from touchpoints.orders import actions
from touchpoints.orders.enums import ORDER_TRANSITIONS, STAGE_TRANSITIONS, OrderState, StageState
from touchpoints.orders.models import Order, Stage

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

ORDER_PAIRS = [(source, target) for source in OrderState.values for target in OrderState.values]
STAGE_PAIRS = [(source, target) for source in StageState.values for target in StageState.values]


def test_the_order_table_is_the_one_of_the_workflow():
    steps = {(source, target) for source, targets in ORDER_TRANSITIONS.items() for target in targets}

    assert steps == {
        ("draft", "accepted"),  # O2
        ("draft", "rejected"),  # O3
        ("draft", "cancelled"),  # O13, as all to cancelled
        ("accepted", "running"),  # O4
        ("accepted", "cancelled"),
        ("running", "suspended"),  # O11
        ("running", "done"),  # O12
        ("running", "cancelled"),
        ("suspended", "running"),  # O11
        ("suspended", "cancelled"),
        ("done", "observing"),  # O14
        ("done", "cancelled"),
        ("observing", "closed"),  # O15
        ("closed", "running"),  # O16
    }


def test_the_stage_table_is_the_one_of_the_workflow():
    steps = {(source, target) for source, targets in STAGE_TRANSITIONS.items() for target in targets}

    assert steps == {
        ("pending", "active"),  # O5
        ("pending", "skipped"),  # O10
        ("active", "paused"),  # O6
        ("paused", "active"),  # O7
        ("active", "done"),  # O8
        ("active", "failed"),  # O9
        ("failed", "active"),  # O9: the new appointment
    }


def test_every_pair_of_order_states_is_tried():
    order = an_order(accepted=False)
    for source, target in ORDER_PAIRS:
        Order.objects.filter(pk=order.pk).update(state=source)
        order.state = source
        if target in ORDER_TRANSITIONS[source]:
            assert move(order, target, table=ORDER_TRANSITIONS).state == target
        else:
            with pytest.raises(WrongState):
                move(order, target, table=ORDER_TRANSITIONS)


def test_every_pair_of_stage_states_is_tried():
    stage = current_stage(an_order())
    for source, target in STAGE_PAIRS:
        Stage.objects.filter(pk=stage.pk).update(state=source)
        stage.state = source
        if target in STAGE_TRANSITIONS[source]:
            assert move(stage, target, table=STAGE_TRANSITIONS).state == target
        else:
            with pytest.raises(WrongState):
                move(stage, target, table=STAGE_TRANSITIONS)


ORDER_VERBS: dict[str, tuple[Callable[[Order], object], set[str]]] = {
    "accept": (lambda o: actions.accept_order(o, by=None, at=MONDAY), {"draft"}),
    "reject": (lambda o: actions.reject_order(o, by=None, at=MONDAY, reason="超出供气范围"), {"draft"}),
    "suspend": (lambda o: actions.suspend_order(o, by=None, at=MONDAY, reason="permit"), {"running"}),
    "resume": (lambda o: actions.resume_order(o, by=None, at=MONDAY), {"suspended"}),
    "close": (lambda o: actions.close_order(o, by=None, at=MONDAY), {"observing"}),
    "reopen": (lambda o: actions.reopen_order(o, by=None, at=MONDAY, reason="漏气"), {"closed"}),
    "cancel": (
        lambda o: actions.cancel_order(o, by=None, at=MONDAY, reason="不装了", asked_by="customer"),
        {"draft", "accepted", "running", "suspended", "done"},
    ),
}


@pytest.mark.parametrize("verb", ORDER_VERBS)
def test_a_verb_of_orders_is_refused_from_every_other_state(verb):
    act, allowed = ORDER_VERBS[verb]
    order = an_order(accepted=False)

    for source in sorted(set(OrderState.values) - allowed):
        Order.objects.filter(pk=order.pk).update(state=source, closed_at=MONDAY)
        with pytest.raises(WrongState):
            act(Order.objects.get(pk=order.pk))
        assert Order.objects.get(pk=order.pk).state == source


STAGE_VERBS: dict[str, tuple[Callable[[Stage], object], set[str]]] = {
    "complete": (lambda s: actions.complete_stage(s, by=None, at=MONDAY), {"active"}),
    "fail": (lambda s: actions.fail_stage(s, by=None, at=MONDAY, reason="到访不遇"), {"active"}),
    "retry": (lambda s: actions.retry_stage(s, by=None, at=MONDAY), {"failed"}),
    "pause": (lambda s: actions.pause_stage(s, by=None, at=MONDAY, reason="permit"), {"active"}),
    "resume": (lambda s: actions.resume_stage(s, by=None, at=MONDAY), {"paused"}),
    "skip": (lambda s: actions.skip_stage(s, by=None, at=MONDAY, reason="不需要"), {"pending"}),
    "decide": (lambda s: actions.decide_stage(s, by=None, at=MONDAY, reason="需要"), {"pending"}),
}


@pytest.mark.parametrize("verb", STAGE_VERBS)
def test_a_verb_of_stages_is_refused_from_every_other_state(verb):
    act, allowed = STAGE_VERBS[verb]
    order = an_order("OT-CONTRACT-RES")
    run_to(order, "ESTIMATE")
    optional = verb in ("skip", "decide")
    stage = stage_of(order, "MAIN" if optional else "ESTIMATE")

    for source in sorted(set(StageState.values) - allowed):
        Stage.objects.filter(pk=stage.pk).update(state=source)
        fresh = stage_of(order, stage.stage_type.code)
        with pytest.raises(WrongState):
            act(fresh)
        assert stage_of(order, stage.stage_type.code).state == source


@pytest.mark.parametrize("state", sorted(set(OrderState.values) - {"running"}))
def test_no_stage_moves_while_its_order_does_not_run(state):
    order = an_order("OT-CONTRACT-RES")
    stage = run_to(order, "ESTIMATE")
    Order.objects.filter(pk=order.pk).update(state=state)

    for act, _allowed in STAGE_VERBS.values():
        with pytest.raises(WrongState):
            act(stage)


def test_two_people_completing_one_stage_make_one_completion():
    order = an_order("OT-CONTRACT-RES")
    stage = run_to(order, "SURVEY")
    slower = Stage.objects.select_related("stage_type__process", "unit").get(pk=stage.pk)
    actions.complete_stage(stage, by=None, at=MONDAY)

    with pytest.raises(Stale):
        actions.complete_stage(slower, by=None, at=MONDAY)
    assert Stage.objects.filter(order=order, state="active").count() == 1
