"""Which unit answers for an issue (catalogue `routing_rules`)."""

from dataclasses import dataclass

from cxorders.kit.reading import one
from cxorders.organisation.models import Unit
from cxorders.organisation.queries import department_of
from feedback.intake.models import Record
from feedback.intake.queries import reference
from feedback.issues.models import Issue
from touchpoints.catalogue.queries import department_code_for

HAZARD_DEPARTMENT, FALLBACK_DEPARTMENT = "D-OPS", "D-CS"
HAZARD_RULE = "RT-01"


@dataclass(frozen=True)
class Destination:
    """Where an issue goes, and the rule that says so."""

    unit: Unit
    rule: str


def issue_to_route(issue_id: int) -> Issue:
    """The issue with what routing asks of every one: company, category, severity, and the method of its record.

    Rows of the catalogue are those that intake keeps; one that is out of use is read when it is asked for. Customer
    and order are read where danger asks for them; most issues go on without.
    """
    issue, known = one(Issue, issue_id), reference()
    issue.company = one(Unit, issue.company_id)
    category = next((row for row in known.categories.values() if row.pk == issue.category_id), None)
    if category is not None:
        issue.category = category
        if category.severity_id == issue.severity_id:
            issue.severity = category.severity
    if issue.record_id is not None:
        issue.record = record = one(Record, issue.record_id)
        method = next((row for row in known.methods.values() if row.pk == record.method_id), None)
        if method is not None:
            record.method = method
    return issue


def destination(issue: Issue) -> Destination:
    """The unit that answers for a triaged issue, with the code of the rule.

    RT-01: danger goes to the emergency department without a queue. RT-05: the department of the category, as the
    company may have changed it. A department the company does not have is answered by its customer service
    (RT-05/D-CS), and where there is none, by the company itself (RT-05/company).
    """
    company = issue.company
    severity = issue.severity
    if severity is not None and severity.code == "SEV1":
        found = department_of(company, HAZARD_DEPARTMENT)
        if found is not None:
            return Destination(found, HAZARD_RULE)
    category = issue.category
    if category is not None:
        found = department_of(company, department_code_for(category, company))
        if found is not None:
            return Destination(found, "RT-05")
    found = department_of(company, FALLBACK_DEPARTMENT)
    return Destination(found, "RT-05/D-CS") if found is not None else Destination(company, "RT-05/company")
