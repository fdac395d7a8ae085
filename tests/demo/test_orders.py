"""Orders of the demo stand where the verbs would have left them."""

from datetime import datetime

import pytest
from django.db.models import Q
from django.utils import timezone

from cxorders.journal.models import Entry
from cxorders.kit.numbering import BUSINESS_ZONE
from tests.demo.ground import NOW
from touchpoints.orders import promises
from touchpoints.orders.actions import close_finished, resume_expired
from touchpoints.orders.actions.accept import _lay_out
from touchpoints.orders.enums import ORDER_TRANSITIONS, STAGE_TRANSITIONS, OrderState, StageState
from touchpoints.orders.guards import guards_of
from touchpoints.orders.models import Evidence, Order, Stage, StagePause
from touchpoints.orders.planning import foretell, promised_finish
from touchpoints.orders.queries import Calendars, expected_finish, is_callback, promise_of, stages_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("group"),
    pytest.mark.embedded,
]  # the same rows on every database

LIVE = {StageState.ACTIVE, StageState.PAUSED, StageState.FAILED}
STEPS = {
    "order.accepted": OrderState.ACCEPTED, "order.running": OrderState.RUNNING, "order.suspended": OrderState.SUSPENDED,
    "order.done": OrderState.DONE, "order.closed": OrderState.CLOSED, "order.cancelled": OrderState.CANCELLED,
    "order.rejected": OrderState.REJECTED,
}  # fmt: skip
STAGE_STEPS = {
    "stage.started": StageState.ACTIVE, "stage.completed": StageState.DONE, "stage.failed": StageState.FAILED,
    "stage.retried": StageState.ACTIVE, "stage.skipped": StageState.SKIPPED, "stage.paused": StageState.PAUSED,
    "stage.resumed": StageState.ACTIVE, "stage.called_back": StageState.DONE,
    "stage.not_called_back": StageState.FAILED,
}  # fmt: skip
THOUGHT_OVER = (
    "order.accepted", "stage.started", "stage.completed", "stage.skipped", "stage.decided", "stage.paused",
    "stage.resumed", "stage.failed", "stage.retried", "stage.appointed",
)  # fmt: skip
"""verbs after which the expected finish is reckoned again"""


def journal(order: Order) -> list[Entry]:
    rows = Entry.objects.filter(subject_label="touchpoints.order", subject_id=order.pk)
    return list(rows.order_by("at", "pk"))


def orders() -> list[Order]:
    return list(Order.objects.select_related("unit", "company", "order_type").order_by("pk"))


def test_all_states_of_an_order_occur() -> None:
    found = set(Order.objects.order_by().values_list("state", flat=True))
    assert found >= {
        OrderState.DRAFT, OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED, OrderState.OBSERVING,
        OrderState.CLOSED,
    }  # fmt: skip


def test_the_stages_fit_the_state_of_their_order() -> None:
    for order in orders():
        stages = stages_of(order)
        service = [stage for stage in stages if not is_callback(stage.stage_type)]
        states = [stage.state for stage in service]
        live = [state for state in states if state in LIVE]
        if order.state in (OrderState.DRAFT, OrderState.REJECTED):
            assert stages == [], order
        elif order.state == OrderState.ACCEPTED:
            assert (order.parent_id is not None, set(states)) == (True, {StageState.PENDING}), order
        elif order.state == OrderState.SUSPENDED:
            assert live == [StageState.PAUSED], order
        elif order.state == OrderState.RUNNING and not live:
            first = next(stage for stage in service if stage.state == StageState.PENDING)
            waits = order.parent_id is not None  # for its contract
            assert waits or (first.stage_type.optional and not first.needed), order
        elif order.state == OrderState.RUNNING:
            assert len(live) == 1, order
        elif order.state == OrderState.CANCELLED:
            assert live == [StageState.FAILED], order
        else:
            assert set(states) <= {StageState.DONE, StageState.SKIPPED}, order
            assert order.done_at == max(stage.ended_at for stage in service if stage.ended_at), order


def test_the_journal_tells_how_orders_and_stages_came_to_their_states() -> None:
    for order in orders():
        state, stages = OrderState.DRAFT.value, {stage.pk: stage for stage in stages_of(order)}
        reached = dict.fromkeys(stages, StageState.PENDING.value)
        for row in journal(order):
            target = STEPS.get(row.verb)
            if target is not None:
                assert target in ORDER_TRANSITIONS[state], (order, row.verb)
                state = OrderState.OBSERVING.value if target == OrderState.DONE else target.value
            step = STAGE_STEPS.get(row.verb)
            if step is not None:
                key = row.data["stage"]
                assert step in STAGE_TRANSITIONS[reached[key]], (order, row.verb)
                reached[key] = step.value
        if state == OrderState.CANCELLED:
            reached = {
                key: StageState.FAILED.value if was in (StageState.ACTIVE, StageState.PAUSED) else was
                for key, was in reached.items()
            }
        assert state == order.state, order
        assert reached == {key: stage.state for key, stage in stages.items()}, order


