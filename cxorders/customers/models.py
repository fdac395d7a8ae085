"""Customers and the premises they are served at."""

from typing import ClassVar

from django.db import models

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
    """A person or firm served by one company. Phone numbers are shown masked (X9)."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    salutation = models.CharField(max_length=20, blank=True)
    """how to address, e.g. 周女士"""
    segment_code = models.CharField(max_length=20, default="RETAIL")
    phone = models.CharField(max_length=20, blank=True)
    do_not_call = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    client_key = models.UUIDField(null=True, unique=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company", "phone"], name="customer_company_phone"),
            models.Index(fields=["phone"], name="customer_phone"),
        ]

    def __str__(self) -> str:
        return self.salutation or self.name

    @property
    def number(self) -> str:
        """Customer number, e.g. KH-26-00412."""
        return number("KH", self.created_at, self.pk)


class Premises(models.Model):
    """An address gas or service is supplied to."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="premises")
    address = models.CharField(max_length=200)
    district = models.CharField(max_length=60, blank=True)
    meter_number = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name_plural = "premises"
        indexes: ClassVar = [models.Index(fields=["company", "address"], name="premises_address")]

    def __str__(self) -> str:
        return self.address
