"""What happens to claimed call-backs when a person leaves (workflows §14)."""

from datetime import datetime

from django.db import transaction

from cxorders.journal import actions as journal
from cxorders.organisation.models import User
from feedback.callbacks.enums import CallbackState
from feedback.callbacks.models import Callback


def open_held_by(user: User) -> int:
    """How many call-backs `user` has claimed and not finished."""
    return Callback.objects.filter(state=CallbackState.IN_CALL, claimed_by=user).count()


@transaction.atomic
def hand_over(user: User, successor: User, by: User | None, at: datetime) -> None:
    """Pass the claims of `user` to `successor`; one journal row each."""
    for callback in Callback.objects.filter(state=CallbackState.IN_CALL, claimed_by=user).order_by("pk"):
        Callback.objects.filter(pk=callback.pk).update(claimed_by=successor)
        journal.record(callback, "callback.handed_over", by=by, at=at, before=user.name, owner=successor.name)
