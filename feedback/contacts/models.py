"""Contacts: a customer reached us, somebody took it, and answers for it until the customer has an answer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.customers.models import Customer
from cxorders.kit.numbering import number
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.contacts.enums import Channel, ContactState, Outcome


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> "ContactQuerySet":
        """Contacts taken or answered inside the reach, and the own ones."""
        return self.filter(scope_of(user).rows(unit=("unit", "handed_to"), own=("by", "owner")))


class Contact(models.Model):
    """One contact. Who registered it is the first-asked owner until it is answered (RT-04)."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """where it was taken"""
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """first-asked: who registered it, or to whom that person's work was handed over"""
    channel = models.CharField(max_length=8, choices=Channel.choices)
    reason_code = models.CharField(max_length=20)
    tags = models.JSONField(default=list)
    summary = models.CharField(max_length=200)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    state = models.CharField(max_length=8, choices=ContactState.choices, default=ContactState.OPEN)
    at = models.DateTimeField()
    handed_to = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reply_due_at = models.DateTimeField(null=True)
    """promised to the customer where a department answers"""
    answer = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    became = models.CharField(max_length=20, blank=True)
    """number of the record or order it became"""
    client_key = models.UUIDField(null=True, unique=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="contact_ends_when_over", condition=Q(state=ContactState.OPEN) | Q(ended_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at"], name="contact_customer"),
            models.Index(
                fields=["owner", "reply_due_at", "id"], name="contact_open_owner", condition=Q(state=ContactState.OPEN)
            ),
            models.Index(
                fields=["handed_to", "reply_due_at", "id"],
                name="contact_open_handed",
                condition=Q(state=ContactState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Contact number, e.g. LX-26-00412."""
        return number("LX", self.at, self.pk)
