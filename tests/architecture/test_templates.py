"""Templates keep the strict content policy, and none lies about unused."""

import re

import pytest

from tests.architecture.house import ROOT, sources, templates

FOLDER = ROOT / "templates"

FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "inline style": re.compile(r"<style\b|\sstyle\s*=\s*[\"'{]", re.I),
    "event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"'{]|\bhx-on\b", re.I),
    "script address": re.compile(r"[\"']\s*javascript:", re.I),
    "foreign address": re.compile(r"\b(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.I),
}

BY_NAME_OF_THE_FRAMEWORK = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "registration/login.html"}
"""templates Django itself looks for"""


def without_comments(text: str) -> str:
    text = re.sub(r"{%\s*comment[^%]*%}.*?{%\s*endcomment\s*%}", "", text, flags=re.S)
    return re.sub(r"{#.*?#}", "", text)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_the_content_policy_refuses(what: str) -> None:
    found = [
        f"{path.relative_to(FOLDER)}: {match[0]}"
        for path in templates()
        for match in FORBIDDEN[what].finditer(without_comments(path.read_text()))
    ]

    assert found == []


def named_in(code: str) -> set[str]:
    """Full names, and names a file puts together: f"feedback/issues/{part}.html" with "_step" quoted beside it."""
    names = set(re.findall(r"""["']([\w/.-]+\.(?:html|txt))["']""", code))
    quoted = set(re.findall(r"""["']([\w.-]+)["']""", code))
    for folder in re.findall(r"""f["']([\w/]+/){""", code):
        for path in (FOLDER / folder).glob("*.html"):
            if {path.name, path.stem} & quoted:
                names.add(f"{folder}{path.name}")
    return names


def mentioned() -> set[str]:
    """Template names that appear in code, in extends and include, or as a component."""
    names: set[str] = set()
    for path in sources():
        names |= named_in(path.read_text())
    for path in templates():
        text = path.read_text()
        names |= set(re.findall(r"""["']([\w/.-]+\.(?:html|txt))["']""", text))
        for tag in re.findall(r"<c-([\w.-]+)", text):
            stem = tag.strip(".").replace(".", "/").replace("-", "_")
            names.add(f"components/{stem}.html")
    return names


def test_every_template_is_used() -> None:
    present = {path.relative_to(FOLDER).as_posix() for path in templates()}

    assert sorted(present - mentioned() - BY_NAME_OF_THE_FRAMEWORK) == []


def test_every_template_that_is_named_exists() -> None:
    """Names of our own folders only; libraries bring their own templates."""
    present = {path.relative_to(FOLDER).as_posix() for path in templates()}
    own = {name for name in mentioned() if name.split("/")[0] in {path.name for path in FOLDER.iterdir()}}

    assert sorted(own - present - {"components/vars.html", "components/slot.html"}) == []


def test_every_icon_is_in_the_sprite() -> None:
    drawn = set((ROOT / "static/icons.txt").read_text().split())
    used = {name for path in templates() for name in re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", path.read_text())}

    assert sorted(used - drawn) == []


def test_every_component_declares_what_it_takes() -> None:
    silent = [
        path.name
        for path in (FOLDER / "components").glob("*.html")
        if "<c-vars" not in path.read_text() and not path.name.startswith("_")
    ]

    assert silent == []
