"""One object of every kind at every place, and one person in every role, for the access matrix.

Places: `own` is 户内服务部 of company A, `sub` its team, `sibling` the same department of company B.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cxorders.customers.actions import merge_customers
from cxorders.customers.models import Customer
from cxorders.organisation.enums import Reach
from cxorders.organisation.models import CalendarDay, Unit, User
from cxorders.organisation.roles import ROLES
from feedback.intake.models import Record
from feedback.issues.queries import issue_of
from tests.factories.accounts import a_care, a_contact, a_hint, a_member
from tests.factories.appointments import an_appointment, nobody_home
from tests.factories.catalogue import the_catalogue
from tests.factories.compensation import INSTALL, owed_by
from tests.factories.feedback import a_bad_record, a_photo
from tests.factories.issues import a_callback, an_office
from tests.factories.orders import MONDAY, a_customer, an_order, complete_current_stage, current_stage
from tests.factories.organisation import a_company, a_group, a_person, department_in, team_of
from tests.factories.pledges import a_pledge, an_exemption
from tests.factories.probes import a_probe
from tests.factories.standards import a_draft
from tests.factories.transfer import CUSTOMER_HEAD, an_xlsx, customer_rows, handed_in
from touchpoints.catalogue.models import IssueCategory, KeyPoint, Question
from touchpoints.orders.models import Evidence
from touchpoints.progress.actions import share_progress
from touchpoints.progress.tokens import token_of
from touchpoints.standards.enums import VersionState
from touchpoints.standards.models import Standard, StandardVersion

PLACES = ("own", "sub", "sibling")
EVERYWHERE = {
    "key_point",
    "question",
    "category",
    "standard",
    "month",
    "tile",
    "saved_list",
    "import_kind",
    "export",
    "compensation_item",
}
"""kinds that belong to no unit: whoever may use the address reaches all of them"""
NATIONAL = {"calendar", "day"}
"""kinds that only the group may change"""

OF_CUSTOMERS = {"customer", "member", "person_of", "home_of", "care_of", "hint_of", "twin", "merge"}
"""a customer and what hangs on the account: everybody serves every customer of the company"""

Arguments = dict[str, Any]


@dataclass
class Ground:
    """The prepared world."""

    people: dict[str, User]
    """role code → a person acting in it"""
    arguments: dict[tuple[str, str], Arguments] = field(default_factory=dict)
    """(kind, place) → arguments of the address"""


def prepare() -> Ground:
    """Build everything once; the tests take every change back."""
    the_catalogue()
    group, company, other = a_group(), a_company("A"), a_company("B")
    home = department_in(company, "D-HOME")
    posts = {
        Reach.GROUP: group,
        Reach.COMPANY: company,
        Reach.UNIT: home,
        Reach.OWN: home,
        Reach.NOTHING: company,
    }
    at = {code: posts[role.reach] for code, role in ROLES.items() if role.permissions}
    at["hq_dept"] = department_in(group, "D-HOME")
    ground = Ground({code: a_person(code, at=unit) for code, unit in at.items()})
    places = {"own": home, "sub": team_of(company, "D-HOME"), "sibling": department_in(other, "D-HOME")}
    for place, unit in places.items():
        for kind, arguments in _objects(unit).items():
            ground.arguments[kind, place] = arguments
    return ground


def is_visible(user: User, kind: str, place: str) -> bool:
    """What the reach of the role says about an object of `kind` at `place` (workflows §14)."""
    grant = user.active_grant
    assert grant is not None
    reach, in_the_group = grant.role.reach, grant.unit.company_id is None
    if kind == "" or kind in EVERYWHERE or reach is Reach.GROUP:
        return True
    if kind in NATIONAL:
        return in_the_group
    if in_the_group:
        return False
    if kind == "import":
        return place != "sibling"  # into the own company, administrators included
    if kind in ("unit", "person", "grant") and reach is Reach.NOTHING:
        return place != "sibling"  # administrators maintain what lies below them
    if kind in OF_CUSTOMERS and reach is not Reach.NOTHING:
        return place != "sibling"  # everybody serves every customer of the company
    return reach in (Reach.COMPANY, Reach.UNIT) and place != "sibling"


def _objects(unit: Unit) -> dict[str, Arguments]:
    company = unit.company
    assert company is not None
    person = a_person("field", at=unit)
    customer = a_customer(company)
    order = an_order(company=company, unit=unit, customer=customer)
    complete_current_stage(order)
    stage = current_stage(order)
    assert stage is not None
    return {
        "unit": {"pk": unit.pk},
        "person": {"pk": person.pk},
        "grant": {"pk": person.pk, "grant": person.grants.get().pk},
        "calendar": {},
        "day": {"pk": CalendarDay.objects.get(date=date(2026, 1, 1)).pk},
        "customer": {"number": customer.number},
        **_account(customer),
        "contact": {"number": a_contact(customer, unit=unit).number},
        "order": {"number": order.number},
        "stage": {"number": order.number, "stage_id": stage.pk},
        "progress": {"token": token_of(share_progress(order, by=None, at=MONDAY))},
        "evidence": _evidence_photo(unit, company),
        "exemption": {"key": an_exemption(stage, unit=unit, by=person).pk},
        "compensation": {"number": owed_by(stage, unit=unit, by=person).number},
        "pledge": {"number": a_pledge(order, unit=unit).number},
        "probe": {"key": a_probe(unit=unit).pk},
        **_visits(unit, company),
        **_voice(unit, company, person),
        "score": {"period": "2026-09", "code": unit.code},
        "month": {"period": "2026-09"},
        "import": {"number": _import(company)},
        "import_kind": {"kind": "customers"},
        "export": {"code": "orders"},
        "tile": {"code": "M01"},
        "saved_list": {"list_name": "orders"},
        "key_point": {"code": KeyPoint.objects.order_by("pk")[0].code},
        "question": {"code": Question.objects.order_by("pk")[0].code},
        "category": {"code": IssueCategory.objects.order_by("pk")[0].code},
        "compensation_item": {"code": INSTALL},
        "standard": {"code": Standard.objects.order_by("pk")[0].code},
        "version": {"key": _version(company)},
    }


def _version(company: Unit) -> int:
    """The proposal of `company` that waits; one at a time per standard, so the next place gets the next standard."""
    taken = StandardVersion.objects.filter(company=company, state=VersionState.DRAFT).values("standard_id")
    free = Standard.objects.filter(op="<=", unit="MIN").exclude(pk__in=taken).order_by("pk")[0]
    return a_draft(company, free.code).pk


def _account(customer: Customer) -> dict[str, Arguments]:
    """What hangs on an account: a person, a home, care, a hint, a twin, a merge."""
    number = {"number": customer.number}
    member, care, hint = a_member(customer), a_care(customer), a_hint(customer)
    merged = a_customer(customer.company, name=customer.name)
    merge = merge_customers(customer, merged, by=None, at=MONDAY, reason="同一住址")
    return {
        "member": {**number, "whose": member.whose},
        "person_of": {**number, "key": member.pk},
        "home_of": {**number, "key": customer.premises.get().pk},
        "care_of": {**number, "key": care.pk},
        "hint_of": {**number, "key": hint.pk},
        "twin": {**number, "other": a_customer(customer.company, name=customer.name).number},
        "merge": {**number, "key": merge.pk},
    }


def _import(company: Unit) -> str:
    clerk = a_person("data_clerk", at=company)
    return handed_in(company, clerk, an_xlsx(CUSTOMER_HEAD, customer_rows(1))).number


def _evidence_photo(unit: Unit, company: Unit) -> Arguments:
    order = an_order(company=company, unit=unit)
    photos = Evidence.objects.filter(stage__order=order).exclude(file="").order_by("pk")
    while not photos.exists():
        complete_current_stage(order)
    return {"number": order.number, "evidence_id": photos[0].pk}


def _visits(unit: Unit, company: Unit) -> dict[str, Arguments]:
    crew = team_of(company, "D-HOME")
    at_the_door = nobody_home(an_appointment(company=company, unit=unit, crew=crew))
    return {
        "half_day": {"crew_id": crew.pk, "day": "2026-09-16", "half": "am"},
        "appointment": {"number": an_appointment(company=company, unit=unit, crew=crew).number},
        "door": {"number": at_the_door.number},
    }


def _voice(unit: Unit, company: Unit, collector: User) -> dict[str, Arguments]:
    record: Record = a_bad_record(
        company=company,
        by=collector,
        at=MONDAY,
        customer=a_customer(company),
        key_point="KP-HS-01",
        photos=[a_photo()],
    )
    issue = issue_of(record)
    assert issue is not None
    return {
        "record": {"number": record.number},
        "photo": {"number": record.number, "key": record.attachments.get().pk},
        "issue": {"number": issue.number},
        "callback": {"key": a_callback(an_office(company.code)).pk},
    }
