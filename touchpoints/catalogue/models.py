"""The map: touchpoint → process → key point → questions, and the words everything is classified by.

Rows come from the catalogue file by `load_catalogue`; codes are stable for ever, a row that left the file is
`retired`, never deleted. Values a company changed live in `Override` and survive an upgrade.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language

from cxorders.kit.naming import Named
from cxorders.organisation.models import Unit, User
from touchpoints.catalogue.enums import QuestionType


class CatalogueLoad(models.Model):
    """One successful load of a catalogue file."""

    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.version} {self.loaded_at:%Y-%m-%d %H:%M}"

    @property
    def moved(self) -> dict[str, dict[str, int]]:
        """Sections in which rows were created, changed or retired, with the counts; empty when nothing changed."""
        return {name: n for name, n in self.counts.items() if n["created"] or n["changed"] or n["retired"]}


class Section(models.Model):
    """A section of the catalogue file, kept word for word; capabilities without own tables read it here."""

    code = models.CharField(max_length=60, unique=True)
    body = models.JSONField()

    def __str__(self) -> str:
        return self.code


class CatalogueRow(Named):
    """What every catalogue row has: a stable code, names, its place in the file, whether the file still has it."""

    code = models.CharField(max_length=40, unique=True)
    position = models.PositiveIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "code"]


class Department(CatalogueRow):
    """A department every company has or shares."""

    side = models.CharField(max_length=10)


class Segment(CatalogueRow):
    """Customer segment; priority 1 is served first."""

    priority = models.PositiveSmallIntegerField(default=3)


class Touchpoint(CatalogueRow):
    """One of the four places where the customer meets the company (关键环节/触点)."""

    department_code = models.CharField(max_length=20)
    methods = models.JSONField(default=list)


class Process(CatalogueRow):
    """A business process at a touchpoint."""

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="processes")
    department_code = models.CharField(max_length=20)
    direction = models.CharField(max_length=12)


class KeyPoint(CatalogueRow):
    """A moment inside a process where the customer feels most (关键点)."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="key_points")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="key_points")
    named_in_seed = models.BooleanField(default=False)
    industry = models.CharField(max_length=12, default="all")
    sensitivity = models.PositiveSmallIntegerField(default=3)
    improvability = models.PositiveSmallIntegerField(default=3)
    why_it_hurts = models.TextField(blank=True)
    why_it_hurts_zh = models.TextField(blank=True)
    standards = models.JSONField(default=list)
    methods = models.JSONField(default=list)
    issue_categories = models.JSONField(default=list)

    @property
    def why(self) -> str:
        """Why it hurts, in the active language; English where the file has no Chinese."""
        english = (get_language() or "").startswith("en")
        return self.why_it_hurts if english or not self.why_it_hurts_zh else self.why_it_hurts_zh


class Question(CatalogueRow):
    """A question asked at a key point; `company` is empty for the group's own, set for one a company added."""

    key_point = models.ForeignKey(KeyPoint, on_delete=models.PROTECT, related_name="questions")
    type = models.CharField(max_length=12, choices=QuestionType.choices)
    company = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class FeedbackMethod(CatalogueRow):
    """A way feedback is taken (FM-…); kind event, sample, periodic or batch; data quant, qual or both."""

    kind = models.CharField(max_length=12)
    data = models.CharField(max_length=8)
    touchpoints = models.JSONField(default=list)
    collector = models.CharField(max_length=20)
    deadline_hours = models.PositiveSmallIntegerField(default=24)


class Severity(CatalogueRow):
    """How fast an issue must move. Each limit is a value and a clock unit (metrics.md 0.4): MIN, CH, CD, WD, WH."""

    ack_value = models.DecimalField(max_digits=8, decimal_places=2)
    ack_unit = models.CharField(max_length=5)
    contact_value = models.DecimalField(max_digits=8, decimal_places=2)
    contact_unit = models.CharField(max_length=5)
    resolve_value = models.DecimalField(max_digits=8, decimal_places=2)
    resolve_unit = models.CharField(max_length=5)
    pausable = models.BooleanField(default=True)
    escalate = models.JSONField(default=list)
    rank = models.PositiveSmallIntegerField()
    """1 is the most severe"""

    class Meta(CatalogueRow.Meta):
        verbose_name_plural = "severities"


class IssueGroup(CatalogueRow):
    """Group of issue categories, e.g. safety, supply, installation."""


class IssueCategory(CatalogueRow):
    """What an issue is about; decides severity and the department that answers (RT-05)."""

    group = models.ForeignKey(IssueGroup, on_delete=models.PROTECT, related_name="categories")
    severity = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="+")
    department_code = models.CharField(max_length=20)
    touchpoint = models.ForeignKey(Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hazard = models.BooleanField(default=False)
    industry = models.CharField(max_length=12, default="all")
    body = models.JSONField(default=dict)

    class Meta(CatalogueRow.Meta):
        verbose_name_plural = "issue categories"


class Override(models.Model):
    """A value one company changed: never a code; kept when the catalogue is loaded again."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    """catalogue section of the row, e.g. "standards", "issue_categories" """
    code = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    value = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "kind", "code", "field"], name="override_once"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.kind} {self.code} {self.field}"
