"""An import from the file to the rows and back: states, counts, resuming, the same file, undo."""

from datetime import timedelta
from typing import Any

import pytest

from cxorders.customers.actions import add_premises, set_do_not_call
from cxorders.customers.models import Customer, Premises
from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed, WrongState
from cxorders.kit.states import may_move
from cxorders.transfer import actions
from cxorders.transfer.actions import running
from cxorders.transfer.enums import BATCH_TRANSITIONS, TRIES, BatchState
from cxorders.transfer.models import Batch, ColumnMemory, Made, RowError
from cxorders.transfer.queries import errors_of, failure_of, forgotten
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, a_world
from tests.factories.transfer import (
    CUSTOMER_HEAD,
    NOW,
    a_csv,
    again,
    an_xlsx,
    checked,
    customer_rows,
    handed_in,
    loaded,
    problems_of,
)

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


@pytest.fixture
def clerk(world: World) -> Any:
    return a_person("data_clerk", at=world.company)


@pytest.mark.parametrize("source", BatchState.values)
@pytest.mark.parametrize("target", BatchState.values)
def test_the_table_of_states(source: str, target: str) -> None:
    steps = {
        ("uploaded", "mapped"), ("uploaded", "discarded"), ("mapped", "checking"), ("mapped", "discarded"),
        ("checking", "previewed"), ("checking", "failed"), ("previewed", "loading"), ("previewed", "mapped"),
        ("previewed", "discarded"), ("loading", "loaded"), ("loading", "failed"), ("loaded", "undoing"),
        ("failed", "loading"), ("failed", "mapped"), ("failed", "undoing"), ("failed", "discarded"),
        ("undoing", "undone"), ("undoing", "loaded"), ("undoing", "failed"),
    }  # fmt: skip

    assert may_move(BATCH_TRANSITIONS, source, target) is ((source, target) in steps)


def test_five_hundred_rows_with_two_percent_bad(world: World, clerk: Any) -> None:
    batch = loaded(world.company, clerk, an_xlsx(CUSTOMER_HEAD, customer_rows(500, bad_every=50)))

    assert (batch.state, batch.total, batch.loaded, batch.bad) == ("loaded", 500, 490, 10)
    assert Customer.objects.filter(company=world.company).count() == 490
    assert Premises.objects.filter(company=world.company).count() == 490
    assert problems_of(batch) == {row: [("phone", "phone_digits")] for row in range(51, 502, 50)}
    assert errors_of(batch)[0].words == "第 51 行 · 电话：应为 11 位手机号；固定电话带区号"


@pytest.mark.thorough
def test_fifty_thousand_rows_with_two_percent_bad(world: World, clerk: Any) -> None:
    batch = loaded(world.company, clerk, an_xlsx(CUSTOMER_HEAD, customer_rows(50_000, bad_every=50)))

    assert (batch.state, batch.total, batch.loaded, batch.bad) == ("loaded", 50_000, 49_000, 1_000)
    assert Customer.objects.filter(company=world.company).count() == 49_000
    assert RowError.objects.filter(batch=batch).count() == 1_000


def test_every_step_is_in_the_journal(world: World, clerk: Any) -> None:
    batch = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(3)))
    actions.ask_undo(batch, by=clerk, at=NOW, reason="导错了")
    actions.carry_out(batch.pk, now=lambda: NOW)

    entries = Entry.objects.filter(subject_label="cxorders.batch", subject_id=batch.pk).order_by("pk")
    assert [entry.verb for entry in entries] == [
        "import.uploaded", "import.mapped", "import.checked", "import.started", "import.loaded", "import.undo_asked",
        "import.undone",
    ]  # fmt: skip
    assert entries[6].data["removed"] == {"cxorders.customer": 3, "cxorders.premises": 3}


