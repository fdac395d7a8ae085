"""The repository itself: its top level, and locks that anybody can install from anywhere."""

import re
import subprocess

import pytest

from tests.architecture.house import ROOT

PACKAGES = {"cxorders", "touchpoints", "feedback", "kpi", "tests"}
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json"]


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return listed.stdout.splitlines()


def test_no_other_package_at_the_top() -> None:
    tops = {path.split("/")[0] for path in tracked() if path.endswith(".py") and "/" in path}

    assert {name for name in tops if not name.startswith(".")} <= PACKAGES


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_server(name: str) -> None:
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()] if (ROOT / name).exists() else []

    assert [line for line in lines if re.search(r"https?:|--index-url|--extra-index-url", line)] == []


def test_python_locks_are_hashed() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==", text, flags=re.M)
        assert pins, name
        assert text.count("--hash=sha256:") >= len(pins), name


def test_nothing_is_stored_that_is_made() -> None:
    made = (".mo", ".pyc", ".sqlite3", ".log")

    assert [path for path in tracked() if path.endswith(made) or path.startswith(("var/", "node_modules/"))] == []
