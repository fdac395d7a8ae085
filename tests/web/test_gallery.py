"""Every component in every variant renders in both languages; the harness refuses undefined variables."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.factories.organisation import World, a_world

pytestmark = pytest.mark.django_db
GROUND = (a_world,)
COMPONENTS = Path(settings.BASE_DIR, "templates", "components")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_gallery_shows_every_state_of_every_machine(
    world: World, client_as: Callable[..., Client], language: str
) -> None:
    world.owner.language = language
    world.owner.save()

    page = client_as(world.owner).get(reverse("web:gallery"))

    assert page.status_code == 200
    shown = page.content.decode()
    assert shown.count('class="bd ') >= 60
    assert "style=" not in re.sub(r"<script.*?</script>", "", shown, flags=re.S)
    assert not re.search(r'\son\w+="', shown)


def test_a_stranger_without_session_is_sent_to_sign_in() -> None:
    assert Client().get(reverse("web:gallery")).status_code == 302


def test_every_component_declares_its_attributes_and_stands_on_the_gallery() -> None:
    files = {file.stem: file.read_text("utf-8") for file in COMPONENTS.glob("*.html")}
    pages = "".join(file.read_text("utf-8") for file in Path(settings.BASE_DIR, "templates", "web").glob("gallery/*"))
    pages += Path(settings.BASE_DIR, "templates", "web", "gallery.html").read_text("utf-8") + "".join(files.values())

    assert [name for name, text in files.items() if "<c-vars" not in text] == []
    assert [name for name in files if not re.search(f"<c-{name.replace('_', '-')}[ />]", pages)] == []


def test_every_icon_a_template_names_is_on_the_list() -> None:
    listed = set(Path(settings.BASE_DIR, "static", "icons.txt").read_text("utf-8").split())
    named = {
        name
        for file in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', file.read_text("utf-8"))
    }

    assert named - listed == set()


def test_the_sign_in_page_stands_alone() -> None:
    page = Client().get(reverse("organisation:login"))

    assert page.status_code == 200
    assert "客户说的每一句话" in page.content.decode()


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_no_context(code: str) -> None:
    assert "oops" in render_to_string(f"{code}.html")
