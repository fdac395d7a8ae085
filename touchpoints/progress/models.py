"""The link a customer follows an order by, and when the customer wants to be called."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.organisation.models import User
from touchpoints.orders.models import Order
from touchpoints.progress.enums import LIVES_DAYS, Slot


class ProgressLink(models.Model):
    """One link to the progress of one order; a new one takes the place of a withdrawn one.

    The token itself is not stored: it is a signature over the row (`tokens.py`), so that a copy of the database
    opens nothing and staff can still read the link out again.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="progress_links")
    nonce = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], name="one_live_progress_link", condition=Q(withdrawn_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.pk}"

    def opens_at(self, at: datetime) -> bool:
        """Whether the link still opens at `at`: not withdrawn, its order not closed longer than LIVES_DAYS days."""
        closed = self.order.closed_at
        return self.withdrawn_at is None and (closed is None or at < closed + timedelta(days=LIVES_DAYS))


class CallWish(models.Model):
    """A time at which the customer wants to be called about an order; a newer wish replaces an older one."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="call_wish")
    day = models.DateField()
    slot = models.CharField(max_length=10, choices=Slot.choices)
    at = models.DateTimeField()
    """when the customer asked"""

    def __str__(self) -> str:
        return f"{self.order_id} {self.day} {self.slot}"
