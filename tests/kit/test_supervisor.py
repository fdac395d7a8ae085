"""The supervisor behind `make run`: its programs start, are watched and end together."""

import http.server
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxorders.kit.supervisor import Died, NeverReady, Program, Stopped, Supervisor, port_problem

pytestmark = pytest.mark.embedded

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
BROKEN = "import sys; print('cannot go on'); sys.exit(3)"


def python(name: str, source: str, patience: float = 20) -> Program:
    return Program(name, [sys.executable, "-c", source], patience)


@pytest.fixture
def signals_restored() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before, hook = [signal.getsignal(number) for number in numbers], sys.unraisablehook
    yield
    sys.unraisablehook = hook
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def wait_for(condition: object, what: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.02)
    pytest.fail(f"waited in vain for {what}")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_free_port_has_no_problem_and_a_taken_one_is_named() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        taken = port_problem("127.0.0.1", port)

    assert (taken, port_problem("127.0.0.1", port)) == ("taken", None)
    assert port_problem("127.0.0.1", 70_000) == "port must be 1-65535"


def test_all_programs_end_when_told_to(tmp_path: Path) -> None:
    supervisor = Supervisor([python("one", SLEEPER), python("two", SLEEPER)], tmp_path)
    supervisor.start()
    supervisor.check()
    pids = [process.pid for process in supervisor._running.values()]
    supervisor.stop()

    assert [alive(pid) for pid in pids] == [False, False]


def test_a_program_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor([python("one", SLEEPER), python("two", BROKEN)], tmp_path)
    supervisor.start()
    with pytest.raises(Died) as death:
        supervisor.watch()
    supervisor.stop()

    assert (death.value.name, death.value.code, death.value.tail) == ("two", 3, "cannot go on")
    assert not supervisor._alive("one")


def test_a_program_that_will_not_end_is_killed(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([python("stubborn", STUBBORN, patience=0.1)], tmp_path, say=said.append)
    supervisor.start()
    wait_for(lambda: supervisor.tail("stubborn") == "up", "the stubborn program")
    supervisor.stop()

    assert (said, supervisor._alive("stubborn")) == (["stubborn: kill"], False)


def test_the_log_of_the_run_before_is_kept(tmp_path: Path) -> None:
    for words in ("first", "second"):
        supervisor = Supervisor([python("one", f"print('{words}')")], tmp_path)
        supervisor.start()
        with pytest.raises(Died):
            supervisor.watch()

    assert ((tmp_path / "one.log").read_text(), (tmp_path / "one.log.1").read_text()) == ("second\n", "first\n")


def test_ready_means_that_the_address_answers_200(tmp_path: Path) -> None:
    answers = [503, 503, 200]

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers.pop(0))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        Supervisor([], tmp_path).wait_until_ready(f"http://127.0.0.1:{server.server_port}/readyz")
        server.shutdown()
        thread.join()

    assert answers == []


def test_an_address_that_stays_silent_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(NeverReady):
            Supervisor([], tmp_path).wait_until_ready(f"http://127.0.0.1:{nobody.getsockname()[1]}/", patience=0.3)


@pytest.mark.usefixtures("signals_restored")
def test_a_signal_stops_the_preparation_at_once_and_the_watch_at_the_next_look(tmp_path: Path) -> None:
    preparing = Supervisor([], tmp_path)
    preparing.listen_for_signals()
    with pytest.raises(Stopped):
        os.kill(os.getpid(), signal.SIGINT)

    watching = Supervisor([python("one", SLEEPER)], tmp_path)
    watching.listen_for_signals()
    watching.start()
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Stopped):
        watching.watch()
    watching.stop()

    assert not watching._alive("one")


@pytest.mark.linux  # only Linux ends children with their parent
def test_the_programs_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    source = textwrap.dedent(
        f"""
        from pathlib import Path
        from cxorders.kit.supervisor import Program, Supervisor
        supervisor = Supervisor([Program("one", [{sys.executable!r}, "-c", {SLEEPER!r}])], Path({str(tmp_path)!r}))
        supervisor.start()
        print(supervisor._running["one"].pid, flush=True)
        supervisor.watch()
        """
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, cwd=root) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()

    wait_for(lambda: not alive(child), "the end of the orphan")
