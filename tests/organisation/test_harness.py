"""The harness itself: what it promises, it does."""

import socket
import warnings
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.template import engines
from django.test import RequestFactory

from cxorders.journal.models import Entry
from cxorders.organisation.models import Unit
from tests.factories.organisation import World, a_group
from tests.harness.network import BeyondLoopback
from tests.harness.ordering import UnorderedSlice
from tests.harness.templates import OURS, UndefinedVariable


def render(source: str, **context: Any) -> str:
    template = engines["django"].from_string(source)
    template.template.origin.name = f"{OURS}/test.html"
    return template.render(context, RequestFactory().get("/"))


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ missing|default:'x' }}",
        "{{ known.missing }}",
        "{% if missing %}{% endif %}",
        "{% for row in missing %}{% endfor %}",
        "{% with name=missing %}{% endwith %}",
    ],
)
def test_an_undefined_template_variable_fails(source: str) -> None:
    with pytest.raises(UndefinedVariable):
        render(source, known={"a": 1})


def test_what_is_given_renders() -> None:
    assert render("{% if known.a %}{{ known.a }}{% endif %}{{ none|default:'-' }}", known={"a": 1}, none=None) == "1-"


@pytest.mark.django_db
def test_rows_without_order_come_in_another_order(world: World) -> None:
    ordered = list(Unit.objects.order_by("pk"))
    unordered = list(Unit.objects.order_by())

    assert unordered != ordered
    assert sorted(unordered, key=lambda unit: unit.pk) == ordered
    assert list(Unit.objects.order_by().iterator()) != ordered


@pytest.mark.django_db
def test_a_slice_of_no_order_fails(world: World) -> None:
    with pytest.raises(UnorderedSlice):
        list(Unit.objects.order_by()[:2])
    with pytest.raises(UnorderedSlice):
        Unit.objects.order_by()[0]
    assert Unit.objects.order_by()[:2].count() == 2
    assert [unit.code for unit in Unit.objects.order_by("path")[:1]] == ["G"]


def test_sockets_stay_on_this_machine() -> None:
    with socket.socket() as outside, pytest.raises(BeyondLoopback):
        outside.connect(("192.0.2.1", 80))
    with socket.socket() as outside, pytest.raises(BeyondLoopback):
        outside.connect(("example.org", 80))


def test_warnings_fail() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_sealed_tables_are_empty_again_and_still_sealed(turn: int) -> None:
    assert Entry.objects.count() == 0
    a_group()

    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(verb="x")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cxorders_entry")
