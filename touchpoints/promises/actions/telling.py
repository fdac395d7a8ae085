"""The verb of promises: tell the customer before the customer asks."""

from datetime import datetime

from django.db import transaction

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import User
from touchpoints.orders.actions.flow import hold, note
from touchpoints.orders.models import Stage
from touchpoints.orders.queries.journey import is_late
from touchpoints.promises import policy
from touchpoints.promises.enums import ToldHow
from touchpoints.promises.models import StageBreachTold

MOST_TEXT = 300


class PromiseNotBroken(BusinessError):
    """A breach is computed from clocks, never typed."""

    code = "promise_not_broken"
    zh = "这个环节的承诺没有失约，不用告知。"
    en = "The promise of this stage is not broken; there is nothing to tell."
    status = 409


class NobodyToTell(BusinessError):
    code = "promise_nobody_to_tell"
    zh = "这一单没有登记客户，无法告知。"
    en = "No customer is registered for this order, so nobody can be told."


class TellingIncomplete(BusinessError):
    code = "promise_telling_incomplete"
    zh = "请写明怎样告知、说了什么(不超过 {most} 字)。"
    en = "Say how the customer was told and what was said (at most {most} characters)."


@transaction.atomic
def tell_breach(stage: Stage, *, by: User | None, at: datetime, how: str, text: str) -> StageBreachTold:
    """Note that the customer was told of a broken promise (§11: within one working day, before asking).

    A stage that was told before returns the row that exists, without any further effect.
    Effects, in order: the row; journal `stage.breach_told`.
    Errors: NotAllowed, PromiseNotBroken, NobodyToTell, TellingIncomplete.
    """
    stage.order = hold(stage.order_id)
    if not policy.may_tell(by, stage):
        raise NotAllowed()
    known = StageBreachTold.objects.filter(stage=stage).first()
    if known is not None:
        return known
    stage.refresh_from_db(fields=["state", "due_at", "ended_at"])
    if stage.due_at is None or not is_late(stage, at):
        raise PromiseNotBroken()
    if stage.order.customer_id is None:
        raise NobodyToTell()
    said = text.strip()
    if how not in ToldHow.values or not said or len(said) > MOST_TEXT:
        raise TellingIncomplete(field="text" if how in ToldHow.values else "how", most=MOST_TEXT)
    told = StageBreachTold.objects.create(stage=stage, due_at=stage.due_at, how=how, text=said, by=by, at=at)
    note(stage, "stage.breach_told", by=by, at=at, how=how, text=said, due_at=stage.due_at.isoformat())
    return told
