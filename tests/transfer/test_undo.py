"""Taking an import back a chunk at a time: killed half-way, two workers at once, rows that come into use meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from cxorders.customers.actions import set_do_not_call
from cxorders.customers.models import Customer, Premises
from cxorders.journal.models import Entry
from cxorders.kit.errors import WrongState
from cxorders.transfer import actions
from cxorders.transfer.actions import undoing
from cxorders.transfer.models import Batch, Made
from cxorders.transfer.queries import failure_of, forgotten
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, a_world
from tests.factories.transfer import CUSTOMER_HEAD, NOW, a_csv, again, customer_rows, loaded

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
ROWS = 35


class Killed(BaseException):
    """The worker is gone, as by kill -9."""


@pytest.fixture
def clerk(world: World) -> Any:
    return a_person("data_clerk", at=world.company)


@pytest.fixture
def batch(world: World, clerk: Any, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """An import of 35 customers whose undo has been asked for; ten rows go into one transaction."""
    monkeypatch.setattr(undoing, "UNDO_CHUNK", 10)
    made = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(ROWS)))
    return actions.ask_undo(made, by=clerk, at=NOW, reason="导错了")


def meanwhile(turn: int, act: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `act` happen in the middle of chunk `turn`, after its rows were removed and before its commit."""
    real, turns = undoing._remove, [0]

    def removing(*given: Any) -> None:
        turns[0] += 1
        real(*given)
        if turns[0] == turn:
            act()

    monkeypatch.setattr(undoing, "_remove", removing)


def before_chunk(turn: int, act: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `act` happen before chunk `turn` begins."""
    real, turns = undoing._take_chunk, [0]

    def taking(*given: Any) -> bool:
        turns[0] += 1
        if turns[0] == turn:
            act()
        return real(*given)

    monkeypatch.setattr(undoing, "_take_chunk", taking)


def kill() -> None:
    raise Killed


def run(batch: Batch) -> Batch:
    actions.carry_out(batch.pk, now=lambda: NOW)
    return again(batch)


def left(world: World) -> tuple[int, int]:
    return (
        Customer.objects.filter(company=world.company).count(),
        Premises.objects.filter(company=world.company).count(),
    )


def undone_entries(batch: Batch) -> list[Entry]:
    return list(Entry.objects.filter(subject_id=batch.pk, verb="import.undone").order_by("pk"))


def test_an_undo_killed_half_way_goes_on_without_loss(
    world: World, batch: Batch, client_as: Any, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        meanwhile(3, kill, patch)
        with pytest.raises(Killed):
            run(batch)

    half = again(batch)
    assert (half.state, half.loaded, half.taken_back) == ("undoing", 15, 20)
    assert half.removed == {"cxorders.customer": 20, "cxorders.premises": 20}
    assert left(world) == (15, 15)
    assert Made.objects.filter(batch=batch).count() == 30
    page = client_as(clerk).get(reverse("transfer:progress", args=[batch.number])).content.decode()
    assert "已收回 20 / 35 行" in page
    assert 'value="57"' in page
    assert forgotten(NOW + timedelta(seconds=61)) == [batch.pk]

    done = run(batch)
    assert (done.state, done.loaded, done.taken_back) == ("undone", 0, ROWS)
    assert left(world) == (0, 0)
    assert Made.objects.filter(batch=batch).count() == 0
    assert [entry.data["removed"] for entry in undone_entries(batch)] == [
        {"cxorders.customer": ROWS, "cxorders.premises": ROWS}
    ]


def test_an_undo_killed_while_it_looks_goes_on(world: World, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(undoing, "touched", lambda *_given, **_more: kill())
        with pytest.raises(Killed):
            run(batch)

    assert (again(batch).state, again(batch).cleared, left(world)) == ("undoing", False, (ROWS, ROWS))
    assert run(batch).state == "undone"


def test_two_workers_take_every_row_back_once(world: World, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    # before its second chunk the first worker falls asleep, and another one does the rest
    before_chunk(2, lambda: actions.carry_out(batch.pk, now=lambda: NOW), monkeypatch)
    done = run(batch)

    assert (done.state, done.loaded, done.taken_back) == ("undone", 0, ROWS)
    assert done.removed == {"cxorders.customer": ROWS, "cxorders.premises": ROWS}
    assert len(undone_entries(batch)) == 1
    assert left(world) == (0, 0)


def test_a_second_undo_is_refused_while_the_first_runs(
    batch: Batch, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second() -> None:
        with pytest.raises(WrongState):
            actions.ask_undo(batch, by=clerk, at=NOW, reason="再来一次")

    before_chunk(2, second, monkeypatch)
    done = run(batch)

    assert (done.state, done.undo_reason) == ("undone", "导错了")


@pytest.mark.parametrize("place", [0, ROWS - 1])
def test_one_row_in_use_keeps_all_of_them(world: World, batch: Batch, place: int) -> None:
    used = Customer.objects.filter(company=world.company).order_by("pk")[place]
    set_do_not_call(used, by=None, at=NOW, value=True)
    kept = run(batch)

    assert (kept.state, kept.loaded, kept.taken_back) == ("loaded", ROWS, 0)
    assert kept.problem["rows"] == [[place + 2, used.number]]
    assert left(world) == (ROWS, ROWS)


def test_a_row_that_comes_into_use_meanwhile_stops_the_undo_there(
    world: World, batch: Batch, clerk: Any, client_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = Customer.objects.filter(company=world.company).order_by("pk")[2]
    extra: list[Premises] = []

    def use() -> None:
        extra.append(Premises.objects.create(company=world.company, customer=third, address="别处 9 号"))

    with monkeypatch.context() as patch:
        before_chunk(2, use, patch)
        stopped = run(batch)

    assert (stopped.state, stopped.loaded, stopped.taken_back) == ("failed", 5, 30)
    assert failure_of(stopped) == (
        f"撤销停在中途：已收回 30 行；有 1 行导入后已被使用，没有收回。第 4 行：{third.number}"
    )
    with pytest.raises(WrongState):
        actions.start_loading(stopped, by=clerk, at=NOW)
    page = client_as(clerk).get(reverse("transfer:detail", args=[batch.number])).content.decode()
    assert "从中断处继续" not in page
    assert "撤销这次导入" in page

    actions.ask_undo(stopped, by=clerk, at=NOW, reason="再撤销")
    assert (run(batch).state, again(batch).loaded, left(world)) == ("failed", 5, (5, 6))
    extra[0].delete()
    actions.ask_undo(again(batch), by=clerk, at=NOW, reason="再撤销")
    done = run(batch)
    assert (done.state, done.taken_back, left(world)) == ("undone", ROWS, (0, 0))
