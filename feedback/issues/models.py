"""Issues: what went wrong for a customer, who answers for it, and until when."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.customers.models import Customer
from cxorders.kit.among import among
from cxorders.kit.numbering import number
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.intake.models import Record
from feedback.issues.enums import OPEN_STATES, RUNNING_STATES, CauseCode, ClosedHow, IssueSource, IssueState, Level
from touchpoints.catalogue.models import IssueCategory, KeyPoint, Severity, Touchpoint
from touchpoints.orders.models import Order, Stage


class IssueQuerySet(models.QuerySet["Issue"]):
    def visible_to(self, user: User) -> "IssueQuerySet":
        """Issues at the person's unit, raised by its people (X3), owned by the person, or inside the reach."""
        return self.filter(scope_of(user).rows(unit=("unit", "author_unit"), own=("owner", "author")))

    def open(self) -> "IssueQuerySet":
        """Issues somebody still has to do something about."""
        return self.filter(among("state", OPEN_STATES))


class Issue(models.Model):
    """One issue. Exactly one accountable person at every moment (X2); times are facts, limits are stored."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the unit that holds it now"""
    level = models.CharField(max_length=12, choices=Level.choices, default=Level.FRONT)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the accountable person (首问负责)"""
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    author_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=10, choices=IssueSource.choices)
    record = models.ForeignKey(
        Record, null=True, on_delete=models.PROTECT, related_name="opened_issues", db_index=False
    )
    """the record that opened it; later ones join by IssueRecord"""
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="issues", db_index=False)
    stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="issues")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="issues", db_index=False)
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    key_point = models.ForeignKey(KeyPoint, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(IssueCategory, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    severity = models.ForeignKey(Severity, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=18, choices=IssueState.choices, default=IssueState.NEW)
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    ack_due_at = models.DateTimeField(null=True)
    contact_due_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """limit of the present round"""
    overdue_at = models.DateTimeField(null=True)
    """set by the sweep to the due time that was missed; emptied when a new round starts"""
    replied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_how = models.CharField(max_length=12, choices=ClosedHow.choices, blank=True)
    closing_rating = models.PositiveSmallIntegerField(null=True)
    cause = models.CharField(max_length=12, choices=CauseCode.choices, blank=True)
    action_taken = models.TextField(blank=True)
    reply_text = models.TextField(blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    returned_count = models.PositiveSmallIntegerField(default=0)
    contacts_count = models.PositiveSmallIntegerField(default=1)
    extended = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    routing_rule = models.CharField(max_length=20, blank=True)
    client_key = models.UUIDField(null=True, unique=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="issue_closed_with_time", condition=~Q(state=IssueState.CLOSED) | Q(closed_at__isnull=False)
            ),
            models.UniqueConstraint(fields=["record"], name="issue_once_per_record", condition=Q(record__isnull=False)),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["company", "due_at", "id"], name="issue_open_company", condition=Q(state__in=OPEN_STATES)
            ),
            # covers what a backlog needs: a department's units are read in several stretches and sorted
            models.Index(
                fields=["unit", "due_at", "id", "state", "opened_at", "owner"],
                name="issue_open_unit",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(fields=["due_at", "id"], name="issue_open_due", condition=Q(state__in=OPEN_STATES)),
            models.Index(
                fields=["due_at"], name="issue_to_mark", condition=Q(state__in=RUNNING_STATES, overdue_at=None)
            ),
            models.Index(fields=["owner", "due_at"], name="issue_open_owner", condition=Q(state__in=OPEN_STATES)),
            models.Index(
                fields=["author_unit", "due_at", "id"],
                name="issue_open_author_unit",
                condition=Q(state__in=OPEN_STATES, author_unit__isnull=False),
            ),
            models.Index(
                fields=["author", "due_at", "id"], name="issue_open_author", condition=Q(state__in=OPEN_STATES)
            ),
            models.Index(
                fields=["severity", "due_at", "id"], name="issue_open_severity", condition=Q(state__in=OPEN_STATES)
            ),
            models.Index(fields=["author", "-opened_at"], name="issue_author"),
            models.Index(fields=["company", "-opened_at"], name="issue_company_opened"),
            models.Index(fields=["unit", "-opened_at"], name="issue_unit_opened"),
            models.Index(fields=["-opened_at"], name="issue_opened"),
            models.Index(fields=["customer", "category"], name="issue_customer", condition=Q(state__in=OPEN_STATES)),
            models.Index(fields=["order"], name="issue_order", condition=Q(order__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Issue number, e.g. WT-26-03187."""
        return number("WT", self.opened_at, self.pk)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN_STATES


class IssueRecord(models.Model):
    """A record that joined an open issue instead of opening another (F4)."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="joined_records")
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="issue_link")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.issue_id} ← {self.record_id}"


class Round(models.Model):
    """One handling of an issue, from dispatch to its verified end; a reopened issue starts the next (M11, M15).

    The unit is the one responsible for that round (C5); `due_at` is the last agreed one, `first_due_at` the first.
    """

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="rounds", db_index=False)
    number = models.PositiveSmallIntegerField()
    rework = models.BooleanField(default=False)
    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    closure_due_at = models.DateTimeField()
    """by when all four parts of a verified closure must hold (M15): the end of the call-back window that an answer
    given at `due_at` would open"""
    cause_at = models.DateTimeField(null=True)
    action_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    """reply given to the customer and to the author"""
    confirmed_at = models.DateTimeField(null=True)
    """customer confirmed, or unreachable after the full rule (M15 part 4)"""
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    """confirmed, unreachable, exception, reopened"""
    exempt_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["issue", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["issue", "number"], name="round_once")]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "company", "unit"], name="round_due"),
            models.Index(fields=["closure_due_at", "company", "unit"], name="round_closure_due"),
            models.Index(fields=["company", "due_at"], name="round_company_due"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}#{self.number}"


class IssuePause(models.Model):
    """A stretch in which the clock of an issue stood still (metrics.md 0.5, I10)."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    auto_end_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """who agreed to a pause of more than one working day"""

    class Meta:
        ordering: ClassVar = ["started_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issue"], name="one_open_issue_pause", condition=Q(ended_at=None)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["auto_end_at"], name="issue_pause_auto_end", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.reason}"
