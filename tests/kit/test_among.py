"""Conditions that a partial index understands."""

import pytest

from cxorders.kit.among import among
from feedback.callbacks.enums import WAITING_STATES
from feedback.callbacks.models import Callback
from feedback.issues.enums import OPEN_STATES, RUNNING_STATES
from feedback.issues.models import Issue


@pytest.mark.django_db
def test_the_same_rows_as_in() -> None:
    assert str(Issue.objects.filter(among("state", ("new", "closed"))).query).endswith(
        "WHERE \"feedback_issue\".\"state\" IN ('new', 'closed')"
    )


@pytest.mark.parametrize("values", [(), ("it's",), ("a", ""), ("Neu",), ("a; DROP TABLE x",), ("%s",)])
def test_only_codes_are_written_into_the_sql(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not codes"):
        among("state", values)


@pytest.mark.embedded  # PostgreSQL proves it by itself, and plans by the size of the table
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ({"company_id": 1}, "issue_open_company"),
        ({"unit_id": 1}, "issue_open_unit"),
        ({"author_unit_id": 1}, "issue_open_author_unit"),
        ({"severity_id": 1}, "issue_open_severity"),
        ({}, "issue_open_due"),
    ],
)
def test_sqlite_finds_the_partial_index(condition: dict[str, int], index: str) -> None:
    rows = Issue.objects.filter(among("state", OPEN_STATES), state__in=("accepted", "new"), **condition)

    plan = rows.order_by("due_at", "pk").values_list("due_at", "pk")[:31].explain()

    assert f"USING INDEX {index}" in plan or f"USING COVERING INDEX {index}" in plan
    assert "B-TREE" not in plan


@pytest.mark.embedded
@pytest.mark.django_db
def test_sqlite_finds_what_is_to_be_marked() -> None:
    rows = Issue.objects.filter(among("state", RUNNING_STATES), overdue_at=None, due_at__lt="2026-09-14T00:00:00Z")

    assert "issue_to_mark" in rows.order_by("due_at").explain()


@pytest.mark.embedded
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("states", "column", "index"),
    [
        (("planned",), "window_start", "callback_planned"),
        (("in_call",), "claimed_until", "callback_claimed"),
        (WAITING_STATES, "window_end", "callback_waiting_all"),
    ],
)
def test_sqlite_finds_call_backs_that_wait(states: tuple[str, ...], column: str, index: str) -> None:
    rows = Callback.objects.filter(among("state", states), **{f"{column}__lt": "2026-09-14T00:00:00Z"})

    assert index in rows.order_by(column, "pk").explain()
