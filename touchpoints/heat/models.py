"""What the heat map of stages reads: exact figures per month × unit × stage type, counted from the facts by a job."""

from typing import ClassVar

from django.db import models

from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.orders.models import StageType


class StageHeatQuerySet(models.QuerySet["StageHeat"]):
    def visible_to(self, user: User) -> "StageHeatQuerySet":
        """Figures of the units inside the person's reach."""
        return self.filter(scope_of(user).rows())


class StageHeat(models.Model):
    """One stage type at one unit (with everything below it) in one local month. Derived: may be counted again any time.

    `taken` … `p90`: stages that ended in the month. `due`, `late`: stages whose due time lies in the month and is
    decided (C2: what is open and overdue counts as late, it does not vanish).
    """

    month = models.DateField()
    """first day of the month"""
    company = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    stage_type = models.ForeignKey(
        StageType, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    taken = models.PositiveIntegerField(default=0)
    """stages that ended in the month and whose time could be measured"""
    median = models.FloatField(null=True)
    """seconds on the clock of the stage, pauses out; type-7 percentile"""
    p90 = models.FloatField(null=True)
    due = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)

    objects = StageHeatQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "stage_type", "unit"], name="stage_heat_once")
        ]
        indexes: ClassVar = [models.Index(fields=["company", "month"], name="stage_heat_company")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.unit_id} {self.stage_type_id}"


class HeatCount(models.Model):
    """When a company's month was counted last; whoever counts it holds this row."""

    month = models.DateField()
    company = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["month", "company"], name="heat_count_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.company_id}"


class HeatMark(models.Model):
    """A company's month that must be counted again; written when a stage ends, removed by the job."""

    month = models.DateField()
    company_id = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.company_id}"
