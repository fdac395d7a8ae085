"""After the switch to English no Chinese of ours is left; what customers and people wrote stays as it is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.journeys.installation import Installation
from tests.journeys.visitor import Arrive, Visitor
from tests.journeys.walk import Judge, pages_of

pytestmark = [pytest.mark.browser, pytest.mark.embedded]

SAMPLES = {"web:gallery"}
"""pages whose examples are what people wrote"""
JUDGED = {"web:home", "intake:new", "issues:detail", "orders:detail", "web:dashboard", "scorecards:detail"}
"""kinds of pages that axe judges in English too"""

WRITTEN_BY_PEOPLE = r"""
import json, re
from django.apps import apps
from django.db.models import CharField, JSONField, TextField

def texts(value):
    if isinstance(value, str):
        return {part.strip() for part in value.splitlines()}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for part in parts for text in texts(part)}

found, named, journalled = set(), set(), set()
for model in apps.get_models():
    kinds = (CharField, JSONField, TextField)
    names = [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]
    for row in model._default_manager.values(*names) if names else ():
        if row.get("zh") and row.get("en"):
            named.add(row.pop("zh"))
        for value in row.values():
            (journalled if isinstance(value, dict) else found).update(texts(value))
kept = lambda all: sorted(text for text in all if re.search("[\u3400-\u9fff]", text))
print(json.dumps({"people": kept(found - named), "journal": kept(journalled | found - named)}))
"""
"""every Chinese text in the database except names that have an English one; the journal keeps the names of its time"""

LEFT_OVER = r"""
({people, journal}) => {
  const ours = /[\u3400-\u9fff，。；：？！（）、]/;
  const sorted = words => [...words].sort((a, b) => b.length - a.length);
  const words = {people: sorted(people), journal: sorted(journal)};
  const seen = new Set();
  const cut = (text, longest) => text.replace(/[^“”·]*…/g, part => {
    const start = part.replace(/…$/, "").trim();
    return start && longest.some(word => word.startsWith(start)) ? "" : part;
  });
  const say = (text, where, holder) => {
    if (!ours.test(text)) return;
    const longest = holder.closest(".cx-tl, .jn-data") ? words.journal : words.people;
    let rest = cut(text, longest);
    for (const word of longest) if (rest.includes(word)) rest = rest.split(word).join("");
    if (ours.test(rest)) seen.add(`${where}: ${text.trim().replace(/\s+/g, " ").slice(0, 90)}`);
  };
  const apart = "[lang|=zh], script, style, template, noscript, .cx-ava";
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const holder = node.parentElement;
    if (!holder.closest(apart)) say(node.textContent, holder.tagName.toLowerCase() + "." + holder.className, holder);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const el of document.querySelectorAll(`[${name}]`))
      if (!el.closest(apart)) say(el.getAttribute(name), `@${name} ${el.tagName.toLowerCase()}`, el);
  return [...seen];
}
"""


@contextmanager
def in_english(visitor: Visitor) -> Iterator[None]:
    """Switch by the button every page has, and back: the choice belongs to the person."""
    for name, other in (("Switch to English", "切换到中文"), ("切换到中文", "Switch to English")):
        visitor.open("/me/")
        visitor.press(name)
        expect(visitor.page.get_by_role("button", name=other).first).to_be_attached()
        if other == "切换到中文":
            yield


@pytest.fixture(scope="module")
def written(product: Installation) -> dict[str, list[str]]:
    said = product.manage("shell", "--no-imports", "--command", WRITTEN_BY_PEOPLE)
    texts: dict[str, list[str]] = json.loads(said.splitlines()[-1])
    texts["people"].append("简体中文")  # a language is called by its own name
    return texts


@pytest.mark.thorough
@pytest.mark.parametrize("account", ["agent", "hq", "callback", "admin"])
def test_english_is_complete(account: str, arrive: Arrive, written: dict[str, list[str]]) -> None:
    visitor, judge, found = arrive(account), Judge(), []
    with in_english(visitor):
        for kind, path in pages_of(visitor, "/", "/me/"):
            if kind in SAMPLES:
                continue
            left = visitor.page.evaluate(LEFT_OVER, written)
            if account == "hq" and kind in JUDGED:
                left += judge.violations(visitor, kind)
            if left:
                found += [f"{path} {line}" for line in left]
                visitor.keep(kind.replace(":", "-"))

    assert not found, "\n".join(found)
