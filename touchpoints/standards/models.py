"""Service standards: what is promised to the customer, measurable."""

from typing import ClassVar

from django.db import models

from touchpoints.catalogue.models import CatalogueRow, Touchpoint
from touchpoints.standards.enums import Evidence


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
    def evidence_name(self) -> str:
        """What the figure rests on, in words."""
        return str(Evidence(self.evidence).label) if self.evidence in Evidence.values else self.evidence
