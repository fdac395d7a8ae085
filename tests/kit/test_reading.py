"""Rows read by kept statements are the rows the ORM reads."""

import pytest
from django.db.models import Q

from cxorders.journal.actions import record
from cxorders.journal.models import Entry
from cxorders.kit.inserting import insert
from cxorders.kit.reading import condition_of, is_any, lock, one
from cxorders.organisation.models import Grant, User
from tests.factories.organisation import LONG_AGO as AT

pytestmark = pytest.mark.django_db


def test_one_reads_every_kind_of_column() -> None:
    person = User.objects.create_user("reader", name="读者")
    entry = record(person, "test.read", by=person, at=AT, words="中文", figures=[1, 2.5], nothing=None)
    found, expected = one(Entry, entry.pk), Entry.objects.get(pk=entry.pk)
    fields = [field.attname for field in Entry._meta.concrete_fields]
    assert [getattr(found, name) for name in fields] == [getattr(expected, name) for name in fields]
    assert found == expected
    assert not found._state.adding
    assert one(User, person.pk).date_joined == User.objects.get(pk=person.pk).date_joined


def test_one_says_when_there_is_none() -> None:
    with pytest.raises(Entry.DoesNotExist):
        one(Entry, 0)


def test_conditions() -> None:
    person = User.objects.create_user("reader", name="读者")
    assert is_any(User.objects.filter(pk=person.pk))
    assert is_any(User.objects.all())
    assert not is_any(User.objects.filter(username="nobody"))
    assert not is_any(User.objects.filter(pk__in=()))
    assert not is_any(User.objects.filter(pk=person.pk).filter(Q(username="x") | Q(name__contains="%s")))
    assert condition_of(User.objects.none()) is None
    with pytest.raises(ValueError, match="joins"):
        condition_of(Grant.objects.filter(user__username="reader"))
    lock(User, person.pk)


def test_insert_writes_what_the_model_would() -> None:
    person = User.objects.create_user("reader", name="读者")
    told = {"actor_id": person.pk, "verb": "test.read", "subject_label": "x", "at": AT}
    by_hand = insert(Entry(subject_id="7", data={"中": 1}, **told))
    by_model = Entry.objects.create(subject_id="7", data={"中": 1}, **told)
    rows = [Entry.objects.filter(pk=row.pk).values().get() for row in (by_hand, by_model)]
    for row in rows:
        del row["id"]
    assert rows[0] == rows[1]
