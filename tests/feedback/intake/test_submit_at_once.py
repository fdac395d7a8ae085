"""X10 under concurrency: two submissions of one form at the same moment make one record."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections

from cxorders.journal.models import Entry
from feedback.intake.actions import submit_record
from feedback.intake.models import Answer, Record
from tests.factories.feedback import NOON, a_draft
from tests.factories.organisation import a_world


@pytest.mark.django_db(transaction=True)
def test_two_threads_with_one_key_make_one_record() -> None:
    world = a_world()
    draft = a_draft(company=world.company, rating=2, verbatim="太慢", client_key=uuid4())
    together, made, failed = Barrier(2), [], []

    def send() -> None:
        try:
            together.wait(timeout=10)
            made.append(submit_record(draft, by=world.owner, at=NOON).pk)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert failed == []
    assert len(made) == 2
    assert set(made) == {Record.objects.get().pk}
    assert Answer.objects.count() == 1
    assert Entry.objects.filter(verb="record.submitted").count() == 1
