"""Runs a handful of programs as one: starts them, watches them, ends them together. Standard library only.

The programs live in sessions of their own, so that Ctrl-C in the terminal reaches the supervisor alone and it can end
them in order. Where the system allows it (Linux) they also end when the supervisor itself is killed.
"""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
LAST_LINES = 15


@dataclass(frozen=True)
class Program:
    """A program to run: its name for people, its command line, and how many seconds it may take to end."""

    name: str
    command: Sequence[str]
    patience: float = 20


class Died(Exception):
    """A program ended by itself."""

    def __init__(self, name: str, code: int, tail: str) -> None:
        super().__init__(f"{name} ended with code {code}")
        self.name, self.code, self.tail = name, code, tail


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM or a closed terminal."""


class NeverReady(Exception):
    """The programs run, but the address did not answer in time."""


def port_problem(host: str, port: int) -> str | None:
    """Return None when `host`:`port` can be bound, "taken" when another program listens there, else what is wrong."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return "taken" if error.errno == errno.EADDRINUSE else str(error.strerror or error)
        except OverflowError:
            return "port must be 1-65535"
    return None


def _end_with_parent() -> None:
    """Ask Linux to send SIGTERM to this process when its parent dies. Elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _silent_about_the_end(event: "sys.UnraisableHookArgs") -> None:
    """Python reports an exception that hits it inside a finalizer; `Stopped` is noticed at the next `check` anyway."""
    if not isinstance(event.exc_value, Stopped):
        sys.__unraisablehook__(event)


@dataclass
class Supervisor:
    """Runs `programs`, each writing to ``<log_folder>/<name>.log`` (the run before is kept as ``.log.1``)."""

    programs: Sequence[Program]
    log_folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    say: Callable[[str], None] = print
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict, init=False)
    _asked: int = field(default=0, init=False)
    _started: bool = field(default=False, init=False)

    def listen_for_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP ask for the end. Asked twice, the programs are killed at once.

        Before `start` the request raises `Stopped` wherever the preparation is; afterwards `check` raises it.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        sys.unraisablehook = _silent_about_the_end

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked += 1
        if not self._started:
            raise Stopped

    def start(self) -> None:
        """Start every program in the order given."""
        self._started = True
        self.log_folder.mkdir(parents=True, exist_ok=True)
        for program in self.programs:
            log = self.log_folder / f"{program.name}.log"
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
            with log.open("wb") as output:
                self._running[program.name] = subprocess.Popen(
                    program.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(self.environment),
                    start_new_session=True,
                    preexec_fn=_end_with_parent if sys.platform == "linux" else None,
                )

    def check(self) -> None:
        """Raise `Stopped` when the end was asked for, `Died` when a program is gone."""
        if self._asked:
            raise Stopped
        for name, process in self._running.items():
            if (code := process.poll()) is not None:
                raise Died(name, code, self.tail(name))

    def tail(self, name: str) -> str:
        """Return the last lines that program `name` wrote."""
        text = (self.log_folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-LAST_LINES:])

    def wait_until_ready(self, url: str, patience: float = 60) -> None:
        """Return when `url` answers 200. Raise `NeverReady` after `patience` seconds, or what `check` raises."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            self.check()
            with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own address
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise NeverReady(url)

    def watch(self) -> None:
        """Stay until the end is asked for (`Stopped`) or a program dies (`Died`)."""
        while True:
            self.check()
            time.sleep(0.2)

    def stop(self) -> None:
        """End what still runs: last started first, politely, then by force when it takes longer than its patience.

        A program may finish the work in its hands (a web request, a job). It is waited for; nothing is left behind.
        """
        self._started = True
        asked_before = self._asked
        alive = [program for program in reversed(self.programs) if self._alive(program.name)]
        for program in alive:
            self._signal(program.name, signal.SIGTERM)
        start = time.monotonic()
        for program in alive:
            while self._alive(program.name):
                if self._asked > max(asked_before, 1) or time.monotonic() - start > program.patience:
                    self.say(f"{program.name}: kill")
                    self._signal(program.name, signal.SIGKILL, everybody=True)
                    self._running[program.name].wait()
                time.sleep(0.05)

    def _alive(self, name: str) -> bool:
        return name in self._running and self._running[name].poll() is None

    def _signal(self, name: str, number: int, *, everybody: bool = False) -> None:
        """Send a signal to the program, or to it and all its children."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if everybody else os.kill)(self._running[name].pid, number)
