"""Every action leaves one row, and the rows stay readable whatever becomes of the people in them."""

from datetime import UTC, datetime, timedelta

import pytest

from cxorders.journal.actions import record
from cxorders.journal.models import Entry
from cxorders.journal.queries import timeline
from tests.factories.organisation import World

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def test_a_row_says_who_did_what_to_what_and_where(world: World) -> None:
    entry = record(world.team, "unit.praised", by=world.supervisor, at=NOW, reason="又快又好", stars=5)

    kept = Entry.objects.get(pk=entry.pk)
    assert (kept.actor_id, kept.actor_name, kept.verb, kept.at) == (
        world.supervisor.pk,
        "陈建国",
        "unit.praised",
        NOW,
    )
    assert (kept.subject_label, kept.subject_id, kept.company_id) == ("cxorders.unit", world.team.pk, world.company.pk)
    assert kept.data == {"reason": "又快又好", "stars": 5}


def test_the_system_has_no_name(world: World) -> None:
    entry = record(world.team, "unit.swept", by=None, at=NOW, unit_id=7, company_id=8)

    assert (entry.actor_id, entry.actor_name, entry.unit_id, entry.company_id) == (None, "", 7, 8)


def test_a_timeline_is_newest_first_and_its_own(world: World) -> None:
    record(world.owner, "person.second", by=None, at=NOW + timedelta(minutes=1))
    record(world.owner, "person.first", by=None, at=NOW)
    record(world.owner, "person.third", by=None, at=NOW + timedelta(minutes=1))
    record(world.stranger, "person.other", by=None, at=NOW)
    record(world.team, "unit.other", by=None, at=NOW)

    assert [entry.verb for entry in timeline(world.owner)[:3]] == ["person.third", "person.second", "person.first"]
