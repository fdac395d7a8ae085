"""Signing in and out, throttling, expired sessions, language, active role."""

from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from cxorders.journal.queries import timeline
from cxorders.organisation.models import User
from tests.factories.organisation import World, a_person, a_world, department_in, give

pytestmark = pytest.mark.django_db
GROUND = (a_world,)

ClientAs = Callable[..., Client]
LOGIN = "/login/"


def try_to_sign_in(client: Client, username: str, password: str, **more: str) -> tuple[int, str]:
    response = client.post(LOGIN, {"username": username, "password": password, **more})
    return response.status_code, response.headers.get("Location", "")


def test_the_right_password_opens_the_bench(world: World, client: Client) -> None:
    assert try_to_sign_in(client, world.owner.username, "demo") == (302, "/")
    assert try_to_sign_in(client, world.owner.username, "demo") == (302, "/")


def test_a_wrong_password_keeps_the_name_and_says_nothing_about_it(world: World, client: Client) -> None:
    known = client.post(LOGIN, {"username": world.owner.username, "password": "x"}).content.decode()
    unknown = client.post(LOGIN, {"username": "nobody", "password": "x"}).content.decode()

    assert world.owner.username in known
    assert known.count("note bad") == unknown.count("note bad") == 1


@pytest.mark.usefixtures("throttled")
@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "登录已锁定"), ("en", "")])
def test_five_wrong_passwords_lock_the_name_from_this_address(
    world: World, client: Client, language: str, sentence: str
) -> None:
    client.cookies["django_language"] = language
    codes = [try_to_sign_in(client, world.owner.username, "wrong")[0] for _ in range(5)]
    locked = client.post(LOGIN, {"username": world.owner.username, "password": "demo"})

    assert codes == [200, 200, 200, 200, 429]
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert locked.headers["Content-Language"] == language
    assert sentence in locked.content.decode()


@pytest.mark.usefixtures("throttled")
def test_a_lock_touches_neither_colleagues_nor_other_addresses(world: World, client: Client) -> None:
    for _ in range(6):
        try_to_sign_in(client, world.owner.username, "wrong")

    assert try_to_sign_in(client, world.supervisor.username, "demo")[0] == 302
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert try_to_sign_in(elsewhere, world.owner.username, "demo")[0] == 302


@pytest.mark.usefixtures("throttled")
def test_a_success_forgets_the_failures(world: World, client: Client) -> None:
    for _ in range(2):
        for _ in range(4):
            try_to_sign_in(client, world.owner.username, "wrong")
        assert try_to_sign_in(client, world.owner.username, "demo")[0] == 302


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/organisation/people/?q=x", "/organisation/people/?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_stays_in_the_house(world: World, client: Client, wanted: str, given: str) -> None:
    assert try_to_sign_in(client, world.owner.username, "demo", next=wanted) == (302, given)


def test_strangers_are_sent_to_the_door_and_back(client: Client) -> None:
    response = client.get("/organisation/people/?q=x")

    assert (response.status_code, response.headers["Location"]) == (302, "/login/?next=/organisation/people/%3Fq%3Dx")


def test_an_expired_session_in_a_fragment_moves_the_whole_page(client: Client) -> None:
    response = client.get("/organisation/people/", headers={"HX-Request": "true"})

    assert response.status_code == 204
    assert response.headers["HX-Redirect"].startswith("/login/?next=/organisation/people/")


def test_signing_out_is_a_post(world: World, client_as: ClientAs) -> None:
    browser = client_as(world.owner)

    assert browser.get("/logout/").status_code == 405
    assert browser.post("/logout/").headers["Location"] == LOGIN
    assert browser.get("/me/").status_code == 302


def test_the_language_is_kept_with_the_person(world: World, client_as: ClientAs) -> None:
    browser = client_as(world.owner)
    browser.post("/language/", {"language": "en", "next": "/me/"})

    assert User.objects.get(pk=world.owner.pk).language == "en"
    assert client_as(world.owner).get(reverse("organisation:profile")).headers["Content-Language"] == "en"
    assert browser.post("/language/", {"language": "klingon"}).status_code == 400
    assert browser.post("/language/", {"language": "en", "next": "https://evil.example"}).headers["Location"] == "/"


