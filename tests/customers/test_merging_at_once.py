"""Merges at the same moment: never a circle, never a pointer to a customer that does not stand."""

from threading import Barrier, Thread

import pytest
from django.db import connections

from cxorders.customers.actions import MergeCircle, MergedAlready, merge_customers
from cxorders.customers.models import Customer, Merge
from tests.factories.orders import MONDAY, a_customer
from tests.factories.organisation import a_world


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pairs", [((0, 1), (1, 0)), ((0, 1), (1, 2), (2, 0))])
def test_merges_at_once_leave_customers_that_stand(pairs) -> None:
    world = a_world()
    people = [a_customer(world.company) for _ in range(3)]
    together, made, refused, failed = Barrier(len(pairs)), [], [], []

    def merge(kept: Customer, gone: Customer) -> None:
        try:
            together.wait(timeout=10)
            made.append(merge_customers(kept, gone, by=None, at=MONDAY, reason="同一住址"))
        except (MergeCircle, MergedAlready) as error:
            refused.append(error)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=merge, args=(people[kept], people[gone])) for kept, gone in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert failed == []
    assert len(made) + len(refused) == len(pairs)
    assert made
    rows = {row.pk: row.merged_into_id for row in Customer.objects.all()}
    stand = {key for key, into in rows.items() if into is None}
    assert {into for into in rows.values() if into is not None} <= stand
    assert len(rows) - len(stand) == Merge.objects.filter(undone_at=None).count() == len(made)