def test_the_same_file_is_refused_until_it_is_taken_back(world: World, clerk: Any) -> None:
    rows = customer_rows(2)
    first = handed_in(world.company, clerk, a_csv(CUSTOMER_HEAD, rows))

    with pytest.raises(actions.AlreadyHandedIn) as refused:
        handed_in(world.company, clerk, a_csv(CUSTOMER_HEAD, rows))
    assert refused.value.values["number"] == first.number

    actions.discard(first, by=clerk, at=NOW)
    assert handed_in(world.company, clerk, a_csv(CUSTOMER_HEAD, rows)).pk != first.pk


def test_another_company_may_hand_in_the_same_file(world: World, clerk: Any) -> None:
    rows = customer_rows(2)
    handed_in(world.company, clerk, a_csv(CUSTOMER_HEAD, rows))
    other = a_person("data_clerk", at=world.other)

    assert handed_in(world.other, other, a_csv(CUSTOMER_HEAD, rows)).company == world.other
    with pytest.raises(NotAllowed):
        handed_in(world.other, clerk, a_csv(CUSTOMER_HEAD, customer_rows(1)))


def test_how_columns_were_matched_is_remembered(world: World, clerk: Any) -> None:
    head = ("谁", "打给谁", "住哪")
    batch = handed_in(world.company, clerk, a_csv(head, [("周敏", "13900000001", "望江路 1 号")]))
    assert batch.mapping == {}
    actions.match_columns(batch, {"name": 0, "phone": 1, "address": 2}, by=clerk, at=NOW)

    later = handed_in(world.company, clerk, a_csv(("住哪", "谁", "打给谁"), [("望江路 2 号", "李琳", "13900000002")]))
    assert later.mapping == {"name": 1, "phone": 2, "address": 0}
    other = a_person("data_clerk", at=world.other)
    assert handed_in(world.other, other, a_csv(head, [("赵", "13900000003", "路")])).mapping == {}
    assert ColumnMemory.objects.count() == 1


def test_headings_are_known_in_both_languages(world: World, clerk: Any) -> None:
    rows = [("周敏", "13900000001", "望江路 1 号")]
    for head in (("姓名（必填）", "联系电话", "详细地址"), ("Name", "phone", "Address")):
        batch = checked(world.company, clerk, an_xlsx(head, rows, title="名单"))
        assert (batch.mapping, batch.bad) == ({"name": 0, "phone": 1, "address": 2}, 0)


def test_a_heading_nobody_knows_is_found_again_below_a_title(world: World, clerk: Any) -> None:
    batch = handed_in(world.company, clerk, a_csv(("甲", "乙"), [("周敏", "13900000001")]))
    actions.match_columns(batch, {"name": 0, "phone": 1}, by=clerk, at=NOW)
    actions.carry_out(batch.pk, now=lambda: NOW)

    assert (again(batch).state, again(batch).total, again(batch).bad) == ("previewed", 1, 0)


def test_required_columns_must_be_matched_and_none_twice(world: World, clerk: Any) -> None:
    batch = handed_in(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(1)))

    with pytest.raises(actions.ColumnsMissing, match="电话|phone|Phone"):
        actions.match_columns(batch, {"name": 0}, by=clerk, at=NOW)
    with pytest.raises(actions.ColumnTwice):
        actions.match_columns(batch, {"name": 0, "phone": 0}, by=clerk, at=NOW)


def test_only_who_may_import_touches_an_import(world: World, clerk: Any) -> None:
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(1)))
    leader = a_person("branch_leader", at=world.company)

    for act in (actions.discard, actions.start_loading):
        with pytest.raises(NotAllowed):
            act(batch, by=leader, at=NOW)
    assert list(Batch.objects.visible_to(leader)) == [batch]
    assert list(Batch.objects.visible_to(world.owner)) == []
    assert list(Batch.objects.visible_to(a_person("data_clerk", at=world.other))) == []
    assert list(Batch.objects.visible_to(a_person("auditor", at=world.group))) == [batch]


# ---- a worker that is killed -------------------------------------------------------------------------------------


