"""Merges at the same moment: never a circle, never a pointer to a customer that does not stand."""

from functools import partial

import pytest

from cxorders.customers.actions import MergeCircle, MergedAlready, merge_customers
from cxorders.customers.models import Customer, Merge
from tests.factories.orders import MONDAY, a_customer
from tests.factories.organisation import a_world
from tests.harness.together import at_once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pairs", [((0, 1), (1, 0)), ((0, 1), (1, 2), (2, 0))])
def test_merges_at_once_leave_customers_that_stand(pairs) -> None:
    world = a_world()
    people = [a_customer(world.company) for _ in range(3)]
    merge = partial(merge_customers, by=None, at=MONDAY, reason="同一住址")

    acts = [partial(merge, people[kept], people[gone]) for kept, gone in pairs]
    made, refused = at_once(*acts, refusals=(MergeCircle, MergedAlready))

    assert len(made) + len(refused) == len(pairs)
    assert made
    rows = {row.pk: row.merged_into_id for row in Customer.objects.all()}
    stand = {key for key, into in rows.items() if into is None}
    assert {into for into in rows.values() if into is not None} <= stand
    assert len(rows) - len(stand) == Merge.objects.filter(undone_at=None).count() == len(made)
