"""Every named URL × every role × {own unit, sub-unit, sibling unit of another company} (DESIGN §6)."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.template.backends.django import Template
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, reverse
from django.utils.safestring import SafeString

from cxorders.kit.errors import NotAllowed
from cxorders.organisation.middleware import OPEN_URLS
from cxorders.organisation.models import User
from cxorders.organisation.roles import PERMISSIONS, ROLES
from tests.access.matrix import GROUP_ADMIN, MATRIX, OPEN, SIGNED, Rule, rule_of
from tests.access.objects import EVERYWHERE, NATIONAL, PLACES, Ground, is_visible, prepare
from tests.factories.organisation import a_person

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]  # doors and scopes: no SQL of one database

ROLE_CODES = sorted(code for code, role in ROLES.items() if role.permissions)
ALWAYS = {"front", "hq_cs"}
"""roles that differ most; all the others where THOROUGH is set"""
ENTERED = {200, 201, 204, 302, 303, 400, 409, 422}
"""the door opened; whether the act was possible is another question"""
THROUGH = {200, 201, 204, 302, 303}


def named_urls(resolver: Any = None, space: str = "") -> Iterator[tuple[str, Any]]:
    """Every URL name with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from named_urls(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif entry.name:
            yield f"{space}{entry.name}", entry.callback


URLS = dict(named_urls())


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """The world, built once; codes are what counts here, so pages are not drawn."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(Template, "render", lambda self, context=None, request=None: SafeString(""))
        yield prepare()
        transaction.set_rollback(True)


class Visitor:
    """Somebody who tries addresses; every try is taken back."""

    def __init__(self, user: User | None = None) -> None:
        self.browser = Client()
        if user is not None:
            self.browser.force_login(user)
        self.badge = self.browser.cookies.output(header="", sep=";")

    def knock(self, method: str, name: str, arguments: dict[str, Any]) -> int | str:
        """The status, or the exception as text."""
        address, self.browser.cookies = reverse(name, kwargs=arguments), SimpleCookie(self.badge)
        try:
            with transaction.atomic():
                response = getattr(self.browser, method.lower())(address)
                code: int = response.status_code
                if response.streaming:
                    list(response)  # reading a file to its end closes it
                transaction.set_rollback(True)
        except Exception as error:  # a failing view is a finding of this test, with its name
            return f"{type(error).__name__}: {error}"
        return code


def ask_the_door(user: User, method: str, name: str, arguments: dict[str, Any]) -> int | None:
    """403 when the view refuses before it looks at the object, without the way through the middleware; else None."""
    request = RequestFactory().generic(method, "/")
    request.user = user
    try:
        URLS[name](request, **arguments)
    except NotAllowed:
        return NotAllowed.status
    except Exception:  # whatever it is, the real way will tell
        return None
    return None


def arguments_of(ground: Ground, name: str, rule: Rule, place: str) -> dict[str, Any] | None:
    """What the address of `name` needs at `place`; None for a place that makes no difference."""
    if place != "own" and (rule.kind == "" or rule.kind in EVERYWHERE | NATIONAL):
        return None
    if name.startswith("admin:"):
        return _admin_arguments(name)
    return {} if rule.kind == "" else ground.arguments[rule.kind, place]


def _admin_arguments(name: str) -> dict[str, Any] | None:
    if name.startswith("admin:axes_") and name.endswith(("_change", "_delete", "_history")):
        return {"object_id": "1"}
    return {"view_on_site": {"content_type_id": "1", "object_id": "1"}, "app_list": {"app_label": "axes"}}.get(
        name.partition(":")[2], {}
    )


def expected(rule: Rule, user: User, place: str) -> set[int]:
    """The codes the matrix allows."""
    grant = user.active_grant
    assert grant is not None
    if rule.need in (OPEN, SIGNED):
        return ENTERED
    if rule.need == GROUP_ADMIN or not grant.role.may(rule.need):
        return {403}
    if not is_visible(user, rule.kind, place):
        return {404}
    if rule.acts and not any(grant.role.may(one) for one in rule.acts):
        return (ENTERED - THROUGH) | {403}
    return ENTERED | {403} if rule.policy else ENTERED


def methods(rule: Rule) -> list[str]:
    return [method for method, there in (("GET", rule.reads), ("POST", rule.writes)) if there]


def report(wrong: list[str]) -> None:
    """Fail with every finding, uncut."""
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_every_url_has_a_line_and_every_line_a_url() -> None:
    assert sorted(name for name in URLS if rule_of(name) is None) == []
    assert sorted(name for name in MATRIX if not name.endswith("*") and name not in URLS) == []


def test_the_views_ask_for_what_the_matrix_says() -> None:
    wrong = {}
    for name, view in URLS.items():
        rule, asked = rule_of(name), getattr(view, "requires", None)
        if rule is not None and asked != (rule.need if rule.need in PERMISSIONS else None):
            wrong[name] = (asked, rule.need)

    assert wrong == {}


def test_the_open_addresses_are_the_agreed_ones() -> None:
    assert {name for name, rule in MATRIX.items() if rule.need == OPEN} == set(OPEN_URLS)


@pytest.mark.parametrize(
    "role", [one if one in ALWAYS else pytest.param(one, marks=pytest.mark.thorough) for one in ROLE_CODES]
)
def test_each_role_enters_what_it_may(ground: Ground, role: str) -> None:
    user = ground.people[role]
    visitor, wrong = Visitor(user), []
    for name in URLS:
        rule = rule_of(name) or Rule(OPEN, reads=False)  # a missing line is told by its own test
        for place in PLACES:
            arguments = arguments_of(ground, name, rule, place)
            if arguments is None:
                continue
            for method in methods(rule):
                allowed = expected(rule, user, place)
                at_the_door = allowed == {403} and place != "own" and hasattr(URLS[name], "requires")
                code = ask_the_door(user, method, name, arguments) if at_the_door else None
                code = code or visitor.knock(method, name, arguments)
                if code not in allowed:
                    wrong.append(f"{method} {name} {place}: {code}, allowed {sorted(allowed)}")

    report(wrong)


def test_strangers_see_the_door_only(ground: Ground) -> None:
    visitor, wrong = Visitor(), []
    for name in URLS:
        rule = rule_of(name) or Rule(OPEN, reads=False)  # a missing line is told by its own test
        arguments = arguments_of(ground, name, rule, "own") or {}
        for method in methods(rule):
            code = visitor.knock(method, name, arguments)
            if code not in (ENTERED if rule.need == OPEN else {302}):
                wrong.append(f"{method} {name}: {code}")

    report(wrong)


def test_without_a_role_only_the_own_account_opens(ground: Ground) -> None:
    visitor, wrong = Visitor(a_person("")), []
    for name in URLS:
        rule = rule_of(name) or Rule(OPEN, reads=False)  # a missing line is told by its own test
        arguments = arguments_of(ground, name, rule, "own") or {}
        for method in methods(rule):
            code = visitor.knock(method, name, arguments)
            if code not in (ENTERED if rule.need in (OPEN, SIGNED) else {403}):
                wrong.append(f"{method} {name}: {code}")

    report(wrong)


def test_what_changes_something_is_never_a_get(ground: Ground) -> None:
    visitor, wrong = Visitor(ground.people["hq_cs"]), []
    for name, rule in MATRIX.items():
        if rule.reads or name.endswith("*"):
            continue
        code = visitor.knock("GET", name, arguments_of(ground, name, rule, "own") or {})
        if code != 405:
            wrong.append(f"{name}: {code}")

    report(wrong)