class Killed(BaseException):
    """The worker is gone, as by kill -9."""


def killed_after(chunks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker die after so many chunks, in the middle of the next, before its commit."""
    left = [chunks]
    real = running.Made.objects.bulk_create

    def dying(rows: Any, **options: Any) -> Any:
        made = real(rows, **options)
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        return made

    monkeypatch.setattr(running.Made.objects, "bulk_create", dying)


def test_a_killed_load_goes_on_behind_the_mark_without_doubles(
    world: World, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxorders.customers.importing.Customers.chunk", 20)
    batch = checked(world.company, clerk, an_xlsx(CUSTOMER_HEAD, customer_rows(100, bad_every=10)))
    actions.start_loading(batch, by=clerk, at=NOW)
    with monkeypatch.context() as patch:
        killed_after(2, patch)
        with pytest.raises(Killed):
            actions.carry_out(batch.pk, now=lambda: NOW)

    half = again(batch)
    assert (half.state, half.mark, half.loaded) == ("loading", 41, 36)
    assert Customer.objects.filter(company=world.company).count() == 36
    assert forgotten(NOW + timedelta(seconds=61)) == [batch.pk]

    actions.carry_out(batch.pk, now=lambda: NOW)
    done = again(batch)
    assert (done.state, done.loaded, done.bad, done.total) == ("loaded", 90, 10, 100)
    assert Customer.objects.filter(company=world.company).count() == 90
    assert Made.objects.filter(batch=batch, model="cxorders.customer").count() == 90


def test_a_killed_check_goes_on_and_still_sees_doubles(
    world: World, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxorders.customers.importing.Customers.chunk", 10)
    rows = customer_rows(30, bad_every=15)
    batch = handed_in(world.company, clerk, a_csv(CUSTOMER_HEAD, [*rows, rows[2]]))
    actions.match_columns(batch, batch.mapping, by=clerk, at=NOW)
    real, left = running._advance, [1]

    def dying(*given: Any, **options: Any) -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        real(*given, **options)

    with monkeypatch.context() as patch:
        patch.setattr(running, "_advance", dying)
        with pytest.raises(Killed):
            actions.carry_out(batch.pk, now=lambda: NOW)
    assert (again(batch).mark, again(batch).total) == (11, 10)

    actions.carry_out(batch.pk, now=lambda: NOW)
    done = again(batch)
    assert (done.state, done.total, done.bad) == ("previewed", 31, 3)
    assert problems_of(batch)[32] == [("", "twice_in_file")]


def test_two_workers_at_once_load_every_row_once(world: World, clerk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxorders.customers.importing.Customers.chunk", 10)
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(40)))
    actions.start_loading(batch, by=clerk, at=NOW)
    real, turns = running.load_chunk, [0]

    def meanwhile(*given: Any) -> None:
        turns[0] += 1
        if turns[0] == 2:  # before its second chunk the first worker falls asleep, and another one does the work
            actions.carry_out(batch.pk, now=lambda: NOW)
        real(*given)

    monkeypatch.setattr(running, "load_chunk", meanwhile)
    actions.carry_out(batch.pk, now=lambda: NOW)

    assert again(batch).loaded == 40
    assert Customer.objects.filter(company=world.company).count() == 40


def test_a_worker_that_gets_nowhere_is_given_up(world: World, clerk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(3)))
    actions.start_loading(batch, by=clerk, at=NOW)
    with monkeypatch.context() as patch:
        killed_after(0, patch)
        for _turn in range(TRIES):
            with pytest.raises(Killed):
                actions.carry_out(batch.pk, now=lambda: NOW)
    actions.carry_out(batch.pk, now=lambda: NOW)

    stuck = again(batch)
    assert (stuck.state, stuck.loaded) == ("failed", 0)
    assert "停下" in failure_of(stuck)
    actions.start_loading(stuck, by=clerk, at=NOW)
    actions.carry_out(batch.pk, now=lambda: NOW)
    assert (again(batch).state, again(batch).loaded) == ("loaded", 3)


def test_a_file_that_was_changed_behind_our_back_stops_the_import(world: World, clerk: Any) -> None:
    batch = handed_in(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(3)))
    actions.match_columns(batch, batch.mapping, by=clerk, at=NOW)
    with open(batch.file.path, "ab") as file:
        file.write(b"x")
    actions.carry_out(batch.pk, now=lambda: NOW)

    assert (again(batch).state, again(batch).problem) == ("failed", {"code": "file_changed"})


def test_what_came_into_the_database_meanwhile_is_not_doubled(world: World, clerk: Any) -> None:
    rows = customer_rows(3)
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, rows))
    Customer.objects.create(company=world.company, name="先来的", phone=rows[1][1], created_at=NOW)
    actions.start_loading(batch, by=clerk, at=NOW)
    actions.carry_out(batch.pk, now=lambda: NOW)

    done = again(batch)
    assert (done.loaded, done.bad) == (2, 1)
    assert problems_of(done) == {3: [("phone", "exists")]}


# ---- undo --------------------------------------------------------------------------------------------------------


def test_undo_removes_exactly_what_was_made(world: World, clerk: Any) -> None:
    before = Customer.objects.create(company=world.company, name="老客户", phone="13700000001", created_at=NOW)
    batch = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(5)))
    actions.ask_undo(batch, by=clerk, at=NOW, reason="选错了公司")
    actions.carry_out(batch.pk, now=lambda: NOW)

    done = again(batch)
    assert (done.state, done.undo_reason, done.loaded) == ("undone", "选错了公司", 0)
    assert list(Customer.objects.filter(company=world.company)) == [before]
    assert Premises.objects.filter(company=world.company).count() == 0
    assert Made.objects.count() == 0


@pytest.mark.parametrize("use", ["address", "act"])
def test_undo_is_refused_where_something_is_in_use_and_names_it(world: World, clerk: Any, use: str) -> None:
    batch = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(5)))
    third = Customer.objects.filter(company=world.company).order_by("pk")[2]
    if use == "address":
        add_premises(third, address="别处 9 号", by=None, at=NOW)
    else:
        set_do_not_call(third, by=None, at=NOW, value=True)
    actions.ask_undo(batch, by=clerk, at=NOW, reason="导错了")
    actions.carry_out(batch.pk, now=lambda: NOW)

    kept = again(batch)
    assert (kept.state, kept.loaded) == ("loaded", 5)
    assert kept.problem == {"code": "used", "count": 1, "rows": [[4, third.number]]}
    assert f"第 4 行：{third.number}" in failure_of(kept)
    assert Customer.objects.filter(company=world.company).count() == 5


def test_undo_wants_a_reason_and_something_to_undo(world: World, clerk: Any) -> None:
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(1)))
    with pytest.raises(WrongState):
        actions.ask_undo(batch, by=clerk, at=NOW, reason="x")
    with pytest.raises(actions.ReasonMissing):
        actions.ask_undo(batch, by=clerk, at=NOW, reason="  ")


def test_nothing_is_loaded_where_every_row_is_bad(world: World, clerk: Any) -> None:
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, [("周敏", "123", "", "", "", "", "")]))

    with pytest.raises(actions.NothingToLoad):
        actions.start_loading(batch, by=clerk, at=NOW)


def test_columns_can_be_matched_again_after_the_check(world: World, clerk: Any) -> None:
    batch = checked(world.company, clerk, a_csv(CUSTOMER_HEAD, [("13900000009", "周敏", "", "", "", "", "")]))
    assert batch.bad == 1
    actions.match_columns(batch, {"name": 1, "phone": 0}, by=clerk, at=NOW)
    actions.carry_out(batch.pk, now=lambda: NOW)

    assert (again(batch).state, again(batch).bad, again(batch).total) == ("previewed", 0, 1)
