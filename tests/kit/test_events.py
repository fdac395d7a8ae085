"""News runs upward, inside the transaction of whoever tells it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from cxorders.kit import events
from cxorders.kit.events import publish, subscribe, wiring
from cxorders.organisation.models import User
from tests.factories.organisation import a_person

HEARD: list[tuple[str, int]] = []


@dataclass(frozen=True)
class Rang:
    times: int


@dataclass(frozen=True)
class RangTwice(Rang):
    pass


def first(event: Rang) -> None:
    HEARD.append(("first", event.times))


def second(event: Rang) -> None:
    HEARD.append(("second", event.times))


def angry(event: Rang) -> None:
    raise RuntimeError("no")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    HEARD.clear()
    yield
    for kind in (Rang, RangTwice):
        events._receivers.pop(kind, None)


@pytest.mark.django_db
def test_receivers_hear_in_the_order_they_were_wired_and_once() -> None:
    for receiver in (second, first, second):
        subscribe(Rang, receiver)
    with transaction.atomic():
        publish(Rang(3))

    assert HEARD == [("second", 3), ("first", 3)]


@pytest.mark.django_db
def test_only_exactly_this_kind_is_heard() -> None:
    subscribe(Rang, first)
    with transaction.atomic():
        publish(RangTwice(1))

    assert HEARD == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_outside_a_transaction() -> None:
    subscribe(Rang, first)
    with pytest.raises(RuntimeError, match="outside a transaction"):
        publish(Rang(1))

    assert HEARD == []


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_fails_takes_the_whole_act_back() -> None:
    subscribe(Rang, angry)

    def act() -> None:
        with transaction.atomic():
            a_person("", name="不该留下")
            publish(Rang(1))

    with pytest.raises(RuntimeError, match="no"):
        act()

    assert not User.objects.filter(name="不该留下").exists()


def test_the_wiring_can_be_read() -> None:
    subscribe(RangTwice, first)
    subscribe(Rang, second)
    mine = {name: heard for name, heard in wiring().items() if name.startswith(__name__)}

    assert mine == {f"{__name__}.Rang": [f"{__name__}.second"], f"{__name__}.RangTwice": [f"{__name__}.first"]}
