"""Two workers that undo one import at the same moment: every row goes once, the count is right, one journal row."""

import pytest

from cxorders.customers.models import Customer
from cxorders.journal.models import Entry
from cxorders.transfer import actions
from cxorders.transfer.actions import undoing
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import a_person, a_world
from tests.factories.transfer import CUSTOMER_HEAD, NOW, a_csv, again, customer_rows, loaded
from tests.harness.together import at_once


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "UNDO_CHUNK", 5)
    the_catalogue()
    world = a_world()
    clerk = a_person("data_clerk", at=world.company)
    batch = loaded(world.company, clerk, a_csv(CUSTOMER_HEAD, customer_rows(40)))
    actions.ask_undo(batch, by=clerk, at=NOW, reason="导错了")

    at_once(*[lambda: actions.carry_out(batch.pk, now=lambda: NOW)] * 2)

    done = again(batch)
    assert (done.state, done.taken_back, done.loaded) == ("undone", 40, 0)
    assert done.removed == {"cxorders.customer": 40, "cxorders.premises": 40}
    assert Customer.objects.count() == 0
    assert Entry.objects.filter(verb="import.undone").count() == 1
