"""Refusals in the words of the business, and how they reach a person."""

import json
import string
from collections.abc import Iterator

import pytest
from django.test import RequestFactory
from django.utils import translation

from cxorders.kit.errors import BusinessError, NotAllowed, Stale, WrongState
from cxorders.web.middleware import answer
from tests.architecture.house import import_everything


class TooMany(BusinessError):
    """For these tests."""

    code = "too_many"
    zh = "最多 {limit} 个。"
    en = "At most {limit}."


def places_in(sentence: str) -> set[str]:
    """The values a sentence names; `what_zh` and `what_en` are one value in two languages."""
    names = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    return {name.removesuffix("_zh").removesuffix("_en") for name in names}


def all_errors(kind: type[BusinessError] = BusinessError) -> Iterator[type[BusinessError]]:
    for below in kind.__subclasses__():
        yield below
        yield from all_errors(below)


def test_the_sentence_follows_the_language() -> None:
    error = TooMany(field="count", limit=3)

    assert str(error) == "最多 3 个。"
    with translation.override("en"):
        assert str(error) == "At most 3."
    assert (error.field, error.values, error.status) == ("count", {"limit": 3}, 422)


def test_statuses_of_the_house() -> None:
    assert [kind.status for kind in (NotAllowed, Stale, WrongState)] == [403, 409, 409]


def test_every_refusal_of_the_product_is_complete() -> None:
    import_everything()
    product = [kind for kind in all_errors() if not kind.__module__.startswith("tests")]
    wrong = []
    for kind in product:
        if places_in(kind.zh) != places_in(kind.en):
            wrong.append(f"{kind.__qualname__}: the two sentences name different values")
        if not kind.__dict__.get("code") or "zh" not in kind.__dict__ or "en" not in kind.__dict__:
            wrong.append(f"{kind.__qualname__}: code, zh and en are its own")
        if not 400 <= kind.status < 500:
            wrong.append(f"{kind.__qualname__}: a refusal has a 4xx status")
    codes = [kind.code for kind in product]
    twice = sorted({code for code in codes if codes.count(code) > 1})

    assert (wrong, twice) == ([], [])


def test_a_program_gets_problem_json() -> None:
    request = RequestFactory().get("/", headers={"Accept": "application/json"})
    response = answer(request, TooMany(limit=3))

    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert json.loads(response.content) == {
        "type": "about:blank",
        "title": "最多 3 个。",
        "status": 422,
        "code": "too_many",
    }


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_person_gets_a_page_with_the_sentence(headers: dict[str, str]) -> None:
    response = answer(RequestFactory().get("/", headers=headers), TooMany(limit=3))

    assert response.status_code == 422
    assert "最多 3 个。" in response.content.decode()
