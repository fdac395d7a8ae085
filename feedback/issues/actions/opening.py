"""Opening an issue, or joining the open one of the same matter (F4, I1, I3, RT-09)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from cxorders.customers.models import Customer
from cxorders.customers.queries import same_customer
from cxorders.journal import actions as journal
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.events import publish
from cxorders.kit.inserting import insert
from cxorders.kit.reading import is_any, lock
from cxorders.organisation.access import may
from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import calendar_for
from feedback.intake.models import Record
from feedback.issues import queries
from feedback.issues.actions.placing import changed, triage, triage_within
from feedback.issues.enums import IssueSource
from feedback.issues.events import IssueOpened
from feedback.issues.models import Issue, IssueRecord
from touchpoints.catalogue.models import IssueCategory, KeyPoint, Severity
from touchpoints.orders.models import Order

TITLE_LENGTH = 40
THIRD_CONTACT = 3
_CLAUSE_ENDS = re.compile(r"[，。！？；\n,!?;]+")


class TitleMissing(BusinessError):
    """An issue says in a few words what went wrong."""

    code = "issue_title_missing"
    zh = "请用一句话写明是什么问题。"
    en = "Please say in a few words what is wrong."


@dataclass(frozen=True, kw_only=True)
class IssueDraft:
    """What a person who registers an issue directly knows about it."""

    company: Unit
    unit: Unit
    """the unit of the first-asked person"""
    key_point: KeyPoint
    title: str
    text: str = ""
    category: IssueCategory | None = None
    severity: Severity | None = None
    customer: Customer | None = None
    order: Order | None = None
    source: str = IssueSource.CALL
    client_key: UUID | None = None


def title_of(words: str, fallback: str) -> str:
    """The first clause of the customer's words, at most 40 characters; `fallback` where nothing was said.

    A clause of fewer than six characters takes the next one with it.
    """
    title = ""
    for clause in (part.strip(" “”\"'") for part in _CLAUSE_ENDS.split(words)):
        if clause:
            title = f"{title}，{clause}" if title else clause
        if len(title) >= 6:
            break
    return (title or fallback)[:TITLE_LENGTH]


@transaction.atomic
def open_from_record(record: Record, *, by: User | None, at: datetime, category: IssueCategory | None = None) -> Issue:
    """Open an issue for a negative record, or join the open one of the same customer and matter (F4).

    The collector is first-asked; for what the customer entered alone it is the department manager (X2). Words that
    speak of danger open their own issue at once, whatever is open already (X5). In order: issue row or link, journal
    row, IssueOpened, triage with its dispatch. `category` is given where the conversation named it; else it is that of
    the key point. A second call for the same record changes nothing (X10).
    """
    known = queries.issue_of(record)
    if known is not None:
        return known
    issue = take_up(record, by=by, at=at, category=category)
    issue.refresh_from_db()
    return issue


def take_up(record: Record, *, by: User | None, at: datetime, category: IssueCategory | None = None) -> Issue:
    """`open_from_record` for a record that was sealed in this very transaction, so that no issue can know it yet.

    It stands on the path of every bad submission: no savepoint, nothing is read twice; the instance it returns does
    not know where routing sent it.
    """
    if category is None or record.safety:
        category = queries.category_for(record.key_point, hazard=record.safety, words=record.verbatim)
    if record.customer_id is not None:
        lock(Customer, record.customer_id)  # two records at once make one issue
        theirs = same_customer(record.customer_id)
        known = Issue.objects.open().filter(customer_id__in=theirs, company_id=record.company_id)
        same = queries.open_match(record, category) if not record.safety and is_any(known) else None
        if same is not None:
            return _joined(same, record, by=by, at=at)
    issue = Issue(
        company_id=record.company_id,
        unit_id=record.collector_unit_id or record.unit_id,
        owner=record.collector or queries.first_accountable(record.unit, at=at),
        author=record.collector,
        author_unit_id=record.collector_unit_id,
        source=IssueSource.CALLBACK if record.source == "callback" else IssueSource.RECORD,
        record=record,
        order_id=record.order_id,
        stage_id=record.stage_id,
        customer_id=record.customer_id,
        touchpoint_id=record.touchpoint_id,
        key_point_id=record.key_point_id,
        title=title_of(record.verbatim, f"{record.key_point.zh}:客户不满意"),
        opened_at=at,
    )
    insert(issue)
    _opened(issue, by=by, at=at, record=record.number, reason=record.negative_reason)
    severity = Severity.objects.filter(code="SEV1").first() if record.safety else None
    triage_within(issue, by=None, at=at, category=category, severity=severity)
    return issue


@transaction.atomic
def open_issue(draft: IssueDraft, *, by: User, at: datetime) -> Issue:
    """Register an issue directly, e.g. out of a call (I1): the person who registers it is first-asked and author.

    Journal row with the words, IssueOpened, triage with its dispatch. The same `client_key` returns the first issue.
    NotAllowed without the right to register; TitleMissing.
    """
    if not may(by, "issue.create"):
        raise NotAllowed()
    if draft.client_key is not None:
        known = Issue.objects.filter(client_key=draft.client_key).first()
        if known is not None:
            return known
    if not draft.title.strip():
        raise TitleMissing(field="title")
    issue = Issue.objects.create(
        company=draft.company,
        unit=draft.unit,
        owner=by,
        author=by,
        author_unit=draft.unit,
        source=draft.source,
        order=draft.order,
        customer=draft.customer,
        touchpoint=draft.key_point.touchpoint,
        key_point=draft.key_point,
        title=draft.title.strip()[:120],
        opened_at=at,
        client_key=draft.client_key,
    )
    _opened(issue, by=by, at=at, text=draft.text.strip())
    category = draft.category or queries.category_for(draft.key_point, hazard=False)
    return triage(issue, by=None, at=at, category=category, severity=draft.severity)


@transaction.atomic
def join(issue: Issue, record: Record, *, by: User | None, at: datetime) -> Issue:
    """Count a further record of the same matter on an open issue (I3, RT-09).

    Link, contact counted, journal row; the third contact raises the severity by one (ES-04).
    """
    return _joined(issue, record, by=by, at=at)


def _joined(issue: Issue, record: Record, *, by: User | None, at: datetime) -> Issue:
    insert(IssueRecord(issue=issue, record=record, at=at))
    Issue.objects.filter(pk=issue.pk).update(contacts_count=F("contacts_count") + 1)
    issue.refresh_from_db(fields=["contacts_count"])
    journal.record(issue, "issue.joined", by=by, at=at, record=record.number, contacts=issue.contacts_count)
    if issue.contacts_count == THIRD_CONTACT:
        raise_severity(issue, at=at)
    changed(issue, at)
    return issue


def link_record(issue: Issue, record: Record, *, at: datetime) -> IssueRecord:
    """Tie the record a call-back became to its issue; no further contact is counted. Twice is once."""
    link, _created = IssueRecord.objects.get_or_create(record=record, defaults={"issue": issue, "at": at})
    return link


@transaction.atomic
def raise_severity(issue: Issue, *, at: datetime) -> Issue:
    """One severity up, never above the first. A running limit becomes that of the new severity counted from now,
    where this is earlier; nothing is late only because it became more urgent. Journal row."""
    before = issue.severity
    above = Severity.objects.filter(rank__lt=before.rank).order_by("-rank").first() if before else None
    if before is None or above is None:
        return issue
    issue.severity = above
    fields = ["severity"]
    if issue.due_at is not None and issue.replied_at is None:
        calendar = calendar_for(issue.unit)
        issue.due_at = min(issue.due_at, queries.resolve_limit(above).due(at, calendar))
        if issue.contact_due_at is not None and issue.contacted_at is None:
            issue.contact_due_at = min(issue.contact_due_at, queries.contact_limit(above).due(at, calendar))
        fields += ["due_at", "contact_due_at"]
        window = queries.call_window(queries.verification_rule(issue))
        issue.rounds.filter(replied_at=None).update(
            due_at=issue.due_at, closure_due_at=window.bounds(issue.due_at, calendar)[1]
        )
    issue.save(update_fields=fields)
    journal.record(issue, "issue.raised", by=None, at=at, before=before.code, severity=above.code, rule="ES-04")
    return issue


def _opened(issue: Issue, *, by: User | None, at: datetime, **data: Any) -> None:
    journal.record(issue, "issue.opened", by=by, at=at, owner=issue.owner.name if issue.owner else "", **data)
    publish(IssueOpened(issue_id=issue.pk, at=at, by_id=getattr(by, "pk", None)))
