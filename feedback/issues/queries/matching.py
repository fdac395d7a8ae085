"""Reads of issues that span tables: who answers first, which matter is the same, which limits apply."""

from datetime import datetime
from typing import Any

from cxorders.customers.queries import same_customer
from cxorders.organisation.enums import Reach, UnitKind
from cxorders.organisation.models import Grant, Unit, User
from cxorders.organisation.queries import people_with
from feedback.intake.models import Record
from feedback.intake.queries import reference
from feedback.issues.clocks import CallWindow, Limit
from feedback.issues.models import Issue, IssueRecord, Round
from touchpoints.catalogue.models import IssueCategory, KeyPoint, Severity

HAZARD_WORDS = (
    ("IC-SAF-FIRE", ("着火", "起火", "爆炸", "爆燃")),
    ("IC-SAF-CO", ("一氧化碳", "中毒", "头晕", "昏迷")),
    ("IC-SAF-LEAK", ("漏气", "泄漏", "燃气漏")),
    ("IC-SAF-ODOR", ("臭味", "异味", "臭鸡蛋")),
)
"""which hazard the customer's words speak of; the first that fits, a leak where none does"""

COMPLAINT, REPAIR, GOVERNMENT = "CB-02", "CB-04", "CB-05"


def issue_of(record: Record) -> Issue | None:
    """The issue `record` opened or joined, or None."""
    link = IssueRecord.objects.filter(record=record).select_related("issue").first()
    return link.issue if link else Issue.objects.filter(record=record).first()


def open_match(record: Record, category: IssueCategory | None) -> Issue | None:
    """The open issue of the same customer and the same key point or category (RT-09), oldest first."""
    if record.customer_id is None:
        return None
    theirs = same_customer(record.customer_id)
    mine = Issue.objects.open().filter(customer_id__in=theirs, company_id=record.company_id)
    same = [
        issue
        for issue in mine.order_by("opened_at", "pk")
        if issue.key_point_id == record.key_point_id or (category is not None and issue.category_id == category.pk)
    ]
    return same[0] if same else None


def category_for(key_point: KeyPoint, *, hazard: bool, words: str = "") -> IssueCategory | None:
    """The category a record falls into: what the words fear (IC-SAF-*), else the first of its key point."""
    if not hazard:
        known = reference().categories
        return next((known[code] for code in key_point.issue_categories if code in known), None)
    code = next((code for code, signs in HAZARD_WORDS if any(sign in words for sign in signs)), "IC-SAF-LEAK")
    return IssueCategory.objects.select_related("severity", "group").filter(code=code).first()


def first_accountable(unit: Unit, *, at: datetime) -> User | None:
    """Who answers for what nobody collected (X2): the manager of the department, else the next level up.

    None only where the organisation names nobody at all.
    """
    path = list(Unit.objects.above(unit).order_by("-path"))
    below_company = [step for step in path if step.kind in (UnitKind.TEAM, UnitKind.DEPARTMENT)]
    for role, steps in (("dept_mgr", below_company), ("gatekeeper", path), ("branch_leader", path), ("hq_cs", path)):
        for step in steps:
            people = people_with(role, step, at=at)
            if people:
                return people[0]
    return None


def can_hold(user: User, unit: Unit, *, at: datetime) -> bool:
    """Whether `user` has at `at` a grant that handles issues of `unit`: at it, above it, or in a team below it."""
    for grant in Grant.objects.in_force(at).filter(user=user).select_related("unit"):
        if grant.role.may("issue.handle") or grant.role.may("issue.vet"):
            same_company = grant.role.reach is Reach.COMPANY and grant.unit.company_id == unit.company_id
            inside = unit.path.startswith(grant.unit.path) or grant.unit.path.startswith(unit.path)
            if same_company or inside or grant.role.reach is Reach.GROUP:
                return user.is_active
    return False


def current_round(issue: Issue) -> Round | None:
    """The handling that runs now, or the last one; None before the first dispatch."""
    return issue.rounds.order_by("-number").first()


# ---- limits ------------------------------------------------------------------------------------------------------


def resolve_limit(severity: Severity) -> Limit:
    """How long an answer may take."""
    return Limit(severity.resolve_value, severity.resolve_unit)


def ack_limit(severity: Severity) -> Limit:
    """How long the responsible unit may take to accept."""
    return Limit(severity.ack_value, severity.ack_unit)


def contact_limit(severity: Severity) -> Limit:
    """How long the first contact with the customer may take."""
    return Limit(severity.contact_value, severity.contact_unit)


def kind_of(category: IssueCategory | None) -> str:
    """What a category is, in the catalogue's word: hazard, repair, complaint, suggestion …; "" where it is silent."""
    kind: Any = category.body.get("kind") if category is not None else ""
    if isinstance(kind, dict):
        kind = kind.get("kind")
    return str(kind or "")


def verification_rule(issue: Issue) -> str:
    """Which call-back rule verifies `issue`: CB-05 for 12345, CB-04 for leak and repair, CB-02 for the rest (I18)."""
    if issue.record is not None and issue.record.method.code == "FM-12345":
        return GOVERNMENT
    return REPAIR if kind_of(issue.category) in {"hazard", "repair"} else COMPLAINT


def call_window(rule_code: str) -> CallWindow:
    """The window of a call-back rule as the catalogue states it. LookupError when the catalogue lacks the rule."""
    row = reference().callback_rules[rule_code]
    first, last = row["window"]
    return CallWindow(int(first), int(last), str(row["clock"]))
