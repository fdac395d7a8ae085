"""Journeys in a real Chromium against a real server; see README.md beside this file."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.installation import ENGINE, RESULTS, Installation, installed
from tests.journeys.visitor import SIZES, Album, Arrive, Visitor, Watch

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 20_000
FAILED = pytest.StashKey[bool]()


def chromium() -> str:
    """Where Chromium is; `make test` leaves the journeys out, and says so, where there is none."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.fail("there is no Chromium on this machine")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Let the fixtures know whether the test itself failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation for all journeys of this process."""
    chromium()
    with installed(tmp_path_factory.mktemp("installation")) as running:
        yield running
        assert running.complaints() == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser of this module's own: while its driver runs, Django refuses the database to every other test."""
    path = chromium()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when any page complained."""
    kept = Watch()
    yield kept
    assert kept.faults == []


@pytest.fixture
def album(request: pytest.FixtureRequest) -> Album:
    """A fresh folder of screenshots, named after the test."""
    module = request.path.stem.removeprefix("test_")
    name = re.sub(r"[^\w-]+", "-", request.node.name.removeprefix("test_")).strip("-")
    folder: Path = RESULTS / "journeys" / ENGINE / module / name
    shutil.rmtree(folder, ignore_errors=True)
    return Album(folder)


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """Account → cookies of its first sign-in: checking a password is slow on purpose."""
    return {}


@pytest.fixture
def arrive(
    request: pytest.FixtureRequest,
    product: Installation,
    browser: Browser,
    watch: Watch,
    album: Album,
    signed_in: dict[str, Any],
) -> Iterator[Arrive]:
    """`arrive("hall", "phone")`: a person with a window of that size, on the work bench.

    The first time they sign in by the form, later they still are signed in; `at_the_door` leaves them outside.
    When the test fails, what everybody has on the screen is kept too.
    """
    here: list[Visitor] = []

    def arrives(name: str, size: str | tuple[int, int] = "desk", *, at_the_door: bool = False) -> Visitor:
        width, height = SIZES[size] if isinstance(size, str) else size
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
            reduced_motion="reduce", has_touch=width < 768,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        watch.over(context)
        visitor = Visitor(name, context, product.url, album)
        here.append(visitor)
        if at_the_door:
            return visitor
        if name in signed_in:
            context.add_cookies(signed_in[name])
            visitor.open("/")
        else:
            visitor.sign_in()
            signed_in[name] = [cookie for cookie in context.cookies() if cookie["name"] == "sessionid"]
        return visitor

    yield arrives
    for visitor in here:
        if request.node.stash.get(FAILED, False):
            visitor.keep("failed")
        visitor.is_gone()
