"""The one gate for every state field."""

import pytest

from cxorders.kit.errors import Stale, WrongState
from cxorders.kit.states import may_move, move
from cxorders.organisation.models import User
from tests.factories.organisation import a_person

TABLE = {"front": frozenset({"asleep", "gone"}), "asleep": frozenset({"front"})}
WORDS = ["front", "asleep", "gone"]


@pytest.mark.parametrize("target", WORDS)
@pytest.mark.parametrize("source", WORDS)
def test_the_table_answers_for_every_pair(source: str, target: str) -> None:
    assert may_move(TABLE, source, target) is (target in TABLE.get(source, ()))


@pytest.mark.django_db
@pytest.mark.parametrize("target", WORDS)
@pytest.mark.parametrize("source", WORDS)
def test_move_obeys_the_table(source: str, target: str) -> None:
    person = a_person("")
    User.objects.filter(pk=person.pk).update(language=source)
    person.refresh_from_db()
    if target in TABLE.get(source, ()):
        move(person, target, table=TABLE, field="language", name="新名字")
        assert (person.language, person.name) == (target, "新名字")
    else:
        with pytest.raises(WrongState):
            move(person, target, table=TABLE, field="language", name="新名字")
        target = source

    assert User.objects.get(pk=person.pk).language == target


@pytest.mark.django_db
def test_the_slower_of_two_is_told() -> None:
    person = a_person("")
    User.objects.filter(pk=person.pk).update(language="front")
    first, second = User.objects.get(pk=person.pk), User.objects.get(pk=person.pk)
    move(first, "asleep", table=TABLE, field="language")

    with pytest.raises(Stale):
        move(second, "gone", table=TABLE, field="language", name="迟到的名字")

    kept = User.objects.get(pk=person.pk)
    assert (kept.language, kept.name) == ("asleep", person.name)
    assert second.language == "front"
