"""Computed values with everything needed to defend them, and the rollups dashboards read."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.issues.models import Round
from kpi.metrics.enums import RunState
from touchpoints.catalogue.models import KeyPoint


class ComputeRun(models.Model):
    """One computation of a month: who asked, cut-off, what came of it."""

    period = models.CharField(max_length=7)
    """local month, e.g. 2026-10; half-open [start, end) in Asia/Shanghai (C1)"""
    cut_off_at = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    error = models.TextField(blank=True)
    done = models.PositiveSmallIntegerField(default=0)
    """indicators computed so far, of `steps`"""
    steps = models.PositiveSmallIntegerField(default=0)
    values_count = models.PositiveIntegerField(default=0)
    definitions = models.JSONField(default=dict)
    """marks of the indicators (floor, target, stretch) in force when the run began: KPI code → row of the catalogue"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period"], name="one_running_compute", condition=Q(state=RunState.RUNNING)),
        ]
        indexes: ClassVar = [models.Index(fields=["period", "-started_at"], name="run_period")]

    def __str__(self) -> str:
        return f"{self.period} {self.state}"


class MetricValueQuerySet(models.QuerySet["MetricValue"]):
    def visible_to(self, user: User) -> "MetricValueQuerySet":
        """Values of the units inside the person's reach."""
        return self.filter(scope_of(user).rows())


class MetricValue(models.Model):
    """One indicator of one unit in one month (C3). Sealed; a later run writes new rows.

    A unit without a case and without an exclusion has no row: its value is nothing, not 0 (metrics 0.2).
    """

    run = models.ForeignKey(ComputeRun, on_delete=models.PROTECT, related_name="values", db_index=False)
    code = models.CharField(max_length=6)
    definition_version = models.PositiveSmallIntegerField(default=1)
    period = models.CharField(max_length=7)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    company = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    excluded = models.JSONField(default=dict)
    """reason → count"""
    value = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    low = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    high = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    extra = models.JSONField(default=dict)
    """further figures of the definition, e.g. mean, dissatisfied share, formally closed share"""
    cut_off_at = models.DateTimeField()
    query_hash = models.CharField(max_length=64)

    objects = MetricValueQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "code", "unit"], name="value_once")]
        indexes: ClassVar = [models.Index(fields=["unit", "code", "period"], name="value_unit")]

    def __str__(self) -> str:
        return f"{self.code} {self.period} {self.unit_id}"


class RecordCounts(models.Model):
    """Additive counts of experience records."""

    records = models.PositiveIntegerField(default=0)
    negatives = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    r1 = models.PositiveIntegerField(default=0)
    r2 = models.PositiveIntegerField(default=0)
    r3 = models.PositiveIntegerField(default=0)
    r4 = models.PositiveIntegerField(default=0)
    r5 = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class IssueCounts(models.Model):
    """Additive counts of the rounds of issues: five by the answer's limit (M11), four by the closure's limit (M15)."""

    due = models.PositiveIntegerField(default=0)
    exempt = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    rework = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    """due time is later than the first one (pause, extension)"""
    closure_due = models.PositiveIntegerField(default=0)
    closure_exempt = models.PositiveIntegerField(default=0)
    closed_loop = models.PositiveIntegerField(default=0)
    formally_closed = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


# Rollups are derived: no foreign key constraints, they are counted again from facts whose keys were checked.


class RecordRollup(RecordCounts):
    """Records per local day of the event × unit × key point; `company` is the unit itself above the companies."""

    day = models.DateField()
    company = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    key_point = models.ForeignKey(
        KeyPoint, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "day", "key_point"], name="record_rollup_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "day"], name="record_rollup_company"),
            models.Index(fields=["day", "company"], name="record_rollup_day_company"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id} {self.key_point_id}"


class IssueRollup(IssueCounts):
    """Rounds per local day of a limit × unit. A day is complete when it is over: due tonight is not late."""

    day = models.DateField()
    company = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "day"], name="issue_rollup_once")]
        indexes: ClassVar = [
            models.Index(fields=["company", "day"], name="issue_rollup_company"),
            models.Index(fields=["day", "company"], name="issue_rollup_day_company"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id}"


class MonthRollup(RecordCounts, IssueCounts):
    """The day rollups added up per local month × unit, for trends and companies side by side."""

    month = models.DateField()
    """first day of the month"""
    company = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "month"], name="month_rollup_once")]
        indexes: ClassVar = [
            models.Index(fields=["company", "month"], name="month_rollup_company"),
            models.Index(fields=["month", "company"], name="month_rollup_month_company"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.unit_id}"


class CountedRound(models.Model):
    """Where a round was counted last, so that a limit or unit that moves also empties the place it left."""

    round = models.OneToOneField(
        Round, primary_key=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    unit_id = models.BigIntegerField()
    day = models.DateField()
    """local day of the answer's limit"""
    closure_day = models.DateField()
    """local day of the closure's limit"""

    def __str__(self) -> str:
        return f"{self.round_id} @ {self.unit_id} {self.day}"


class DirtyBucket(models.Model):
    """A day × unit whose records must be counted again; written with the record, removed by the rollup job."""

    day = models.DateField()
    unit_id = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id}"


class DirtyIssue(models.Model):
    """An issue whose rounds must be counted again; written with the change, removed by the rollup job."""

    issue_id = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.issue_id}"


class RollupTurn(models.Model):
    """The one row that whoever counts rollups holds locked, so that two never count at once."""

    counted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.counted_at}"
