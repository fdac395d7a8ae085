"""Who may call whom back (workflows.md X4, C3): never who did the work, took the words, or answered the issue."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from cxorders.organisation.scope import scope_of
from feedback.callbacks.models import Callback
from feedback.intake.enums import Source
from feedback.intake.models import Record
from feedback.issues.models import Round
from touchpoints.orders.models import Evidence, Stage


def may_call(user: User, callback: Callback) -> bool:
    """Whether the role and the reach of `user` cover this call-back; separation of duties is `is_party`."""
    return may(user, "callback.work") and scope_of(user).covers(callback.company)


def is_party(user: User, callback: Callback) -> bool:
    """Whether `user` served this customer in the matter: did a stage, collected a record of the order, owns or handled
    or raised the issue (X4)."""
    issue = callback.issue
    if issue is not None:
        if user.pk in (issue.owner_id, issue.author_id):
            return True
        if Round.objects.filter(issue=issue, owner=user).exists():
            return True
    if callback.order_id is None:
        return False
    served = Stage.objects.filter(order_id=callback.order_id, assignee=user)
    proved = Evidence.objects.filter(stage__order_id=callback.order_id, by=user)
    collected = Record.objects.filter(order_id=callback.order_id, collector=user).exclude(source=Source.CALLBACK)
    return served.exists() or proved.exists() or collected.exists()
