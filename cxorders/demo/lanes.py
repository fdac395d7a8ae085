"""Two simulations side by side: half of the companies each, the second in a process of its own where that pays.

The lanes deal different keys, so the rows are the same whether they run one after the other or at the same time.
"""

import os
import pickle
import sys
from collections import Counter
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any

from django.db import connection

from cxorders.demo.bulk import Lane, Pipe
from cxorders.demo.simulation import Plot, Simulation

LANES = 2


class LaneBroken(RuntimeError):
    """The other process ended before it was done."""


def simulate(plot: Plot, *, together: bool) -> Counter[str]:
    """Play all companies; table label → rows. `together`: at the same time, on a machine and database that can."""
    lanes = [Simulation(plot, Lane(number, LANES)) for number in range(LANES)]
    rows: Counter[str] = Counter()
    if connection.vendor != "postgresql":
        for lane in lanes:
            rows.update(lane.play(None))
        return rows
    can_fork = sys.platform == "linux" and (os.cpu_count() or 1) > 1
    if not (together and can_fork and len(plot.quotas) > 1):
        with Pipe() as pipe:
            for lane in lanes:
                rows.update(lane.play(pipe))
        return rows
    return _together(lanes)


def _together(lanes: Sequence[Simulation]) -> Counter[str]:
    """The first lane here, the others in forked processes that send their rows home and never touch the database."""
    context, others = get_context("fork"), []
    for lane in lanes[1:]:
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_child, args=(lane, there), daemon=True)
        process.start()
        there.close()
        others.append((process, here))
    rows: Counter[str] = Counter()
    with Pipe() as pipe:
        readers = [Reader(here, pipe) for _, here in others]
        try:
            rows.update(lanes[0].play(pipe))
            for reader in readers:
                rows.update(reader.result())
        finally:
            for process, here in others:
                here.close()
                if process.is_alive():
                    process.terminate()
                process.join()
    return rows


class Remote:
    """The far end of a lane: chunks travel to the process that holds the transaction."""

    def __init__(self, there: "Connection[Any, Any]") -> None:
        self._there = there

    def send(self, statement: str, lines: list[str]) -> None:
        """One chunk; waits while the other side is busy."""
        self._there.send_bytes(pickle.dumps((statement, "".join(lines))))


def _child(lane: Simulation, there: "Connection[Any, Any]") -> None:
    try:
        ending: Any = lane.play(Remote(there))
    except BaseException as error:
        ending = repr(error)
    there.send_bytes(pickle.dumps((None, ending)))
    there.close()


class Reader:
    """Copies what a far lane sends, in a thread."""

    def __init__(self, here: "Connection[Any, Any]", pipe: Pipe) -> None:
        self._here, self._pipe = here, pipe
        self._rows: dict[str, int] | None = None
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name="demo-lane", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while True:
                statement, body = pickle.loads(self._here.recv_bytes())  # noqa: S301 -- from our own child
                if statement is None:
                    break
                self._pipe.copy(statement, body)
            if isinstance(body, dict):
                self._rows = body
            else:
                self._error = LaneBroken(body)
        except BaseException as error:
            self._error = error

    def result(self) -> dict[str, int]:
        """Wait for the end of the lane; its rows. Raises what went wrong there."""
        self._thread.join()
        if self._rows is None:
            raise self._error or LaneBroken()
        return self._rows
