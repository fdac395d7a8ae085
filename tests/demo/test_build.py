"""Building the demo: same arguments, same rows; a used database is refused; dashboards and scores follow."""

import re
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cxorders.customers.models import Care, Hint, Member
from cxorders.demo import actions, listening, sealing, texts, words_bad, words_good, words_work
from cxorders.demo.actions import MODELS, BeforeTheCalendar, CatalogueMissing, DemoRefused, TooManyCompanies
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.models import CalendarDay, Unit, User
from feedback.contacts.models import Contact
from feedback.intake.models import Record
from feedback.intake.seal import SEALED_FIELDS
from kpi.metrics.models import ComputeRun, MetricValue, RecordRollup
from tests.demo.ground import NOW, build, ground

pytestmark = pytest.mark.django_db

ROWS = (Unit, User, *MODELS, Member, Care, Hint, Contact)
CASTS = re.compile(r"::character varying|::text|\bARRAY\b|[()\[\] ]")


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """All rows, without keys: on some databases they go on counting after a rollback."""
    found = {}
    for model in ROWS:
        names = [f.column for f in model._meta.concrete_fields if not f.is_relation and not f.primary_key]
        kept = [name for name in names if not name.endswith("_id") and name not in ("path", "digest", "data")]
        found[model._meta.label] = list(model._default_manager.order_by("pk").values_list(*kept))
    return found


@pytest.mark.embedded  # the bulk load of a service has its own test
@pytest.mark.thorough
def test_the_same_seed_and_day_give_the_same_rows_and_another_seed_gives_others() -> None:
    seen = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            build(seed=seed, feedback=150, companies=2, months=2)
            seen.append(contents())
            transaction.set_rollback(True)
    first, again, other = seen
    assert again == first
    assert other["feedback.Record"] != first["feedback.Record"]


def test_a_database_with_people_is_refused() -> None:
    build(feedback=60, companies=1, months=1)
    before = Record.objects.count()
    with pytest.raises(DemoRefused):
        build(feedback=60, companies=1, months=1)
    assert Record.objects.count() == before


def test_without_a_catalogue_or_with_too_many_companies_or_too_early_it_says_so() -> None:
    with pytest.raises(CatalogueMissing):
        actions.build_group(companies=1, months=1, feedback=10, seed=1, at=NOW)
    ground()
    with pytest.raises(TooManyCompanies):
        actions.build_group(companies=1000, months=1, feedback=10, seed=1, at=NOW)
    with pytest.raises(BeforeTheCalendar):
        actions.build_group(companies=1, months=60, feedback=10, seed=1, at=NOW)
    assert not Unit.objects.exists()


def test_time_stops_where_the_holidays_end() -> None:
    ground()
    year = CalendarDay.objects.order_by("-date")[0].date.year
    built = actions.build_group(
        companies=1, months=1, feedback=60, seed=1, at=datetime(year + 1, 3, 1, tzinfo=BUSINESS_ZONE)
    )
    assert built.now.year == year
    assert Record.objects.filter(submitted_at__gt=built.now).count() == 0


def test_the_command_loads_counts_and_scores() -> None:
    ground()
    said = StringIO()
    call_command("demo", companies=1, months=2, feedback=120, seed=3, today="2026-11-18T10:30", stdout=said)
    assert "2026-10, 2026-11" in said.getvalue()
    assert sum(RecordRollup.objects.order_by().values_list("records", flat=True)) == Record.objects.count()
    assert list(ComputeRun.objects.order_by("period").values_list("period", "state")) == [
        ("2026-10", "finished"),
        ("2026-11", "finished"),
    ]
    assert MetricValue.objects.filter(unit__code="C01", code="M01").count() == 2
    with pytest.raises(CommandError):
        call_command("demo", companies=1, months=1, feedback=10, stdout=said)


def test_seals_and_warnings_have_one_home() -> None:
    """What the demo writes out for speed knows the same fields and patterns as the rooms."""
    assert set(sealing.FIELDS) == set(SEALED_FIELDS)
    assert listening._alternatives("漏气|(a|b).{0,3}c|[x|y]z") == ["漏气", "(a|b).{0,3}c", "[x|y]z"]


def test_every_place_in_the_sentences_can_be_filled() -> None:
    modules = (words_bad, words_good, words_work)
    wanted = {slot for module in modules for slot in re.findall(r"\{(\w+)\}", Path(str(module.__file__)).read_text())}
    assert wanted - texts._SLOTS.keys() == set()


@pytest.mark.services  # only PostgreSQL is loaded in bulk by two processes
@pytest.mark.thorough
def test_a_bulk_load_gives_the_same_rows_and_leaves_every_index(monkeypatch: pytest.MonkeyPatch) -> None:
    def structure() -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE connamespace = 'public'::regnamespace "
                "UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
            )
            found = cursor.fetchall()
        # PostgreSQL words the casts of a condition anew each time it reads one
        return [(name, CASTS.sub("", text)) for name, text in found]

    before, seen = structure(), []
    for bulky in (10**9, 1):
        monkeypatch.setattr(actions, "BULKY", bulky)
        with transaction.atomic():
            build(feedback=150, companies=2, months=2)
            seen.append(contents())
            assert structure() == before
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
