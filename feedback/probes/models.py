"""Expected feedback 预期反馈: what must be asked because a stage is done, by whom, until when."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.intake.models import Record
from feedback.probes.enums import ExcuseCode, ProbeState
from touchpoints.catalogue.models import FeedbackMethod, KeyPoint
from touchpoints.orders.models import Order, Stage, pool_of

IS_OPEN = Q(state=ProbeState.OPEN)


class ProbeQuerySet(models.QuerySet["Probe"]):
    def visible_to(self, user: User) -> "ProbeQuerySet":
        """Probes the person's unit owes, the person's own, those of the pool above a team, or all in wider reach."""
        inside = scope_of(user).rows(own=("asked",))
        pool = pool_of(user) if scope_of(user).unit_ids else None
        return self.filter(inside | Q(unit_id=pool) if pool else inside)


class Probe(models.Model):
    """One method by which a stage that is done must be asked about. Open ones are fulfilled by the records of the
    stage; that is asked when they are read, and settled by the sweep."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the unit that owes it: that of the stage, or the call-back department"""
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="probes", db_index=False)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="probes", db_index=False)
    key_point = models.ForeignKey(KeyPoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    method = models.ForeignKey(FeedbackMethod, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_hand = models.BooleanField(default=True)
    """a person collects by this method: any record a person took at the stage fulfils it"""
    asked = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """who did the stage; empty where the unit or the customer answers for it"""
    created_at = models.DateTimeField()
    """the end of the stage"""
    due_at = models.DateTimeField()
    missing_at = models.DateTimeField(null=True)
    """close of the fifth working day after the event; empty until the holidays of that year are known"""
    state = models.CharField(max_length=8, choices=ProbeState.choices, default=ProbeState.OPEN)
    record = models.ForeignKey(Record, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)
    excuse_code = models.CharField(max_length=16, choices=ExcuseCode.choices, blank=True)
    excuse_text = models.CharField(max_length=300, blank=True)
    excused_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    excused_at = models.DateTimeField(null=True)

    objects = ProbeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage", "method"], name="probe_once"),
            models.CheckConstraint(
                name="probe_excuse_named", condition=~Q(state=ProbeState.EXCUSED) | ~Q(excuse_code="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "due_at"], name="probe_open_unit", condition=IS_OPEN),
            models.Index(fields=["asked", "due_at"], name="probe_open_asked", condition=IS_OPEN),
            models.Index(fields=["company", "due_at"], name="probe_open_company", condition=IS_OPEN),
            models.Index(fields=["company", "due_at"], name="probe_company"),
            models.Index(fields=["unit", "due_at"], name="probe_unit"),
            # a month of the whole group (M54, M34)
            models.Index(fields=["due_at"], name="probe_due"),
            models.Index(fields=["missing_at"], name="probe_missing"),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id}/{self.method_id}"
