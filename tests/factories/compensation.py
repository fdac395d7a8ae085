"""Compensations of a test world.

    switched_on(company)                         # 30 yuan for STD-EC-05, decided a week before MONDAY
    stage = a_broken_install(company)            # 户内安装, due 22 September 0:00, still open
    owed = a_compensation(stage)                 # what the sweep makes of it

`owed_by(stage, …)` writes the row whatever the clock says, for the access matrix.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cxorders.organisation.models import Unit, User
from tests.factories.orders import MONDAY, an_order, run_to
from tests.factories.organisation import a_person
from touchpoints.compensation.actions import set_terms, sweep_due
from touchpoints.compensation.models import Compensation, CompensationItem, CompensationTerms
from touchpoints.orders.models import Stage

WEEK_BEFORE = MONDAY - timedelta(days=7)
INSTALL = "STD-EC-05"
THIRTY = Decimal(30)


def switched_on(
    company: Unit,
    *,
    by: User | None = None,
    code: str = INSTALL,
    amount: Decimal = THIRTY,
    since: date = date(2026, 9, 8),
    at: datetime = WEEK_BEFORE,
    is_on: bool = True,
) -> CompensationTerms:
    """The leader of `company` decides."""
    leader = by or a_person("branch_leader", at=company)
    return set_terms(company, code, by=leader, at=at, is_on=is_on, amount=amount, valid_from=since)


def a_broken_install(company: Unit, **more: Any) -> Stage:
    """An indoor installation that started on MONDAY and is not finished; seven calendar days were promised."""
    return run_to(an_order(company=company, **more), "INSTALL")


def a_compensation(stage: Stage, *, at: datetime | None = None) -> Compensation:
    """What the sweep, an hour after the due time, makes of a broken promise."""
    assert stage.due_at is not None
    sweep_due(at or stage.due_at + timedelta(hours=1))
    return Compensation.objects.select_related(
        "company", "unit", "stage__order__customer", "stage__stage_type", "terms__item"
    ).get(stage=stage)


def owed_by(stage: Stage, *, unit: Unit, by: User) -> Compensation:
    """A compensation for `stage` from `unit`, whatever the clock and the table say."""
    item = CompensationItem.objects.get(code=INSTALL)
    terms = CompensationTerms.objects.create(
        company_id=stage.company_id, item=item, is_on=True, amount=THIRTY, valid_from=MONDAY.date(), by=by, at=MONDAY
    )
    return Compensation.objects.create(
        company_id=stage.company_id, unit=unit, stage=stage, terms=terms, amount=THIRTY,
        broken_at=MONDAY, due_at=MONDAY + timedelta(days=14), created_at=MONDAY,
    )  # fmt: skip
