"""Many rows at once: written by `pour`, changed by `rewrite`, with every sign a person may type."""

from datetime import UTC, datetime, timedelta

import pytest

from cxorders.customers.models import Customer
from cxorders.journal.models import Entry
from cxorders.kit.inserting import AT_ONCE, pour
from cxorders.kit.rewriting import rewrite
from tests.factories.organisation import a_world

pytestmark = pytest.mark.django_db
GROUND = (a_world,)
AT = datetime(2026, 9, 14, 2, 0, 0, 123456, tzinfo=UTC)
STRANGE = ["a\tb", "a\nb", "a\r\nb", "\\N", "\\t", "\\", "'quoted\"", "燃气 🔥", "%s", ""]


def entry(name: str, number: int) -> Entry:
    data = {"said": name, "list": [1, None, True], "number": 1.5}
    return Entry(
        actor_id=None, actor_name=name, unit_id=None, company_id=number, verb="test.poured", subject_label="x.y",
        subject_id=number, at=AT + timedelta(seconds=number), data=data,
    )  # fmt: skip


def test_poured_rows_come_back_as_they_went_in_order() -> None:
    rows = [entry(STRANGE[number % len(STRANGE)], number) for number in range(AT_ONCE + 3)]
    pour(rows)
    pour([])

    found = Entry.objects.filter(verb="test.poured").order_by("pk")
    names = ("actor_id", "actor_name", "unit_id", "company_id", "subject_id", "at", "data")
    assert [[getattr(row, name) for name in names] for row in found] == [
        [getattr(row, name) for name in names] for row in rows
    ]


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = entry("x", 1)
    naive.at = AT.replace(tzinfo=None)
    with pytest.raises(RuntimeWarning, match="naive"):
        pour([naive])


def test_rewritten_rows_carry_the_new_values_and_no_other_does() -> None:
    company = a_world().company
    rows = Customer.objects.bulk_create(
        Customer(company=company, name=f"客户{n}", phone=f"139{n:08d}", created_at=AT) for n in range(AT_ONCE + 3)
    )
    other = Customer.objects.create(company=company, name="别人", phone="13800000000", created_at=AT)
    for number, row in enumerate(rows):
        row.name, row.created_at = STRANGE[number % len(STRANGE)], AT + timedelta(hours=number)
        row.phone = "not written"
    rewrite(rows, ("name", "created_at"))
    rewrite([], ("name",))

    found = Customer.objects.in_bulk()
    assert [(found[row.pk].name, found[row.pk].created_at) for row in rows] == [
        (row.name, row.created_at) for row in rows
    ]
    assert [found[row.pk].phone for row in rows] == [f"139{n:08d}" for n in range(AT_ONCE + 3)]
    assert (found[other.pk].name, found[other.pk].created_at) == ("别人", AT)
