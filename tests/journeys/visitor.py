"""A person at a browser window, and the watch over everything the browser complains about."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, Response, expect

PHONE, DESK, NARROW = (390, 844), (1440, 900), (320, 720)
SIZES = {"phone": PHONE, "desk": DESK}

_STATUS_LINES = ("Failed to load resource: the server responded with a status of", "Response Status Error Code")


@dataclass
class Watch:
    """What browsers complained about during one test; the test fails unless it stays empty."""

    faults: list[str] = field(default_factory=list)
    allowed: set[int] = field(default_factory=set)
    """answers below 500 that this test provokes on purpose"""
    unreachable: bool = False
    """this test takes the network away"""

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of `context`."""
        context.on("console", self._console)
        context.on("weberror", lambda problem: self.faults.append(f"page error: {problem.error}"))
        context.on("response", self._response)
        context.on("requestfailed", lambda request: self._failed(request.url, request.failure))

    def _console(self, message: ConsoleMessage) -> None:
        # lines about a status, of the browser and of htmx, say less than `_response` does
        if self.unreachable and "net::ERR_INTERNET_DISCONNECTED" in message.text:
            return
        if message.type in {"error", "warning"} and not message.text.startswith(_STATUS_LINES):
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.status not in self.allowed):
            self.faults.append(f"{response.status} {response.request.method} {response.url}")

    def _failed(self, url: str, failure: str | None) -> None:
        if self.unreachable and failure == "net::ERR_INTERNET_DISCONNECTED":
            return
        if failure != "net::ERR_ABORTED":  # a page left before everything on it had arrived
            self.faults.append(f"{failure}: {url}")


class Album:
    """Screenshots of one test, numbered in the order they were taken."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._number = folder, count(1)

    def keep(self, page: Page, label: str) -> None:
        """Keep a picture of the whole page."""
        self.folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(
            path=self.folder / f"{next(self._number):02d}-{label}.png", full_page=True, animations="disabled"
        )


class Visitor:
    """One person in one browser context."""

    def __init__(self, name: str, context: BrowserContext, base: str, album: Album) -> None:
        self.name, self.context, self.base, self.album = name, context, base, album
        self.page: Page = context.new_page()

    def open(self, path: str) -> Response:
        """Go to an address of the product."""
        response = self.page.goto(f"{self.base}{path}")
        assert response is not None
        return response

    def sign_in(self, password: str = "demo") -> None:  # noqa: S107 -- the demo's own password
        """Fill the sign-in form on the screen, or the one at its address."""
        if not self.page.url.startswith(f"{self.base}/login/"):
            self.open("/login/")
        self.page.get_by_label("工号或手机号").fill(self.name)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.locator("#id_password")).to_have_count(0)

    def follow(self, name: str) -> None:
        """Click the first visible link of this name."""
        self.page.get_by_role("link", name=name).locator("visible=true").first.click()

    def go(self, name: str) -> None:
        """Use the main navigation; on a phone the rest of it is behind the last tab."""
        entries = self.page.get_by_role("navigation").get_by_role("link", name=re.compile(rf"^{name}[\s\d]*$"))
        entry = entries.locator("visible=true")
        if not entry.count():
            self.press("全部", exact=True)
        entry.first.click()

    def press(self, name: str, *, exact: bool = False) -> None:
        """Click the first visible button of this name."""
        self.page.get_by_role("button", name=name, exact=exact).locator("visible=true").first.click()

    def choose(self, question: str, answer: str) -> None:
        """Pick one answer of a set of choices, as a finger would: on its words."""
        group = self.page.get_by_role("group", name=question)
        group.locator("label").filter(has_text=answer).first.click()

    def sees(self, text: str) -> None:
        """Wait for words to be on the screen."""
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    def main(self) -> Locator:
        """The page without its shell."""
        return self.page.locator("#main")

    def number(self, prefix: str) -> str:
        """The first number of a kind (DD, WT, TY …) in the address or on the page."""
        for text in (self.page.url, self.main().inner_text()):
            if found := re.search(rf"{prefix}-\d\d-\d+", text):
                return found[0]
        raise AssertionError(f"no {prefix} number on {self.page.url}")

    def keep(self, label: str) -> None:
        """Keep a picture of this step."""
        self.album.keep(self.page, f"{self.name}-{label}")

    def is_gone(self) -> None:
        """Close the window."""
        try:
            self.context.close()
        except Error:  # pragma: no cover -- the browser went first
            return


Arrive = Callable[..., Visitor]
