"""Walks every page a person can reach by links, one of each kind, and has axe judge it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from django.urls import Resolver404, resolve

from tests.journeys.installation import ROOT
from tests.journeys.visitor import DESK, NARROW, PHONE, Visitor

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
LOOKS: tuple[tuple[str, tuple[int, int], Literal["light", "dark"]], ...] = (
    ("desk", DESK, "light"),
    ("phone", PHONE, "dark"),
)
"""how every page is judged: each size and each theme once"""

LINKS = "links => links.map(link => link.getAttribute('href'))"
OPEN_ALL = "() => document.querySelectorAll('main details:not(.cx-menu)').forEach(part => { part.open = true; })"
JUDGE = """
rules => axe.run(document, {
  runOnly: rules, resultTypes: ["violations"], preload: false, iframes: false, selectors: false, elementRef: false,
}).then(found => found.violations.flatMap(rule =>
  rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)} — ` +
    [...node.any, ...node.all, ...node.none].slice(0, 1).map(why => why.message))))
"""
TOO_WIDE = """
() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return "";
  const limit = document.documentElement.clientWidth;
  const contained = el => /auto|scroll|hidden|clip/.test(getComputedStyle(el).overflowX);
  const scrolls = el => el && (contained(el) || scrolls(el.parentElement));
  const guilty = [...document.body.querySelectorAll("*")]
    .filter(el => el.getBoundingClientRect().right > limit + 1 && !scrolls(el.parentElement));
  return `${wide} px: ` + guilty.slice(0, 3).map(el => el.outerHTML.slice(0, 120)).join(" | ");
}
"""
"""how much wider than the window a page is, and what sticks out of it"""

PIECES = """
() => {
  const shape = el => el.tagName + "." + [...el.classList].sort().join(".");
  const all = new Set();
  for (const el of document.body.querySelectorAll("*")) {
    const given = el.getAttributeNames().filter(name => !/^(class|href|id|d|x|y|width|height|value|title)$/.test(name));
    all.add([shape(el.parentElement), shape(el), given.sort().join(), Boolean(el.textContent.trim())].join("|"));
  }
  return [...all];
}
"""
"""what a page is made of: elements with their classes, attributes and parents, whatever the words in them"""
FILES = {
    "orders:evidence", "intake:photo", "appointments:photo", "promises:exemption_photo",
    "transfer:export", "transfer:template", "transfer:errors", "transfer:file",
}  # fmt: skip
"""addresses of files, not pages: they are saved, or the browser draws its own page around a picture"""


def kind_of(path: str) -> str | None:
    """The name of the URL pattern behind a page of the product; None for the technical tables, files and outside."""
    try:
        name = resolve(path.split("?")[0]).view_name
    except Resolver404:
        return None
    return None if name.startswith("admin:") or name in FILES else name


@dataclass
class Judge:
    """axe, with a memory: once its kind is judged, a page made only of pieces judged before is not judged again."""

    source: str = field(default_factory=AXE.read_text)
    known: set[str] = field(default_factory=set)
    visited: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)

    def violations(self, visitor: Visitor, kind: str) -> list[str]:
        """What axe finds on the page shown: on the desk in light, on the phone in dark with every fold open.

        And whether the page is wider than the narrowest phone.
        """
        page = visitor.page
        pieces = set(page.evaluate(PIECES))
        self.visited.add(kind)
        if kind in self.judged and pieces <= self.known:
            return []
        self.judged.add(kind)
        self.known |= pieces
        page.evaluate(self.source)
        found = []
        for name, (width, height), theme in LOOKS:
            page.set_viewport_size({"width": width, "height": height})
            if name == "phone":
                page.evaluate(OPEN_ALL)
            page.emulate_media(color_scheme=theme)
            found += [f"{name} {theme} {line}" for line in page.evaluate(JUDGE, WCAG)]
            if found:
                visitor.keep(kind.replace(":", "-"))
        page.emulate_media(color_scheme="light")
        return found + narrow(visitor)


def sideways(visitor: Visitor) -> list[str]:
    """By how much the page is wider than its window, and through what; empty when it fits.

    Charts are drawn anew a moment after the window has changed.
    """
    for _try in range(10):
        line = visitor.page.evaluate(TOO_WIDE)
        if not line:
            return []
        visitor.page.wait_for_timeout(50)
    return [line]


def narrow(visitor: Visitor) -> list[str]:
    """`sideways` in a window of 320 px; the window is wide again afterwards."""
    found = []
    for width, height in (NARROW, DESK):
        visitor.page.set_viewport_size({"width": width, "height": height})
        found += sideways(visitor)
    return found


def pages_of(visitor: Visitor, *starts: str) -> Iterator[tuple[str, str]]:
    """Open one page of each kind that links lead to, and yield its kind and address while it is on the screen."""
    waiting = [(kind_of(path) or path, path) for path in starts]
    met = {kind for kind, _path in waiting}
    while waiting:
        kind, path = waiting.pop(0)
        response = visitor.open(path)
        if "html" not in response.headers.get("content-type", ""):
            continue
        yield kind, path
        links: list[Any] = visitor.page.locator("a[href^='/']").evaluate_all(LINKS)
        for link in links:
            target = link.split("#")[0]
            name = kind_of(target)
            if name is not None and name not in met:
                met.add(name)
                waiting.append((name, target))
