"""The SQLite lease transport: nothing lost, nothing shared, nothing left lying about."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from kombu.simple import SimpleQueue

from cxorders.kit import sqlite_broker
from tests.kit.broker_app import app

pytestmark = pytest.mark.embedded

TRANSPORT = "cxorders.kit.sqlite_broker:SqliteTransport"
DAY = 24 * 3600


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sqlite_broker, "time", clock)
    return clock


def open_broker(folder: Path) -> Connection:
    options = {"path": str(folder / "broker.sqlite3"), "lease": 30, "polling_interval": 0.01}
    return Connection(transport=TRANSPORT, transport_options=options)


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[[], Connection]]:
    """Open as many connections to one broker file as the test wants; each is a consumer of its own."""
    opened: list[Connection] = []

    def open_one() -> Connection:
        opened.append(open_broker(tmp_path))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.release()


def take(connection: Connection, name: str = "work") -> Any:
    """Take one message without waiting; None when there is none to be had."""
    return Queue(name)(connection.default_channel).get()


def rows(connection: Connection, table: str) -> int:
    counting = {
        "message": "SELECT count(*) FROM message",
        "passing_queue": "SELECT count(*) FROM passing_queue",
    }
    count: int = connection.default_channel.db.execute(counting[table]).fetchone()[0]
    return count


def send(connection: Connection, *bodies: Any, name: str = "work") -> None:
    queue = SimpleQueue(connection.default_channel, name)
    for body in bodies:
        queue.put(body)


def test_messages_come_in_order_and_are_gone_when_acknowledged(connect: Callable[[], Connection]) -> None:
    connection = connect()
    send(connection, "a", "b", "c")

    taken = []
    while message := take(connection):
        taken.append((message.payload, message.delivery_info.get("redelivered", False)))
        message.ack()

    assert taken == [("a", False), ("b", False), ("c", False)]
    assert rows(connection, "message") == 0


def test_higher_priority_comes_first(connect: Callable[[], Connection]) -> None:
    connection = connect()
    queue = SimpleQueue(connection.default_channel, "work")
    queue.put("ordinary")
    queue.put("urgent", priority=9)

    assert [take(connection).payload, take(connection).payload] == ["urgent", "ordinary"]


def test_a_leased_message_is_hidden_from_others(connect: Callable[[], Connection]) -> None:
    owner, other = connect(), connect()
    send(owner, "once")

    assert take(owner).payload == "once"
    assert take(other) is None


def test_a_silent_holder_loses_the_message_when_the_lease_runs_out(
    connect: Callable[[], Connection], clock: Clock
) -> None:
    dead, alive = connect(), connect()
    send(dead, "again")
    lost = take(dead)

    clock.now += 29
    assert take(alive) is None
    clock.now += 2
    again = take(alive)

    assert (again.payload, again.delivery_info["redelivered"]) == ("again", True)
    lost.ack()  # the first holder wakes up too late: this acknowledges nothing
    assert rows(alive, "message") == 1
    again.ack()
    assert rows(alive, "message") == 0


def test_a_holder_that_keeps_draining_keeps_the_message(connect: Callable[[], Connection], clock: Clock) -> None:
    owner, other = connect(), connect()
    send(owner, "long work")
    held: list[Any] = []
    with owner.Consumer(Queue("work"), callbacks=[lambda body, message: held.append(message)]):
        owner.drain_events(timeout=1)
        for _ in range(20):
            clock.now += 11
            with pytest.raises(TimeoutError):
                owner.drain_events(timeout=0.01)
            assert take(other) is None

    assert [message.payload for message in held] == ["long work"]


def test_a_requeued_message_is_marked_so_that_a_deadly_one_is_not_tried_for_ever(
    connect: Callable[[], Connection],
) -> None:
    connection = connect()
    send(connection, "deadly")
    take(connection).reject(requeue=True)

    again = take(connection)
    assert (again.payload, again.delivery_info["redelivered"]) == ("deadly", True)
    again.reject()
    assert rows(connection, "message") == 0


def test_an_orderly_stop_hands_back_at_once(connect: Callable[[], Connection], clock: Clock) -> None:
    leaving, staying = connect(), connect()
    send(leaving, "unfinished", "finished")
    first, second = take(leaving), take(leaving)
    second.ack()
    leaving.release()

    handed_back = take(staying)
    assert (first.payload, handed_back.payload) == ("unfinished", "unfinished")
    assert "redelivered" not in handed_back.delivery_info
    assert take(staying) is None


def test_a_message_of_eight_megabytes_survives(connect: Callable[[], Connection]) -> None:
    connection = connect()
    text = "客户原话 😀 " * 500_000
    send(connection, {"text": text})

    assert take(connection).payload == {"text": text}


def broadcast(connection: Connection, body: str, reader: str) -> None:
    """Bind `reader` as a passing queue to a fanout exchange, as remote control does, and send to it."""
    exchange = Exchange("news", type="fanout")
    Queue(reader, exchange, auto_delete=True)(connection.default_channel).declare()
    connection.Producer(exchange=exchange).publish(body)


def test_a_broadcast_reaches_every_reader_and_is_not_repeated(connect: Callable[[], Connection], clock: Clock) -> None:
    sender, reader = connect(), connect()
    exchange = Exchange("news", type="fanout")
    for name in ("left", "right"):
        Queue(name, exchange, auto_delete=True)(reader.default_channel).declare()
    sender.Producer(exchange=exchange).publish("to all")

    def read(name: str) -> list[str]:
        found = []
        while message := Queue(name)(reader.default_channel).get(no_ack=True):
            found.append(message.payload)
        return found

    assert (read("left"), read("right")) == (["to all"], ["to all"])
    clock.now += 31
    assert (read("left"), read("right")) == ([], [])


def test_what_a_dead_worker_left_behind_is_dropped_after_a_day(connect: Callable[[], Connection], clock: Clock) -> None:
    dead, alive = connect(), connect()
    broadcast(dead, "nobody reads this", reader="celery@dead.pidbox")
    send(alive, "lasting")
    with alive.Consumer(Queue("other"), callbacks=[print]):
        clock.now += DAY - 60
        with pytest.raises(TimeoutError):
            alive.drain_events(timeout=0.01)
        assert (rows(alive, "passing_queue"), rows(alive, "message")) == (1, 2)

        clock.now += 120
        with pytest.raises(TimeoutError):
            alive.drain_events(timeout=0.01)

    assert (rows(alive, "passing_queue"), rows(alive, "message")) == (0, 1)
    assert alive.default_channel.get_table("news") == []
    assert take(alive).payload == "lasting"


def test_a_reader_that_slept_for_days_binds_itself_again(connect: Callable[[], Connection], clock: Clock) -> None:
    sleeper, other = connect(), connect()
    exchange = Exchange("news", type="fanout")
    queue = Queue("celery@sleeper.pidbox", exchange, auto_delete=True)
    heard: list[str] = []
    with sleeper.Consumer(queue, callbacks=[lambda body, message: heard.append(body)], no_ack=True):
        clock.now += 2 * DAY
        other.default_channel.attend(clock.now)
        assert other.default_channel.get_table("news") == []
        with pytest.raises(TimeoutError):
            sleeper.drain_events(timeout=0.01)
        other.Producer(exchange=exchange).publish("good morning")
        sleeper.drain_events(timeout=1)

    assert heard == ["good morning"]


def test_purge_leaves_what_somebody_holds(connect: Callable[[], Connection]) -> None:
    connection = connect()
    send(connection, "held", "waiting", "waiting too")
    held = take(connection)

    assert Queue("work")(connection.default_channel).purge() == 2
    held.ack()
    assert rows(connection, "message") == 0


def eat(folder: Path, wanted: int) -> list[int]:
    """Take and acknowledge messages in a process of its own until `wanted` are gone from the queue."""
    eaten = []
    with open_broker(folder) as connection:
        while rows(connection, "message"):
            if message := take(connection):
                eaten.append(message.payload)
                message.ack()
    return eaten


def test_two_processes_never_share_a_message(tmp_path: Path) -> None:
    with open_broker(tmp_path) as connection:
        send(connection, *range(300))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        left, right = pool.map(eat, [tmp_path, tmp_path], [300, 300])

    assert Counter(left + right) == Counter(range(300))


def test_a_forked_child_opens_its_own_connection(connect: Callable[[], Connection]) -> None:
    channel = connect().default_channel
    parents = id(channel.db)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"own" if id(channel.db) != parents else b"shared")
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 10) == b"own"
    os.close(reading)
    os.close(writing)


class Worker:
    """A real Celery worker in a session of its own, so that all of it can be killed at once."""

    def __init__(self, folder: Path) -> None:
        without_django = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tests.kit.broker_app", "worker", "-c", "2", "-l", "WARNING"],
            env={**without_django, "BROKER_FOLDER": str(folder)},
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )

    def signal(self, number: int, everybody: bool = False) -> None:
        (os.killpg if everybody else os.kill)(self.process.pid, number)
        self.process.wait(timeout=60)


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(tmp_path))
        return workers[-1]

    yield start
    for worker in workers:
        if worker.process.poll() is None:
            worker.signal(signal.SIGKILL, everybody=True)


def wait_for(folder: Path, **wanted: int) -> Counter[str]:
    """Wait until the record has at least the wanted number of lines of each kind; return every line with its count."""
    deadline = time.monotonic() + 60
    record = folder / "record"
    while time.monotonic() < deadline:
        lines = record.read_text().splitlines() if record.exists() else []
        kinds = Counter(line.split()[0] for line in lines)
        if all(kinds[kind] >= count for kind, count in wanted.items()):
            return Counter(lines)
        time.sleep(0.02)
    pytest.fail(f"waited in vain for {wanted}")


def publish(folder: Path, *keys: int) -> None:
    options = {**app.conf.broker_transport_options, "path": str(folder / "broker.sqlite3")}
    with Connection(transport=TRANSPORT, transport_options=options) as connection:
        for key in keys:
            app.send_task("tests.kit.broker_app.wait_for_release", [key], connection=connection)


def test_work_of_a_killed_worker_is_done_by_the_next_one(tmp_path: Path, start_worker: Callable[[], Worker]) -> None:
    publish(tmp_path, 1, 2, 3)
    doomed = start_worker()
    wait_for(tmp_path, began=2)
    doomed.signal(signal.SIGKILL, everybody=True)
    (tmp_path / "release").touch()

    start_worker()
    record = wait_for(tmp_path, done=3)

    assert {line: count for line, count in record.items() if line.startswith("done")} == {
        "done 1": 1,
        "done 2": 1,
        "done 3": 1,
    }
    assert sorted(count for line, count in record.items() if line.startswith("began")) == [1, 2, 2]


def test_a_worker_asked_to_stop_finishes_what_it_began(tmp_path: Path, start_worker: Callable[[], Worker]) -> None:
    publish(tmp_path, 1)
    worker = start_worker()
    wait_for(tmp_path, began=1)
    os.kill(worker.process.pid, signal.SIGTERM)
    (tmp_path / "release").touch()
    worker.process.wait(timeout=60)

    assert wait_for(tmp_path, done=1) == {"began 1": 1, "done 1": 1}
    with open_broker(tmp_path) as connection:
        assert take(connection, "celery") is None