def test_promises_forecasts_and_the_expected_finish_are_those_of_acceptance() -> None:
    calendars = Calendars()
    for order in orders():
        if order.accepted_at is None or order.parent_id is not None:
            continue
        stages = stages_of(order)
        # whether an optional stage was known to be needed at acceptance shows in the words: later it has a reason
        known = {s.stage_type.code: True for s in stages if s.needed and not s.reason}
        planned = _lay_out(order, known, timezone.localdate(order.accepted_at, BUSINESS_ZONE))
        foretell(planned, order.accepted_at, calendars)
        asked = [(s.stage_type_id, s.promise_kind, s.promise_value, s.promise_unit, s.forecast_at) for s in planned]
        assert asked == [
            (s.stage_type_id, s.promise_kind, s.promise_value, s.promise_unit, s.forecast_at) for s in stages
        ], order
        assert order.promised_at == promised_finish(planned), order
        seen = [row.at for row in journal(order) if row.verb in THOUGHT_OVER]
        expected = expected_finish(stages, max(seen), calendars) if order.done_at is None else order.done_at
        assert order.expected_at == expected, order


def test_the_nearest_clock_is_the_one_the_verbs_store() -> None:
    for order in orders():
        running = [stage.due_at for stage in stages_of(order) if stage.state == StageState.ACTIVE]
        clocks = [at for at in (order.promised_at, *running) if at is not None]
        over = order.done_at is not None or order.closed_at is not None
        assert order.clock_at == (None if over or not clocks else min(clocks)), order


def test_due_times_follow_the_promise_and_the_pauses() -> None:
    calendars = Calendars()
    rows = Stage.objects.exclude(started_at=None).select_related("unit").prefetch_related("pauses").order_by("pk")
    for stage in rows:
        assert stage.started_at is not None
        calendar = calendars.of(stage.unit)
        due = promises.due(promise_of(stage), stage.started_at, calendar, stage.appointed_at)
        hangs_on_it = stage.promise_kind in ("tolerance", "ahead", "manual")
        if not hangs_on_it:
            assert stage.first_due_at == due, stage
        for pause in stage.pauses.all():
            if pause.ended_at is not None and due is not None:
                due = promises.moved(due, promise_of(stage), (pause.started_at, pause.ended_at), calendar)
        cancelled = stage.state == StageState.FAILED and stage.pauses.exists()
        assert cancelled or hangs_on_it or stage.due_at == due, stage


def test_one_stage_follows_the_other_and_nothing_lies_in_the_future() -> None:
    for order in orders():
        last: datetime = order.created_at
        for stage in stages_of(order):
            if is_callback(stage.stage_type) or stage.state == StageState.PENDING:
                continue
            begun = stage.started_at or stage.ended_at or last
            assert begun >= last, (order, stage.seq)
            last = stage.ended_at or begun
        moments = (order.created_at, order.accepted_at, order.done_at, order.closed_at, last)
        assert all(moment is None or moment <= NOW for moment in moments), order
    late = Q(at__gt=NOW)
    assert list(Entry.objects.filter(late).order_by("pk")) == []


def test_completed_stages_have_the_proofs_their_guards_ask_for() -> None:
    rows = Stage.objects.filter(state=StageState.DONE).select_related("stage_type").order_by("pk")
    proved: dict[int, list[str]] = {}
    for stage, guard in Evidence.objects.order_by().values_list("stage_id", "guard"):
        proved.setdefault(stage, []).append(guard)
    for stage in rows:
        if is_callback(stage.stage_type):
            continue
        wanted = [g.phrase for g in guards_of(stage.stage_type.guards or []) if g.is_evidence for _ in range(g.count)]
        assert sorted(proved.get(stage.pk, [])) == sorted(wanted), stage
    photo = Evidence.objects.filter(kind="photo").order_by("pk")[0]
    with photo.file.open() as file:
        assert file.read(3) == b"\xff\xd8\xff"


def test_payment_stages_wait_and_contracts_have_households() -> None:
    reasons = set(StagePause.objects.order_by().values_list("reason", flat=True))
    assert "waiting_customer" in reasons
    contracts = Order.objects.filter(households__isnull=False).distinct().order_by("pk")
    counts = [contract.households.count() for contract in contracts]
    assert counts
    assert all(6 <= count <= 20 for count in counts)


def test_the_sweeps_find_nothing_that_was_left_undone() -> None:
    assert (resume_expired(NOW), close_finished(NOW)) == (0, 0)