def test_before_signing_in_a_cookie_keeps_the_language(client: Client) -> None:
    assert client.get(LOGIN).headers["Content-Language"] == "zh-hans"
    client.post("/language/", {"language": "en"})

    assert client.get(LOGIN).headers["Content-Language"] == "en"


def test_one_person_acts_in_one_role_at_a_time(world: World, client_as: ClientAs) -> None:
    second = give(world.owner, "dept_mgr", at=department_in(world.company, "D-CC"))
    browser = client_as(world.owner)
    units = reverse("organisation:units")
    assert browser.get(units).status_code == 403

    assert browser.post("/role/", {"grant": second.pk}).status_code == 302
    assert browser.get(units).status_code == 200

    foreign = world.stranger.grants.get()
    assert browser.post("/role/", {"grant": foreign.pk}).status_code == 400
    assert browser.post("/role/", {"grant": "x"}).status_code == 400


def test_somebody_without_a_role_is_let_in_but_sees_nothing(world: World, client_as: ClientAs) -> None:
    browser = client_as(a_person(""))

    assert browser.get(reverse("organisation:profile")).status_code == 200
    assert browser.get(reverse("organisation:units")).status_code == 403


def test_a_person_changes_the_own_password(world: World, client_as: ClientAs) -> None:
    here, there = client_as(world.owner), client_as(world.owner)
    new = {"old_password": "demo", "new_password1": "gas-meter-7", "new_password2": "gas-meter-7"}
    page = reverse("organisation:password_change")

    assert here.post(page, new | {"old_password": "wrong"}).status_code == 422
    assert here.post(page, new | {"new_password2": "other"}).status_code == 422
    assert here.post(page, new).headers["Location"] == reverse("organisation:password_change_done")

    assert here.get(reverse("organisation:profile")).status_code == 200
    assert there.get(reverse("organisation:profile")).status_code == 302
    assert timeline(world.owner)[0].verb == "person.password_changed"


def test_the_profile_keeps_the_language(world: World, client_as: ClientAs) -> None:
    browser = client_as(world.owner)

    assert browser.post(reverse("organisation:profile"), {"language": "en"}).status_code == 302
    assert browser.post(reverse("organisation:profile"), {"language": "tlh"}).status_code == 422
    assert User.objects.get(pk=world.owner.pk).language == "en"


@pytest.mark.parametrize(("role", "code"), [("admin", 200), ("auditor", 403), ("hq_cs", 403)])
def test_the_technical_pages_admit_administrators_only(world: World, client_as: ClientAs, role: str, code: int) -> None:
    assert client_as(a_person(role, at=world.group)).get("/admin/").status_code == code


def test_administrators_of_a_company_stay_out_of_the_technical_pages(world: World, client_as: ClientAs) -> None:
    assert client_as(a_person("admin", at=world.company)).get("/admin/").status_code == 403
    assert client_as(world.owner).get("/admin/").status_code == 403


def test_the_technical_pages_hold_no_business(world: World, client_as: ClientAs) -> None:
    browser = client_as(a_person("admin", at=world.group))

    assert {model._meta.label for model in site._registry} == {"axes.AccessAttempt", "axes.AccessLog"}
    for model in site._registry:
        assert browser.get(reverse(f"admin:axes_{model._meta.model_name}_changelist")).status_code == 200
        assert browser.get(reverse(f"admin:axes_{model._meta.model_name}_add")).status_code == 403
    assert browser.get("/admin/login/").headers["Location"] == LOGIN


@pytest.mark.usefixtures("throttled")
def test_an_administrator_lifts_a_lock(world: World, client: Client, client_as: ClientAs) -> None:
    for _ in range(5):
        try_to_sign_in(client, world.owner.username, "wrong")
    attempt = AccessAttempt.objects.get()
    browser = client_as(a_person("admin", at=world.group))

    browser.post(reverse("admin:axes_accessattempt_delete", args=[attempt.pk]), {"post": "yes"})

    assert try_to_sign_in(client, world.owner.username, "demo")[0] == 302
