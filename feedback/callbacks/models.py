"""Call-backs: somebody who did not do the work asks the customer whether it is solved."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.customers.models import Customer
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.callbacks.enums import WAITING_STATES, AttemptResult, CallbackState, Slot
from feedback.intake.models import Record
from feedback.issues.models import Issue
from touchpoints.orders.models import Order


class CallbackQuerySet(models.QuerySet["Callback"]):
    def visible_to(self, user: User) -> "CallbackQuerySet":
        """Call-backs of the company for its call-back people and leaders, of the unit for a department."""
        return self.filter(scope_of(user).rows(unit=("unit",), own=("claimed_by", "finished_by")))


class Callback(models.Model):
    """One call-back that is owed, with its window, its tries and its result."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    """the unit whose work is verified"""
    rule_code = models.CharField(max_length=10)
    """CB-01 … CB-10 of the catalogue"""
    script_code = models.CharField(max_length=30)
    issue = models.ForeignKey(Issue, null=True, on_delete=models.PROTECT, related_name="callbacks")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="callbacks")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="callbacks")
    state = models.CharField(max_length=14, choices=CallbackState.choices, default=CallbackState.PLANNED)
    planned_at = models.DateTimeField()
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    attempts_count = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    next_slot = models.CharField(max_length=4, choices=Slot.choices, blank=True)
    claimed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    claimed_until = models.DateTimeField(null=True)
    solved = models.BooleanField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    record = models.ForeignKey(Record, null=True, on_delete=models.PROTECT, related_name="callbacks")
    """the sealed experience record the call became (C9)"""
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    message_left = models.BooleanField(default=False)

    objects = CallbackQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="callback_window", condition=Q(window_end__gte=models.F("window_start"))),
            models.UniqueConstraint(
                fields=["order", "rule_code"],
                name="callback_once_per_order_rule",
                condition=Q(order__isnull=False, issue=None),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["company", "window_end"], name="callback_waiting", condition=Q(state__in=WAITING_STATES)
            ),
            models.Index(fields=["window_end"], name="callback_waiting_all", condition=Q(state__in=WAITING_STATES)),
            models.Index(fields=["claimed_until"], name="callback_claimed", condition=Q(state=CallbackState.IN_CALL)),
            models.Index(fields=["window_start"], name="callback_planned", condition=Q(state=CallbackState.PLANNED)),
            models.Index(fields=["company", "-finished_at"], name="callback_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_code} {self.pk}"


class Attempt(models.Model):
    """One try to reach the customer."""

    callback = models.ForeignKey(Callback, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    slot = models.CharField(max_length=4, choices=Slot.choices)
    result = models.CharField(max_length=20, choices=AttemptResult.choices)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["callback", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"{self.callback_id}#{self.number} {self.result}"


class ScriptAnswer(models.Model):
    """The answer to one line of the script (SV-CB-…). Sealed by the database like the record the call became."""

    callback = models.ForeignKey(Callback, on_delete=models.PROTECT, related_name="answers", db_index=False)
    item_code = models.CharField(max_length=10)
    """code of the item inside the script, e.g. C5, P1"""
    number_value = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    """csat5 1–5, yn 1 = yes 0 = no"""
    text_value = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["callback", "item_code"], name="script_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.callback_id}/{self.item_code}"
