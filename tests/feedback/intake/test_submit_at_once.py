"""X10 under concurrency: two submissions of one form at the same moment make one record."""

from uuid import uuid4

import pytest

from cxorders.journal.models import Entry
from feedback.intake.actions import submit_record
from feedback.intake.models import Answer, Record
from tests.factories.feedback import NOON, a_draft
from tests.factories.organisation import a_world
from tests.harness.together import at_once


@pytest.mark.django_db(transaction=True)
def test_two_threads_with_one_key_make_one_record() -> None:
    world = a_world()
    draft = a_draft(company=world.company, rating=2, verbatim="太慢", client_key=uuid4())

    made, _refused = at_once(*[lambda: submit_record(draft, by=world.owner, at=NOON).pk] * 2)

    assert len(made) == 2
    assert set(made) == {Record.objects.get().pk}
    assert Answer.objects.count() == 1
    assert Entry.objects.filter(verb="record.submitted").count() == 1
