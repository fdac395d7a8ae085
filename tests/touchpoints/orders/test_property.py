"""Random legal journeys over all twenty order types keep the invariants of workflows.md §1."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxorders.kit.errors import BusinessError
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, an_order, finish, in_front, proofs_for
from tests.factories.organisation import a_world
from touchpoints.orders import actions
from touchpoints.orders.enums import EMERGENCY_TYPES
from touchpoints.orders.models import Evidence, Order, OrderType, StagePause
from touchpoints.orders.queries import is_callback, stages_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

ACTS = ("complete", "complete", "complete", "pause", "resume", "fail", "retry", "skip", "decide", "suspend", "go on")


def _act(order: Order, act: str, at) -> None:
    """One random act; what the business refuses leaves everything as it was."""
    stage, waiting = in_front(order)
    failed = next((s for s in stages_of(order) if s.state == "failed"), None)
    if act == "complete" and stage is not None:
        actions.complete_stage(stage, by=None, at=at, evidence=proofs_for(stage))
    elif act == "pause" and stage is not None:
        actions.pause_stage(stage, by=None, at=at, reason="waiting_customer")
    elif act == "resume" and stage is not None:
        actions.resume_stage(stage, by=None, at=at)
    elif act == "fail" and stage is not None:
        actions.fail_stage(stage, by=None, at=at, reason="到访不遇")
    elif act == "retry" and failed is not None:
        actions.retry_stage(failed, by=None, at=at)
    elif act == "skip" and waiting is not None:
        actions.skip_stage(waiting, by=None, at=at, reason="不需要")
    elif act == "decide" and waiting is not None:
        actions.decide_stage(waiting, by=None, at=at, reason="需要")
    elif act == "suspend":
        actions.suspend_order(order, by=None, at=at, reason="permit")
    elif act == "go on":
        actions.resume_order(order, by=None, at=at)


def _check(order: Order, promises: dict[int, tuple[object, object]], proofs: set[int]) -> set[int]:
    stages = stages_of(order)
    service = [stage for stage in stages if not is_callback(stage.stage_type)]
    held = [stage for stage in service if stage.state in ("active", "paused", "failed")]
    assert len(held) <= 1, "exactly one stage is open at a time"
    assert {s.pk: (s.promise_value, s.promise_unit) for s in stages} == promises, "promises are frozen"
    for stage in stages:
        assert (stage.state == "pending") == (stage.started_at is None and stage.ended_at is None)
        assert stage.due_at is None or stage.first_due_at is None or stage.due_at >= stage.first_due_at
        assert stage.state != "skipped" or (stage.stage_type.optional and stage.reason)
    assert order.state in ("running", "suspended", "observing")
    if order.state == "observing":
        assert all(stage.state in ("done", "skipped") for stage in service)
        assert order.done_at == max(stage.ended_at for stage in service)
    over = [stage.state in ("done", "skipped") for stage in service]  # optional ones may be skipped ahead
    assert all(all(over[:n]) for n, stage in enumerate(service) if stage.state == "done"), "stages are done in order"
    assert not (order.order_type.code in EMERGENCY_TYPES and StagePause.objects.filter(stage__order=order).exists())
    now = set(Evidence.objects.filter(stage__order=order).values_list("pk", flat=True))
    assert proofs <= now, "evidence is never taken away"
    return now


@pytest.fixture
def types(world) -> list[str]:
    the_catalogue()
    codes = list(OrderType.objects.filter(retired=False).order_by("position").values_list("code", flat=True))
    assert len(codes) == 20
    return codes


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_random_journey_keeps_every_invariant(types, world, data):
    kind = data.draw(st.sampled_from(types))
    order = an_order(kind, company=world.company, at=MONDAY)
    promises = {s.pk: (s.promise_value, s.promise_unit) for s in stages_of(order)}
    at, proofs = MONDAY, set()
    for _step in range(data.draw(st.integers(3, 16))):
        at += timedelta(minutes=data.draw(st.integers(5, 60 * 24)))
        with suppress(BusinessError):
            _act(order, data.draw(st.sampled_from(ACTS)), at)
        order.refresh_from_db()
        proofs = _check(order, promises, proofs)


@pytest.mark.parametrize("index", range(20))
def test_every_type_runs_from_acceptance_to_observation(types, world, index):
    order = an_order(types[index], company=world.company)
    finish(order)

    assert order.state == "observing"
    assert order.promised_at is None or order.promised_at >= order.accepted_at
