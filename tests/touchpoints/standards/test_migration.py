"""Values companies had before there were versions: each becomes one, and goes back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from cxorders.kit.numbering import BUSINESS_ZONE
from tests.factories.catalogue import standard, the_catalogue
from tests.factories.organisation import a_person, a_world

BEFORE = [("touchpoints", "0003_compensation")]
EVENING = datetime(2026, 3, 9, 17, 30, tzinfo=UTC)
"""01:30 of 10 March in Shanghai"""
DAY = timedelta(days=1)


def migrated(to: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps


def here() -> list[tuple[str, str]]:
    """The migration that brought versions, under whatever number it stands."""
    names = MigrationExecutor(connection).loader.disk_migrations
    return [key for key in names if key[0] == "touchpoints" and key[1].endswith("_standard_versions")]


@pytest.mark.django_db(transaction=True)
def test_own_values_survive_forwards_and_backwards() -> None:
    the_catalogue()
    world, leaves = a_world(), MigrationExecutor(connection).loader.graph.leaf_nodes("touchpoints")
    leader = a_person("branch_leader", at=world.company)
    queue, point = standard("STD-BH-01"), standard("STD-CC-14")
    try:
        before = migrated(BEFORE).get_model("touchpoints", "Override")
        place = {"company_id": world.company.pk, "by_id": leader.pk}
        before.objects.create(kind="standards", code=queue.code, field="value", value=10, at=EVENING, **place)
        before.objects.create(kind="standards", code=point.code, field="value", value=[8, 12], at=EVENING, **place)
        before.objects.create(
            kind="issue_categories", code="IC-HALL-QUEUE", field="department_code", value="D-CS", at=EVENING, **place
        )

        apps = migrated(here())
        version, override = (apps.get_model("touchpoints", name) for name in ("StandardVersion", "Override"))
        rows = version.objects.order_by("standard__code")
        assert list(rows.values_list("standard__code", "value", "valid_from", "valid_to", "state")) == [
            (queue.code, 10, date(2026, 3, 10), None, "approved"),
            (point.code, [8, 12], date(2026, 3, 10), None, "approved"),
        ]
        assert set(rows.order_by().values_list("company_id", "proposed_by_id", "decided_by_id", "decided_at")) == {
            (world.company.pk, leader.pk, None, EVENING)
        }
        assert list(override.objects.values_list("code", flat=True)) == ["IC-HALL-QUEUE"]

        today = timezone.localdate(timezone=BUSINESS_ZONE)
        former = rows.get(standard__code=queue.code)
        with pytest.raises(IntegrityError), transaction.atomic():
            version.objects.create(
                standard_id=queue.pk, company_id=world.company.pk, value=8, valid_from=today, state="approved",
                proposed_by_id=leader.pk, proposed_at=EVENING, decided_at=EVENING,
            )  # fmt: skip
        version.objects.filter(pk=former.pk).update(valid_to=today - DAY)
        version.objects.create(
            standard_id=queue.pk, company_id=world.company.pk, value=8, valid_from=today, state="approved",
            proposed_by_id=leader.pk, proposed_at=EVENING, decided_at=EVENING,
        )  # fmt: skip

        back = migrated(BEFORE).get_model("touchpoints", "Override").objects.order_by("code")
        assert list(back.values_list("kind", "code", "value", "by_id", "at")) == [
            ("issue_categories", "IC-HALL-QUEUE", "D-CS", leader.pk, EVENING),
            ("standards", queue.code, 8, leader.pk, EVENING),
            ("standards", point.code, [8, 12], leader.pk, EVENING),
        ]
    finally:
        migrated(leaves)
