"""Compensation for broken promises 失约赔付: the table of the group, what a company approved, what is owed."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from cxorders.kit.numbering import number
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.catalogue.models import CatalogueRow
from touchpoints.compensation.enums import CompensationState, PaidForm
from touchpoints.orders.models import Stage
from touchpoints.standards.models import Standard


class CompensationItem(CatalogueRow):
    """A row of the table of the catalogue: which standard, how much is proposed, what exempts. Nothing is paid by it.

    `code` is the code of the standard; `name` says the form the catalogue proposes, e.g. a bill credit.
    """

    standard = models.OneToOneField(Standard, on_delete=models.PROTECT, related_name="compensation_item")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    """yuan, proposed"""
    exempt = models.JSONField(default=list)
    """reasons that exempt, each a pair [Chinese, English]"""

    @property
    def exemptions(self) -> list[str]:
        """The reasons that exempt, in the language of the reader."""
        english = (get_language() or "").startswith("en")
        return [pair[1] if english else pair[0] for pair in self.exempt]


class CompensationTerms(models.Model):
    """What a company decided for one row of the table, from a day on. Sealed: another decision is another row.

    The newest decision whose day has come counts. Without any, nothing is paid (off by default).
    """

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(CompensationItem, on_delete=models.PROTECT, related_name="terms", db_index=False)
    is_on = models.BooleanField()
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    """yuan for one broken promise"""
    valid_from = models.DateField()
    """promises that broke on this day (of the company's calendar) or later"""
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "compensation terms"
        constraints: ClassVar = [
            models.CheckConstraint(name="compensation_terms_not_negative", condition=Q(amount__gte=0)),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "item", "-id"], name="compensation_terms_newest")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.item_id} {self.valid_from}"


class CompensationQuerySet(models.QuerySet["Compensation"]):
    def visible_to(self, user: User) -> "CompensationQuerySet":
        """Compensations for promises of units in reach."""
        return self.filter(scope_of(user).rows(unit=("unit",)))


class Compensation(models.Model):
    """What one customer is owed for one broken promise, and what became of it."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the unit whose promise was broken"""
    stage = models.OneToOneField(Stage, on_delete=models.PROTECT, related_name="compensation")
    """one promise gives one compensation at the most"""
    terms = models.ForeignKey(CompensationTerms, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the decision it rests on"""
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    """yuan, as the terms had it on the day of the breach"""
    extra = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(0))
    """yuan, the same sum once more where it was paid late"""
    broken_at = models.DateTimeField()
    due_at = models.DateTimeField()
    """ten working days after the breach, by the calendar of the company; never moved (X7)"""
    state = models.CharField(max_length=8, choices=CompensationState.choices, default=CompensationState.DUE)
    created_at = models.DateTimeField()
    paid_on = models.DateField(null=True)
    paid_form = models.CharField(max_length=10, choices=PaidForm.choices, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    """number of the voucher or the bill"""
    refused_zh = models.CharField(max_length=100, blank=True)
    """the exemption of the table, or other; words as they stood on that day"""
    refused_en = models.CharField(max_length=100, blank=True)
    text = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = CompensationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="compensation_is_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="compensation_extra_once", condition=Q(extra=0) | Q(extra=F("amount"))),
            models.CheckConstraint(
                name="compensation_ended", condition=Q(state=CompensationState.DUE) | Q(ended_at__isnull=False)
            ),
            models.CheckConstraint(
                name="compensation_paid_with_proof",
                condition=~Q(state=CompensationState.PAID)
                | (Q(paid_on__isnull=False) & ~Q(reference="") & ~Q(paid_form="")),
            ),
            models.CheckConstraint(
                name="compensation_refused_with_words",
                condition=~Q(state=CompensationState.REFUSED) | (~Q(text="") & ~Q(refused_zh="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "state", "due_at", "id"], name="compensation_company"),
            models.Index(fields=["due_at"], name="compensation_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Number of the compensation, e.g. PF-26-00012."""
        return number("PF", self.broken_at, self.pk)

    @property
    def is_due(self) -> bool:
        """Whether it waits to be paid or refused."""
        return self.state == CompensationState.DUE

    def is_late(self, now: datetime) -> bool:
        """Whether it waits longer than ten working days, or was paid later than that."""
        return now > self.due_at if self.is_due else self.extra > 0

    def owed(self, now: datetime) -> Decimal:
        """Yuan the customer has to get, or got, the second sum of a late one included; 0 where it was refused."""
        if self.state == CompensationState.REFUSED:
            return Decimal(0)
        return 2 * self.amount if self.is_late(now) else self.amount

    @property
    def refused_for(self) -> str:
        """The kind of reason of a refusal, in the language of the reader."""
        return self.refused_en if (get_language() or "").startswith("en") else self.refused_zh
