"""Customers, the people and premises of their account, and what is known about serving them."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from cxorders.customers.enums import CareCode, Relation
from cxorders.kit.numbering import number
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> "CustomerQuerySet":
        """Customers of the companies the person works for; the front line serves any customer of its company."""
        scope = scope_of(user)
        if scope.everything:
            return self
        grant = user.active_grant
        if scope.blind or grant is None or grant.unit.company_id is None:
            return self.none()
        return self.filter(company_id=grant.unit.company_id)


class Customer(models.Model):
    """A person or firm served by one company: one account. Phone numbers are shown masked (X9)."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    salutation = models.CharField(max_length=20, blank=True)
    """how to address, e.g. 周女士"""
    segment_code = models.CharField(max_length=20, default="RETAIL")
    phone = models.CharField(max_length=20, blank=True)
    do_not_call = models.BooleanField(default=False)
    do_not_call_reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    client_key = models.UUIDField(null=True, unique=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed", db_index=False
    )
    """the customer this one turned out to be; always one that stands on its own. Facts keep their customer: whoever
    reads them asks for `keys`"""

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="customer_not_merged_into_itself", condition=Q(merged_into=None) | ~Q(merged_into=F("id"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "phone"], name="customer_company_phone"),
            models.Index(fields=["phone"], name="customer_phone"),
            models.Index(fields=["merged_into"], name="customer_merged", condition=Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.salutation or self.name

    @property
    def number(self) -> str:
        """Customer number, e.g. KH-26-00412."""
        return number("KH", self.created_at, self.pk)

    @cached_property
    def keys(self) -> list[int]:
        """The own key and those of the customers merged into this one. One query, kept on the instance."""
        absorbed = Customer.objects.filter(merged_into_id=self.pk).order_by("pk").values_list("pk", flat=True)
        return [self.pk, *absorbed]


class Premises(models.Model):
    """An address gas or service is supplied to."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="premises")
    address = models.CharField(max_length=200)
    district = models.CharField(max_length=60, blank=True)
    meter_number = models.CharField(max_length=40, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    """the first day on which the account no longer covers it"""

    class Meta:
        verbose_name_plural = "premises"
        indexes: ClassVar = [models.Index(fields=["company", "address"], name="premises_address")]

    def __str__(self) -> str:
        return self.address


class Member(models.Model):
    """A further person on the account of a customer: family, tenant, the clerk of a firm (R088)."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="members")
    name = models.CharField(max_length=80)
    relation = models.CharField(max_length=10, choices=Relation.choices, default=Relation.OTHER)
    phone = models.CharField(max_length=20, blank=True)
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    """the first day on which the person no longer belongs to the account"""
    client_key = models.UUIDField(null=True, unique=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone"], name="member_phone", condition=Q(ended_on=None))]

    def __str__(self) -> str:
        return self.name

    @property
    def whose(self) -> str:
        """Names this person's number in the address that reveals it."""
        return f"m{self.pk}"


class Care(models.Model):
    """Special care one customer needs, in force until somebody ends it."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cares")
    code = models.CharField(max_length=12, choices=CareCode.choices)
    note = models.CharField(max_length=100, blank=True)
    """what to do: 先敲门，说话慢一些"""
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "cares"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "code"], name="care_once", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.code}"


class HintQuerySet(models.QuerySet["Hint"]):
    def in_force(self, day: date) -> "HintQuerySet":
        """Hints that still stand on the local day `day`."""
        return self.filter(ended_at=None, expires_on__gt=day)


class Hint(models.Model):
    """What a person who met the customer wants the next one to know; disappears by itself."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="hints")
    text = models.CharField(max_length=200)
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    expires_on = models.DateField()
    """the first day on which it is no longer shown"""
    ended_at = models.DateTimeField(null=True)
    client_key = models.UUIDField(null=True, unique=True)

    objects = HintQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.customer_id} {self.text[:20]}"


class Merge(models.Model):
    """Two rows turned out to be one customer. Nothing is moved: undoing it cuts the pointer again."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merged_by", db_index=False)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    took_do_not_call = models.BooleanField(default=False)
    """the wish not to be called came with the merged one and leaves with it"""
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merged"], name="merged_once", condition=Q(undone_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"

    @property
    def whose(self) -> str:
        """Names the number of the merged customer in the address that reveals it."""
        return f"c{self.merged_id}"
