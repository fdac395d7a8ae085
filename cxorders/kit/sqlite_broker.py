"""A message broker in one SQLite file, for installations without Redis: a kombu transport with leases.

A worker that takes a message *leases* it: the row stays, hidden until the lease ends. Acknowledging deletes the row.
A worker that lives renews its leases while it waits for more; one that was killed cannot, so its messages come back
after at most `lease` seconds, marked as redelivered. Nothing is lost by `kill -9`, and no two consumers hold the same
message at the same time.

Use it in a file of its own, never the application's database:

    broker_transport = "cxorders.kit.sqlite_broker:SqliteTransport"
    broker_transport_options = {"path": "var/broker.sqlite3", "lease": 30, "polling_interval": 0.05}

Options: `path` (required); `lease`, seconds a silent holder keeps a message (30); `polling_interval`, seconds between
looks at an empty queue (0.1); `idle`, seconds after which a passing queue nobody reads is dropped (one day). A passing
queue is one declared auto-delete or with an expiry, as Celery's remote control does for each worker and each reply.

Limits: one machine (leases use its clock, and SQLite its file locks); the consumer's thread must keep draining, so
the worker needs a pool in other processes or threads (never `--pool=solo`). Throughput is about (prefetch + 1) divided
by the polling interval. Pure of Django, so that the worker needs nothing but kombu to read its queue.
"""

import os
import sqlite3
import threading
import time
import uuid
from queue import Empty
from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

SCHEMA = """
CREATE TABLE IF NOT EXISTS message(
  id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, rank INTEGER NOT NULL, payload TEXT NOT NULL,
  lease REAL NOT NULL DEFAULT 0, tag TEXT, redelivered INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS message_order ON message(queue, rank, id);
CREATE INDEX IF NOT EXISTS message_tag ON message(tag) WHERE tag IS NOT NULL;
CREATE TABLE IF NOT EXISTS binding(
  exchange TEXT NOT NULL, routing_key TEXT NOT NULL, pattern TEXT NOT NULL, queue TEXT NOT NULL,
  UNIQUE(exchange, routing_key, pattern, queue));
CREATE TABLE IF NOT EXISTS passing_queue(name TEXT PRIMARY KEY, seen REAL NOT NULL);
"""
ANY_FREE = "SELECT 1 FROM message WHERE queue = :queue AND lease < :now LIMIT 1"
# `tag IS NOT NULL` on a free row means that its holder never said a word: the lease ran out.
TAKE_ON_LEASE = """
UPDATE message SET redelivered = (redelivered OR tag IS NOT NULL), lease = :until, tag = :tag
WHERE id = (SELECT id FROM message WHERE queue = :queue AND lease < :now ORDER BY rank, id LIMIT 1)
RETURNING payload, redelivered"""
TAKE_FOR_GOOD = """
DELETE FROM message
WHERE id = (SELECT id FROM message WHERE queue = :queue AND lease < :now ORDER BY rank, id LIMIT 1)
RETURNING payload, redelivered"""

_open = threading.local()
_inherited: list[threading.local] = []


def _forget_connections_of_the_parent() -> None:
    """Start afresh in a forked child. The parent's connections are kept unused: SQLite forbids even closing them."""
    global _open
    _inherited.append(_open)
    _open = threading.local()


os.register_at_fork(after_in_child=_forget_connections_of_the_parent)


def connect(path: str) -> sqlite3.Connection:
    """Return this thread's connection to the broker file at `path`, making file and tables when missing."""
    connections: dict[str, sqlite3.Connection] = _open.__dict__.setdefault("connections", {})
    if path not in connections:
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA journal_size_limit=16777216")
        connection.executescript(SCHEMA)
        connections[path] = connection
    return connections[path]


