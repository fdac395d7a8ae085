"""Promises made by word (口头承诺): in a call, at the door, in a reply. They count like those of the table."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.customers.models import Customer
from cxorders.kit.numbering import number
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.orders.models import Order
from touchpoints.pledges.enums import GivenHow, PledgeState
from touchpoints.promises.enums import ToldHow


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def visible_to(self, user: User) -> "PledgeQuerySet":
        """Promises of units in reach, and those the person gave or keeps."""
        return self.filter(scope_of(user).rows(unit=("unit",), own=("owner", "given_by")))


class Pledge(models.Model):
    """What somebody promised one customer, and until when."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the unit whose word it is"""
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="pledges", db_index=False)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="pledges", db_index=False)
    text = models.CharField(max_length=200)
    how = models.CharField(max_length=10, choices=GivenHow.choices)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """who keeps it"""
    first_due_at = models.DateTimeField()
    """as the customer heard it first; what is late is late against `due_at`"""
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PledgeState.choices, default=PledgeState.OPEN)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_text = models.CharField(max_length=300, blank=True)
    client_key = models.UUIDField(null=True, unique=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="pledge_ends_when_over", condition=Q(state=PledgeState.OPEN) | Q(ended_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "state", "due_at", "id"], name="pledge_company"),
            models.Index(fields=["owner", "due_at"], name="pledge_open_owner", condition=Q(state=PledgeState.OPEN)),
            models.Index(fields=["customer", "-given_at"], name="pledge_customer"),
            models.Index(fields=["order"], name="pledge_order", condition=Q(order__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Number of the promise, e.g. CN-26-00012."""
        return number("CN", self.given_at, self.pk)

    def is_late(self, now: datetime) -> bool:
        """Whether it is, or was, kept later than promised; one the customer let go is not."""
        if self.state == PledgeState.WITHDRAWN:
            return False
        return (self.ended_at or now) > self.due_at


class PledgeChange(models.Model):
    """Another day for a promise, with the reason and the customer's consent."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="changes")
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    consent = models.CharField(max_length=12, choices=ToldHow.choices)
    """how the customer agreed"""
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.new_due_at:%Y-%m-%d %H:%M}"
