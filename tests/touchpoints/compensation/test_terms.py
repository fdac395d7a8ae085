"""The table of the catalogue, and what a company approves of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed
from tests.factories.catalogue import a_file, load, the_catalogue
from tests.factories.compensation import INSTALL, THIRTY, switched_on
from tests.factories.orders import MONDAY
from tests.factories.organisation import a_person, a_world, department_in
from touchpoints.catalogue.actions import CatalogueError
from touchpoints.compensation.actions import StandardNotInTable, TermsAmountWrong, TermsTooEarly, set_terms
from touchpoints.compensation.models import CompensationItem, CompensationTerms
from touchpoints.compensation.queries import companies_on, terms_lines

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
TOMORROW = date(2026, 9, 15)


def line_of(company, now=MONDAY):
    return next(line for line in terms_lines(company, now) if line.item.code == INSTALL)


# ---- the table ---------------------------------------------------------------------------------------------------


def test_the_table_of_the_catalogue_is_there_and_pays_nothing(world):
    rows = {item.code: (item.amount, item.zh, item.exempt) for item in CompensationItem.objects.order_by("position")}
    assert list(rows) == ["STD-HS-01", "STD-EC-16", "STD-EC-05", "STD-CC-07", "STD-TL-07"]
    assert rows["STD-HS-01"] == (
        30, "账单抵扣",
        [["客户改期", "customer rescheduled"], ["人员调去抢险", "emergency"], ["不可抗力", "force majeure"]],
    )  # fmt: skip
    assert (rows["STD-CC-07"][0], rows["STD-TL-07"]) == (20, (0, "双倍返还", []))
    assert not any(line.is_on for line in terms_lines(world.company, MONDAY))
    assert [line.on for line in companies_on(MONDAY)] == [[], []]


def change(**values):
    def at(sections):
        sections["compensation_table"][0].update(values)

    return at


@pytest.mark.parametrize(
    "values",
    [{"amount": -1}, {"amount": "30"}, {"amount": 1.005}, {"standard": "STD-XX-99"}, {"standard": "STD-EC-16"},
     {"currency": "EUR"}, {"form": ""}, {"exempt_zh": "只有一条"}],
)  # fmt: skip
def test_a_wrong_row_is_told_and_nothing_is_loaded(tmp_path, values):
    with pytest.raises(CatalogueError):
        load(a_file(tmp_path, change(**values)))
    assert CompensationItem.objects.get(code="STD-HS-01").amount == THIRTY


def test_a_load_changes_the_proposal_and_never_the_decision(tmp_path, world):
    terms = switched_on(world.company)

    def other(sections):
        table = sections["compensation_table"]
        table[2]["amount"] = 45.5
        del table[0]

    moved = load(a_file(tmp_path, other)).moved["compensation_table"]
    assert (moved["changed"], moved["retired"]) == (4, 1), "three rows moved up one place"
    assert line_of(world.company).item.amount == Decimal("45.5")
    terms.refresh_from_db()
    assert terms.amount == THIRTY


def test_a_file_without_the_table_is_a_table_without_rows(tmp_path):
    load(a_file(tmp_path, lambda sections: sections.pop("compensation_table")))
    assert terms_lines(None, MONDAY) == []


# ---- the decision ------------------------------------------------------------------------------------------------


def test_a_leader_approves_and_switches_off_and_both_stay_on_record(world):
    leader = a_person("branch_leader", at=world.company)
    on = switched_on(world.company, by=leader, amount=Decimal("50.50"))
    off = switched_on(world.company, by=leader, is_on=False, amount=Decimal("50.50"), since=TOMORROW, at=MONDAY)

    line = line_of(world.company)
    assert (line.present, line.is_on, line.planned, line.history) == (on, True, [off], [off, on])
    assert not line_of(world.other).is_on
    said = Entry.objects.filter(verb__startswith="compensation.switched").order_by("pk")
    assert [(entry.verb, entry.data["amount"], entry.data["before"]) for entry in said] == [
        ("compensation.switched_on", "50.50", ""),
        ("compensation.switched_off", "50.50", "50.50 · 2026-09-08"),
    ]
    assert [[terms.item.code for terms in each.on] for each in companies_on(MONDAY)] == [[INSTALL], []]


def test_a_newer_decision_for_an_earlier_day_undoes_the_planned_one(world):
    switched_on(world.company, amount=Decimal(50), since=date(2026, 10, 1))
    sooner = switched_on(world.company, since=date(2026, 9, 20))

    line = line_of(world.company)
    assert (line.present, line.planned) == (None, [sooner])


def test_the_same_decision_again_changes_nothing(world):
    first, second = switched_on(world.company), switched_on(world.company)
    assert first == second
    assert CompensationTerms.objects.count() == 1


def test_a_decision_is_sealed(world):
    terms = switched_on(world.company)
    for act in (
        lambda: CompensationTerms.objects.filter(pk=terms.pk).update(amount=1),
        lambda: CompensationTerms.objects.filter(pk=terms.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def decided(by, company, **more):
    given = {"is_on": True, "amount": THIRTY, "valid_from": TOMORROW}
    return set_terms(company, more.pop("code", INSTALL), by=by, at=MONDAY, **(given | more))


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "100000", "NaN", "Infinity"])
def test_an_amount_is_yuan_and_fen(world, amount):
    with pytest.raises(TermsAmountWrong):
        decided(a_person("branch_leader", at=world.company), world.company, amount=Decimal(amount))


@pytest.mark.parametrize("day", [MONDAY.date(), date(2026, 9, 1)])
def test_nothing_is_decided_for_today_or_the_past(world, day):
    with pytest.raises(TermsTooEarly):
        decided(a_person("branch_leader", at=world.company), world.company, valid_from=day)


def test_only_standards_of_the_table(world):
    with pytest.raises(StandardNotInTable):
        decided(a_person("branch_leader", at=world.company), world.company, code="STD-EC-01")


def test_only_the_company_itself_decides(world):
    for person in (
        a_person("branch_leader", at=world.other),
        a_person("hq_cs", at=world.group),
        a_person("gatekeeper", at=world.company),
        a_person("dept_mgr", at=department_in(world.company, "D-ENG")),
    ):
        with pytest.raises(NotAllowed):
            decided(person, world.company)
    assert not CompensationTerms.objects.exists()
