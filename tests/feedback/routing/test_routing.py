"""Where an issue goes, and by which rule (RT-01, RT-05)."""

import pytest

from cxorders.organisation.models import Unit
from feedback.routing.actions import open_emergency
from tests.factories.feedback import a_stage_row
from tests.factories.issues import MONDAY, an_issue, an_office
from touchpoints.catalogue.models import Override
from touchpoints.orders.models import Order

pytestmark = pytest.mark.django_db
GROUND = (an_office,)


@pytest.mark.parametrize(
    ("key_point", "department"),
    [("KP-HS-01", "D-HOME"), ("KP-HS-05", "D-ENG"), ("KP-HS-06", "D-SAF"), ("KP-HS-11", "D-SUP")],
)
def test_the_department_of_the_category_answers(key_point: str, department: str) -> None:
    issue = an_issue(an_office(), key_point=key_point)

    assert (issue.unit.department_code, issue.unit.company, issue.routing_rule) == (department, issue.company, "RT-05")


def test_a_company_may_let_another_department_answer() -> None:
    office = an_office()
    Override.objects.create(
        company=office.company,
        kind="issue_categories",
        code="IC-HOME-APPT",
        field="department_code",
        value="D-CS",
        by=office.leader,
        at=MONDAY,
    )

    assert an_issue(office).unit.department_code == "D-CS"


def test_danger_goes_to_the_emergency_department() -> None:
    issue = an_issue(an_office(), verbatim="家里漏气了")

    assert (issue.unit.department_code, issue.routing_rule, issue.severity.code) == ("D-OPS", "RT-01", "SEV1")


def test_danger_opens_an_emergency_order_once() -> None:
    issue = an_issue(an_office(), verbatim="家里漏气了")

    again = open_emergency(issue, issue.unit, at=MONDAY)

    order = Order.objects.get()
    assert (order, issue.order, order.order_type.code, order.state) == (again, order, "OT-EMERG", "running")
    assert (order.customer, order.premises) == (issue.customer, issue.customer.premises.get())


def test_danger_on_an_order_opens_the_emergency_beside_it() -> None:
    office = an_office()
    stage = a_stage_row(company=office.company)

    issue = an_issue(office, stage=stage, order=stage.order, key_point="KP-HS-05", verbatim="家里漏气了")

    assert issue.order == stage.order
    assert Order.objects.exclude(pk=stage.order_id).get().order_type.code == "OT-EMERG"


def test_a_missing_department_is_answered_by_customer_service_and_then_by_the_company() -> None:
    office = an_office()
    Unit.objects.filter(pk=office.home.pk).update(closed_on="2026-01-01")
    assert (an_issue(office).unit.department_code, an_issue(office).routing_rule) == ("D-CS", "RT-05/D-CS")

    Unit.objects.filter(company=office.company, department_code="D-CS").update(closed_on="2026-01-01")
    issue = an_issue(office)
    assert (issue.unit, issue.routing_rule) == (office.company, "RT-05/company")
