"""Sign-in throttling: five wrong passwords for one name from one address, then a page that says what to do."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.organisation import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("throttled")]


def sign_in(username: str, password: str, address: str = "10.1.1.1") -> int:
    form = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse("organisation:login"), form).status_code


def test_the_fifth_wrong_password_locks_this_name_at_this_address_only(world: World) -> None:
    name = world.owner.username
    world.owner.set_password("the right one")
    world.owner.save()

    assert [sign_in(name, "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
    assert sign_in(name, "the right one") == 429
    assert sign_in(name, "the right one", address="10.1.1.2") == 302
    assert sign_in("somebody else", "wrong") == 200


def test_the_page_says_how_long_and_whom_to_ask(world: World) -> None:
    login = reverse("organisation:login")
    for _ in range(5):
        answer = Client().post(login, {"username": world.owner.username, "password": "wrong"})

    assert "请 15 分钟后再试" in answer.content.decode()
    assert answer.headers["Retry-After"] == "900"
