"""Two workers that undo one import at the same moment: every row goes once, the count is right, one journal row."""

from threading import Barrier, Thread

import pytest
from django.db import connections

from cxorders.customers.models import Customer
from cxorders.journal.models import Entry
from cxorders.transfer import actions
from cxorders.transfer.actions import undoing
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import a_person, a_world
from tests.factories.transfer import CUSTOMER_HEAD, NOW, a_csv, again, customer_rows, loaded


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "UNDO_CHUNK", 5)
    the_catalogue()
    world = a_world()
    clerk = a_person("data_clerk", at=world.company)
    batch = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(40)))
    actions.ask_undo(batch, by=clerk, at=NOW, reason="导错了")
    together, failed = Barrier(2), []

    def work() -> None:
        try:
            together.wait(timeout=10)
            actions.carry_out(batch.pk, now=lambda: NOW)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    done = again(batch)
    assert failed == []
    assert (done.state, done.taken_back, done.loaded) == ("undone", 40, 0)
    assert done.removed == {"cxorders.customer": 40, "cxorders.premises": 40}
    assert Customer.objects.count() == 0
    assert Entry.objects.filter(verb="import.undone").count() == 1
