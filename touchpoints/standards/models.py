"""Service standards: what is promised to the customer, measurable; and a company's own values by date."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.catalogue.models import CatalogueRow, Touchpoint
from touchpoints.catalogue.wording import limit
from touchpoints.standards.enums import Evidence, Standing, VersionState

WHOLE = 100
"""per cent"""


class Standard(CatalogueRow):
    """A service standard (STD-…): operator, value (a number or [from, to]) and unit; companies may only tighten it."""

    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="standards"
    )
    op = models.CharField(max_length=10)
    value = models.JSONField()
    unit = models.CharField(max_length=20)
    evidence = models.CharField(max_length=20, blank=True)
    department_code = models.CharField(max_length=20, blank=True)
    published_range = models.CharField(max_length=400, blank=True)
    body = models.JSONField(default=dict)

    class Meta(CatalogueRow.Meta):
        indexes: ClassVar = []

    @property
    def group_limit(self) -> str:
        """The group's requirement in words: ≤ 15 分钟."""
        return limit(self.op, self.value, self.unit)

    @property
    def can_be_tightened(self) -> bool:
        """Whether there is anything stricter: nothing is more than all of something or less than none."""
        if self.op == ">=":
            return self.unit != "%" or bool(self.value < WHOLE)
        return self.op != "<=" or bool(self.value > 0)

    @property
    def evidence_name(self) -> str:
        """What the figure rests on, in words."""
        return str(Evidence(self.evidence).label) if self.evidence in Evidence.values else self.evidence


class VersionQuerySet(models.QuerySet["StandardVersion"]):
    def visible_to(self, user: User) -> "VersionQuerySet":
        """Versions of the own company, whatever the post in it; all of them for people who see the group."""
        if scope_of(user).everything:
            return self
        grant = user.active_grant
        return self.filter(company_id=grant.unit.company_id) if grant is not None else self.none()

    def approved_on(self, day: date) -> "VersionQuerySet":
        """Versions in force on `day` (a date of the business zone), the first and the last day included."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), state=VersionState.APPROVED, valid_from__lte=day)

    def approved_since(self, day: date) -> "VersionQuerySet":
        """Versions in force on `day` or later."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), state=VersionState.APPROVED)


class StandardVersion(models.Model):
    """One company's own value of one standard from a day on, until a day or until the next one (workflows.md §11).

    Days are dates of the business zone, both included. Two approved ones of a company and standard never overlap:
    the database refuses it (migration standard_versions), on PostgreSQL and on SQLite.
    """

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions", db_index=False)
    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.JSONField(null=True)
    """None: from then on as the group has it"""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    """last day; None: until another one begins"""
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    reason = models.CharField(max_length=300, blank=True)
    """why it was proposed"""
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """who approved or rejected it; None for a draft, and for values set before there were approvals"""
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)
    """what was said when it was decided; never empty when rejected"""
    displayed_on = models.DateField(null=True)
    """the day it was put up for customers"""
    displayed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="standard_version_days", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="standard_version_decided",
                condition=Q(state=VersionState.DRAFT, decided_at=None)
                | (~Q(state=VersionState.DRAFT) & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="standard_version_two_people",
                condition=Q(state__in=[VersionState.DRAFT, VersionState.WITHDRAWN])
                | Q(decided_by=None)
                | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="standard_version_why_not", condition=~Q(state=VersionState.REJECTED) | ~Q(decision="")
            ),
            models.CheckConstraint(
                name="standard_version_shown_approved",
                condition=Q(displayed_on=None) | Q(state__in=[VersionState.APPROVED, VersionState.REPLACED]),
            ),
            models.UniqueConstraint(
                fields=["company", "standard"], name="standard_version_one_draft",
                condition=Q(state=VersionState.DRAFT),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["company", "standard", "valid_from"], name="standard_version_company"),
            models.Index(
                fields=["proposed_at"], name="standard_version_waiting", condition=Q(state=VersionState.DRAFT)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.standard_id} {self.valid_from:%Y-%m-%d} {self.state}"

    @property
    def limit(self) -> str:
        """The requirement in words, "" for a version that follows the group. Reads the standard."""
        standard = self.standard
        return "" if self.value is None else limit(standard.op, self.value, standard.unit)

    def standing(self, day: date) -> Standing:
        """Where it stands on `day` (a date of the business zone)."""
        if self.state != VersionState.APPROVED:
            return Standing(self.state)
        if day < self.valid_from:
            return Standing.APPROVED if self.displayed_on is None else Standing.DISPLAYED
        return Standing.SUPERSEDED if self.valid_to is not None and self.valid_to < day else Standing.IN_FORCE
