"""`manage.py runall`, the command behind `make run`, as a real start on the embedded set-up."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.linux]  # looks into /proc


class Start:
    """One start of everything, in `folder`, on a port that was free a moment ago."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.log = folder / "log"
        given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "runall", "--no-demo", "--port", str(port)],
            cwd=ROOT,
            env={**given, "CX_VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "cxorders.settings"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, words: str) -> str:
        """Read what it says until `words` appear or it ends."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if words in line:
                break
        return said

    def children(self) -> list[int]:
        """Return the process ids of its programs."""
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listing.read_text().split()]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One installation for all tests here: collecting its static files takes the longest."""
    return tmp_path_factory.mktemp("installation")


@pytest.fixture
def start(folder: Path, port: int) -> Iterator[Start]:
    started = Start(folder, port)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
    started.process.communicate(timeout=60)


def running(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_one_command_starts_everything_and_one_signal_ends_it(start: Start, tmp_path: Path) -> None:
    said = start.read_until("Ctrl-C")
    children = start.children()

    assert f"http://127.0.0.1:{start.port}/" in said
    assert len(children) == 3
    with urllib.request.urlopen(f"http://127.0.0.1:{start.port}/readyz", timeout=30) as ready:
        assert ready.status == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{start.port}/", timeout=30) as page:
        sheet = re.search(r'href="(/static/vendor/tabler\.min\.[0-9a-f]+\.css)"', page.read().decode())
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert sheet is not None
    request = urllib.request.Request(
        f"http://127.0.0.1:{start.port}{sheet.group(1)}", headers={"Accept-Encoding": "br"}
    )
    with urllib.request.urlopen(request, timeout=30) as file:  # noqa: S310 -- our own address
        assert (file.headers["Content-Encoding"], "immutable" in file.headers["Cache-Control"]) == ("br", True)

    # A second one on the same port says so in one line, and does not disturb the first.
    second = Start(tmp_path / "second", start.port)
    assert f"port {start.port} is taken" in second.read_until("taken")
    second.process.communicate(timeout=60)
    assert second.process.returncode == 1

    start.process.send_signal(signal.SIGINT)
    assert "已停止" in start.read_until("已停止")
    assert start.process.wait(timeout=60) == 0
    assert running(children) == []


def test_when_one_program_dies_it_is_named_and_all_end(start: Start) -> None:
    start.read_until("Ctrl-C")
    children = start.children()
    worker = next(pid for pid in children if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    said = start.read_until("worker 意外退出")

    assert "worker 意外退出" in said
    assert start.process.wait(timeout=60) == 1
    deadline = time.monotonic() + 30
    while running(children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running(children) == []
