"""M62 of a month: compensations due, paid in time, late, refused, by hand; the worked example; the rows behind it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cxorders.organisation.models import Unit
from kpi.formulas import m62_compensation
from kpi.metrics.models import MetricValue
from kpi.metrics.queries import PARTS, rows_behind
from kpi.metrics.queries.rows import size_of
from kpi.metrics.values import compensated
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import a_stage_row
from tests.factories.kpi import DECEMBER, PERIOD, computed, day, values
from tests.factories.organisation import World, a_person, a_world, team_of
from touchpoints.compensation.models import Compensation, CompensationItem, CompensationTerms

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


@pytest.fixture
def crew(world: World) -> Unit:
    return team_of(world.company, "D-ENG")


def owed(
    unit: Unit, due: datetime, *, yuan: Decimal = Decimal(30), paid: datetime | None = None, late: bool = False,
    refused: str = "", at: datetime | None = None,
) -> Compensation:  # fmt: skip
    """A compensation of `unit`, as the verbs leave it."""
    leader = a_person("branch_leader", at=unit.company)
    terms = CompensationTerms.objects.create(
        company=unit.company, item=CompensationItem.objects.get(code="STD-EC-05"), is_on=True, amount=yuan,
        valid_from=date(2026, 9, 1), by=leader, at=day(1, month=8),
    )  # fmt: skip
    ended = at or paid or (due if refused else None)
    return Compensation.objects.create(
        company=unit.company, unit=unit, stage=a_stage_row(company=unit.company, unit=unit), terms=terms, amount=yuan,
        broken_at=due - timedelta(days=14), due_at=due, created_at=due - timedelta(days=14),
        state="paid" if paid else "refused" if refused else "due", extra=yuan if late else 0,
        paid_on=paid.date() if paid else None, paid_form="credit" if paid else "", reference="ZD-1" if paid else "",
        refused_zh=refused, refused_en=refused, text="市政没有批" if refused else "", ended_at=ended,
    )  # fmt: skip


def test_the_worked_example_of_m62() -> None:
    value = compensated({
        ("owed",): 18, ("paid",): 16, ("late",): 2, ("fen",): 54_000, ("late_fen",): 6_000,
        ("refused", "许可"): 3, ("refused", "失约已豁免"): 1,
    })  # fmt: skip
    formula = m62_compensation(22, 18, 16, 30)
    assert (value.figure.numerator, value.figure.denominator, value.extra["breaches"]) == (16, 18, 22)
    assert value.figure.value == formula.rate == pytest.approx(0.8888888888888888)
    assert (
        (value.extra["fen"], value.extra["extra_fen"]) == (100 * formula.amount, 100 * formula.extra) == (54_000, 6_000)
    )
    assert value.excluded == {"许可": 3, "失约已豁免": 1}


def test_a_month_by_hand(world: World, crew: Unit) -> None:
    owed(crew, day(12, 17), paid=day(10))
    owed(crew, day(12, 17), yuan=Decimal("20.50"), paid=day(12))
    owed(crew, day(12, 17), paid=day(20), late=True)
    owed(crew, day(12, 17))
    owed(crew, day(12, 17), refused="许可")
    owed(crew, day(12, 17), paid=day(10), at=DECEMBER)  # noted after the month froze
    owed(crew, day(1, 0) - timedelta(seconds=1), paid=day(1))  # due in September
    owed(crew, day(1, 0, month=11), paid=day(20))  # due in November

    run = computed()

    for unit in (crew, world.company, world.group):
        value = values(run, unit)["M62"]
        assert (value.numerator, value.denominator, value.excluded) == (2, 5, {"许可": 1})
        assert value.extra == {"breaches": 6, "fen": 14_050, "extra_fen": 9_000}
    assert "M62" not in values(run, world.other), "who approved nothing has no such figure"


def test_the_rows_behind_it_are_as_many_as_its_numbers_and_say_why(world: World, crew: Unit) -> None:
    owed(crew, day(12, 17), paid=day(10))
    owed(crew, day(13, 17), paid=day(20), late=True)
    owed(crew, day(14, 17))
    owed(crew, day(15, 17), refused="许可")
    value = MetricValue.objects.select_related("unit").get(run=computed(), code="M62", unit=world.company)
    hq, crew_of_b = a_person("hq_cs", at=world.group), a_person("crew", at=team_of(world.other, "D-ENG"))

    lists = {part: rows_behind(value, part, user=hq).rows for part in PARTS}

    assert value.period == PERIOD
    assert {part: len(rows) for part, rows in lists.items()} == {part: size_of(value, part) for part in PARTS}
    assert [(row.reason, row.counts) for row in lists["base"]] == [
        ("截止时还没有付", False), ("晚付，加付一倍", False), ("期限内付了", True),
    ]  # fmt: skip
    assert [row.reason for row in lists["excluded"]] == ["许可"]
    assert all("30.00 元" in row.title for rows in lists.values() for row in rows)
    hidden = rows_behind(value, "base", user=crew_of_b).rows
    assert [(row.visible, row.title) for row in hidden] == [(False, "")] * 3


def test_a_page_follows_the_other(world: World, crew: Unit) -> None:
    for number in range(1, 6):
        owed(crew, day(10 + number, 17), paid=day(10))
    value = MetricValue.objects.select_related("unit").get(run=computed(), code="M62", unit=crew)
    reader = a_person("auditor", at=world.group)

    first = rows_behind(value, "base", user=reader, limit=3)
    second = rows_behind(value, "base", user=reader, after=first.after, limit=3)

    assert [row.at for row in (*first.rows, *second.rows)] == [day(10 + number, 17) for number in (5, 4, 3, 2, 1)]
    assert second.after == ""


def test_the_page_of_a_unit_opens_it_with_its_sums(world: World, crew: Unit, client_as: Any) -> None:
    owed(crew, day(12, 17), paid=day(10))
    late = owed(crew, day(13, 17), yuan=Decimal("20.50"), paid=day(20), late=True)
    computed()
    browser = client_as(a_person("branch_leader", at=world.company))

    said = browser.get(f"/scores/{PERIOD}/{crew.code}/?m=M62&part=missed").content.decode()

    assert "承诺赔付及时率" in said
    assert "50.50 元" in said, "owed"
    assert "20.50 元" in said, "once more, for being late"
    assert "晚付，加付一倍" in said
    assert late.stage.order.number in said