class QoS(virtual.QoS):
    """What one channel holds and has not yet acknowledged. The tag of a lease is the proof of holding it."""

    channel: "Channel"
    _delivered: Any
    _dirty: Any
    _on_collect: Any

    def ack(self, delivery_tag: str) -> None:
        """Delete the message. A holder whose lease was lost has a dead tag, and deletes nothing."""
        self.channel.db.execute("DELETE FROM message WHERE tag = ?", (delivery_tag,))
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Delete the message, or with `requeue` free it at once, marked as redelivered."""
        if requeue:
            self.channel.db.execute(
                "UPDATE message SET lease = 0, tag = NULL, redelivered = 1 WHERE tag = ?", (delivery_tag,)
            )
            super().ack(delivery_tag)
        else:
            self.ack(delivery_tag)

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """Hand every lease back at an orderly stop, so that nobody waits for it to run out."""
        self._on_collect.cancel()
        for tag in self.held():
            self.channel.db.execute("UPDATE message SET lease = 0, tag = NULL WHERE tag = ?", (tag,))
        self._delivered.clear()
        self._dirty.clear()

    def held(self) -> list[str]:
        """Return the tags of the messages in hand."""
        return [tag for tag in list(self._delivered) if tag not in self._dirty]


class Channel(virtual.Channel):
    """One conversation with the broker file."""

    QoS = QoS
    supports_fanout = True
    _qos: Any

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        options = connection.client.transport_options
        self.path = str(options["path"])
        self.lease = float(options.get("lease", 30))
        self.idle = float(options.get("idle", 24 * 3600))
        self._attended = 0.0
        self._unacknowledged: set[str] = set()  # queues read without acknowledgement
        self._bindings: set[tuple[str, str, str, str]] = set()
        self.db.execute("SELECT 1")  # a file that cannot be opened shows here, not at the first message

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection."""
        return connect(self.path)

    # --- living and dying ---------------------------------------------------------------------------------------------

    def drain_events(self, timeout: float | None = None, callback: Any = None) -> Any:
        """Look for one message; also, three times per lease, say that this consumer is alive."""
        now = time.time()
        if now - self._attended > self.lease / 3:
            self._attended = now
            self.attend(now)
        return super().drain_events(timeout=timeout, callback=callback)

    def attend(self, now: float) -> None:
        """Renew the leases in hand and the queues being read, and drop passing queues whose reader is long gone.

        `now` is seconds since the epoch.
        """
        db = self.db
        until = now + self.lease
        held = self._qos.held() if self._qos else []
        db.executemany("UPDATE message SET lease = ? WHERE tag = ?", [(until, tag) for tag in held])
        # Binding again heals a queue that another process dropped while this machine slept.
        db.executemany(
            "UPDATE passing_queue SET seen = ? WHERE name = ?", [(now, name) for name in self._active_queues]
        )
        db.executemany("INSERT OR IGNORE INTO binding VALUES(?, ?, ?, ?)", list(self._bindings))
        for (name,) in db.execute("SELECT name FROM passing_queue WHERE seen < ?", (now - self.idle,)).fetchall():
            self._drop(name)

    # --- messages -----------------------------------------------------------------------------------------------------

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        rank = self._get_message_priority(message, reverse=True)
        self.db.execute("INSERT INTO message(queue, rank, payload) VALUES(?, ?, ?)", (queue, rank, dumps(message)))

    def _put_fanout(self, exchange: str, message: dict[str, Any], routing_key: str, **kwargs: Any) -> None:
        for _key, _pattern, queue in self.get_table(exchange):
            self._put(queue, message)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        now = time.time()
        values = {"queue": queue, "now": now, "until": now + self.lease, "tag": str(uuid.uuid4())}
        # Looking first keeps an idle worker from taking the write lock twenty times a second.
        if not self.db.execute(ANY_FREE, values).fetchall():
            raise Empty
        statement = TAKE_FOR_GOOD if queue in self._unacknowledged else TAKE_ON_LEASE
        rows = self.db.execute(statement, values).fetchall()  # reading to the end is what commits it
        if not rows:
            raise Empty  # another consumer was faster
        message: dict[str, Any] = loads(rows[0][0])
        properties = message["properties"]
        properties["delivery_tag"] = values["tag"]  # new each time: an earlier holder cannot acknowledge this delivery
        if rows[0][1]:
            properties.setdefault("delivery_info", {})["redelivered"] = True
        return message

    def basic_consume(self, queue: str, no_ack: bool, callback: Any, consumer_tag: Any, **kwargs: Any) -> Any:
        """Read `queue`. Without acknowledgement a message is gone when it is taken; otherwise it is leased."""
        self._mark(queue, no_ack)
        return super().basic_consume(queue, no_ack, callback, consumer_tag, **kwargs)

    def basic_get(self, queue: str, no_ack: bool = False, **kwargs: Any) -> Any:
        """Take one message of `queue` now, or None."""
        self._mark(queue, no_ack)
        return super().basic_get(queue, no_ack=no_ack, **kwargs)

    def _mark(self, queue: str, no_ack: bool) -> None:
        (self._unacknowledged.add if no_ack else self._unacknowledged.discard)(queue)

    # --- queues and bindings ------------------------------------------------------------------------------------------

    def _new_queue(self, queue: str, **kwargs: Any) -> None:
        if kwargs.get("auto_delete") or "x-expires" in (kwargs.get("arguments") or {}):
            self.db.execute("INSERT OR REPLACE INTO passing_queue VALUES(?, ?)", (queue, time.time()))

    def queue_bind(
        self, queue: str, exchange: str | None = None, routing_key: str = "", arguments: Any = None, **kwargs: Any
    ) -> None:
        """Let `queue` receive what `exchange` gets for `routing_key`. Written each time: the file may be a new one."""
        exchange = exchange or "amq.direct"
        self.state.binding_declare(queue, exchange, routing_key, arguments)
        binding = self._binding(queue, exchange, routing_key, arguments)
        self._bindings.add(binding)
        self.db.execute("INSERT OR IGNORE INTO binding VALUES(?, ?, ?, ?)", binding)

    def queue_unbind(
        self, queue: str, exchange: str | None = None, routing_key: str = "", arguments: Any = None, **kwargs: Any
    ) -> None:
        """Take one binding of `queue` away."""
        exchange = exchange or "amq.direct"
        self.state.binding_delete(queue, exchange, routing_key)
        binding = self._binding(queue, exchange, routing_key, arguments)
        self._bindings.discard(binding)
        self.db.execute(
            "DELETE FROM binding WHERE exchange = ? AND routing_key = ? AND pattern = ? AND queue = ?", binding
        )

    def _binding(self, queue: str, exchange: str, routing_key: str, arguments: Any) -> tuple[str, str, str, str]:
        prepared: Any = self.typeof(exchange).prepare_bind(queue, exchange, routing_key, arguments)
        key, pattern, name = prepared
        return exchange, key or "", pattern or "", name

    def get_table(self, exchange: str) -> list[tuple[str, str, str]]:
        """Return the bindings of `exchange` that any process has made, as (routing key, pattern, queue)."""
        return self.db.execute(
            "SELECT routing_key, pattern, queue FROM binding WHERE exchange = ? ORDER BY rowid", (exchange,)
        ).fetchall()

    def _delete(self, queue: str, *args: Any, **kwargs: Any) -> None:
        self._drop(queue)

    def _drop(self, queue: str) -> None:
        """Remove `queue` with its messages and bindings."""
        self._bindings = {binding for binding in self._bindings if binding[3] != queue}
        for statement in (
            "DELETE FROM binding WHERE queue = ?",
            "DELETE FROM message WHERE queue = ?",
            "DELETE FROM passing_queue WHERE name = ?",
        ):
            self.db.execute(statement, (queue,))

    def _size(self, queue: str) -> int:
        count: int = self.db.execute("SELECT count(*) FROM message WHERE queue = ?", (queue,)).fetchone()[0]
        return count

    def _purge(self, queue: str) -> int:
        """Delete the messages of `queue` that nobody holds, and return how many."""
        return self.db.execute("DELETE FROM message WHERE queue = ? AND lease < ?", (queue, time.time())).rowcount


class SqliteTransport(virtual.Transport):
    """What ``broker_transport`` names."""

    Channel = Channel
    polling_interval = 0.1
    default_port = None
    driver_type = "sqlite"
    driver_name = "sqlite3"
    implements = virtual.Transport.implements.extend(
        asynchronous=False, exchange_type=frozenset(["direct", "topic", "fanout"]), heartbeats=False
    )
    connection_errors = (*virtual.Transport.connection_errors, sqlite3.OperationalError)
    # Exchanges declared by one connection of a process are known to its others; bindings are in the file.
    shared_state = virtual.BrokerState()

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.state = self.shared_state

    @property
    def default_connection_params(self) -> dict[str, Any]:
        """A file has neither host nor port."""
        return {"port": None, "hostname": None}

    def driver_version(self) -> str:
        """Return the version of the SQLite library."""
        return sqlite3.sqlite_version
