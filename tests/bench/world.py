"""The data the bench runs on: a demo group, then the same rows again and again by SQL."""

from datetime import date, timedelta
from io import StringIO
from time import perf_counter

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from cxorders.demo.actions import build_group
from feedback.intake.models import Record
from feedback.issues.models import Issue, Round
from kpi.metrics.actions import rebuild_rollups
from touchpoints.heat.actions import month_before, month_of, rebuild_heat
from touchpoints.orders.models import Order, Stage

STEP = 50_000_000
"""distance between the keys of two copies of one row"""
COMPANIES, MONTHS = 20, 6


def prepare(records: int) -> None:
    """An empty database becomes a group of twenty companies and six months with about `records` records."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_catalogue", verbosity=0, stdout=StringIO())
    build_group(companies=COMPANIES, months=MONTHS, feedback=records, seed=7, at=timezone.now())
    count_up()


def count_up() -> None:
    """Rollups and statistics for what is there now."""
    today = timezone.localdate()
    rebuild_rollups(today - timedelta(days=31 * (MONTHS + 1)), today, at=timezone.now())
    settle()


def settle() -> None:
    """What the database itself does after a large load."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def grow(model: type[models.Model], target: int, **changed: str) -> int:
    """Copy the rows of `model` until there are about `target`; `changed` are SQL expressions over the row and `copy`.

    Returns the number of rows. A second call goes on where the first one ended. The copies keep times, units and
    states, so a list shows the same kind of rows.
    """
    table = model._meta.db_table
    rows = model._default_manager.order_by("-pk")
    original = rows.filter(pk__lt=STEP).count()
    made = rows.values_list("pk", flat=True)[0] // STEP
    copies = max(round(target / original) - 1, made)
    columns = [field.column for field in model._meta.concrete_fields]
    expressions = {"id": f"id + copy * {STEP}", **changed}
    values = ", ".join(expressions.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    statement = (
        f"INSERT INTO {table} ({names}) WITH RECURSIVE copies(copy) AS "  # noqa: S608 (names from the model)
        f"(SELECT CAST({made + 1} AS bigint) UNION ALL SELECT copy + 1 FROM copies WHERE copy < {copies}) "
        f"SELECT {values} FROM {table}, copies WHERE id < {STEP}"
    )
    if copies > made:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # every key was checked when the original was written
                cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            for reset in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(reset)
    return original * (copies + 1)


def grow_records(target: int) -> tuple[int, float]:
    """(records, seconds) after copying records to about `target`."""
    began = perf_counter()
    key = "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    rows = grow(Record, target, client_key=key)
    return rows, perf_counter() - began


def grow_orders(target: int) -> tuple[int, float]:
    """(orders, seconds) after copying orders with all their stages to about `target`; customers stay as they are."""
    began = perf_counter()
    stages_each = Stage.objects.count() / max(Order.objects.count(), 1)
    orders = grow(Order, target, parent_id=f"parent_id + copy * {STEP}", client_key="NULL")
    grow(Stage, round(orders * stages_each), order_id=f"order_id + copy * {STEP}")
    settle()
    return orders, perf_counter() - began


def count_heat() -> tuple[date, float]:
    """(month, seconds) after counting the last whole month of the heat map for every company."""
    began, month = perf_counter(), month_before(month_of(timezone.now()))
    rebuild_heat(month, month, at=timezone.now())
    settle()
    return month, perf_counter() - began


def grow_issues(target: int) -> int:
    """Issues (with their rounds) after copying them to about `target`."""
    rounds_each = Round.objects.count() / max(Issue.objects.count(), 1)
    issues = grow(Issue, target, record_id="NULL", client_key="NULL")
    grow(Round, round(issues * rounds_each), issue_id=f"issue_id + copy * {STEP}")
    return issues
