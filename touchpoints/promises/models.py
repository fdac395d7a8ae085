"""What was done about broken promises."""

from typing import ClassVar

from django.db import models

from cxorders.organisation.models import User
from touchpoints.orders.models import Stage
from touchpoints.promises.enums import ToldHow


class StageBreachTold(models.Model):
    """The customer was told that the promise of a stage is broken. Sealed; once per stage."""

    stage = models.OneToOneField(Stage, on_delete=models.PROTECT, related_name="breach_told")
    due_at = models.DateTimeField()
    """the due time that had passed"""
    how = models.CharField(max_length=12, choices=ToldHow.choices)
    text = models.CharField(max_length=300)
    """what the customer was told: the reason and the new date"""
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        verbose_name_plural = "stage breaches told"

    def __str__(self) -> str:
        return f"{self.stage_id} {self.how}"
