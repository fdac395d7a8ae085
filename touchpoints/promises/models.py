"""What was done about broken promises."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.orders.models import Stage
from touchpoints.promises.enums import ExemptionReason, ExemptionState, ToldHow


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


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def visible_to(self, user: User) -> "ExemptionQuerySet":
        """Requests of units in reach, and the own ones."""
        return self.filter(scope_of(user).rows(unit=("unit",), own=("asked_by",)))


class Exemption(models.Model):
    """A request to leave a broken promise out of the figures: why, what proves it, who decided."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the post of who asked; the level above decides"""
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="exemptions")
    reason = models.CharField(max_length=16, choices=ExemptionReason.choices)
    text = models.CharField(max_length=300)
    file = models.FileField(upload_to="exemptions/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ExemptionState.choices, default=ExemptionState.ASKED)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stage"], name="exemption_once", condition=~Q(state=ExemptionState.REFUSED)
            ),
            models.CheckConstraint(
                name="exemption_decided", condition=Q(state=ExemptionState.ASKED) | Q(decided_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["company", "asked_at"], name="exemption_asked", condition=Q(state=ExemptionState.ASKED)
            ),
            models.Index(
                fields=["company", "decided_at"], name="exemption_granted", condition=Q(state=ExemptionState.GRANTED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.state}"
