"""The verbs of the progress page: give the link, take it back, renew it; a customer asks for a call."""

import secrets
from datetime import date, datetime

from django.db import transaction

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.organisation.models import User
from touchpoints.orders.actions.flow import hold
from touchpoints.orders.enums import OrderState
from touchpoints.orders.models import Order
from touchpoints.progress import policy
from touchpoints.progress.models import CallWish, ProgressLink
from touchpoints.progress.queries import slots_at


class SlotNotOffered(BusinessError):
    code = "progress_slot_not_offered"
    zh = "这个时段已经不能选了，请换一个。"
    en = "This time can no longer be chosen; please take another one."


class NoLink(BusinessError):
    code = "progress_no_link"
    zh = "这一单没有可用的进度链接。"
    en = "This order has no link in use."
    status = 409


def _held(order: Order, by: User | None) -> Order:
    held = hold(order.pk)
    if not policy.may_share(by, held):
        raise NotAllowed()
    return held


def _live(order: Order) -> ProgressLink | None:
    return ProgressLink.objects.filter(order=order, withdrawn_at=None).first()


def _new(order: Order, *, by: User | None, at: datetime) -> ProgressLink:
    return ProgressLink.objects.create(order=order, nonce=secrets.token_hex(16), created_at=at, created_by=by)


@transaction.atomic
def share_progress(order: Order, *, by: User | None, at: datetime) -> ProgressLink:
    """Make the link a customer follows the order by; the one in use is returned as it is.

    Effects: the link; journal `order.progress_shared`. Errors: NotAllowed, WrongState (drafts have no progress).
    """
    held = _held(order, by)
    if held.state == OrderState.DRAFT:
        raise WrongState()
    link = _live(held)
    if link is None:
        link = _new(held, by=by, at=at)
        record(held, "order.progress_shared", by=by, at=at)
    return link


@transaction.atomic
def withdraw_progress(order: Order, *, by: User | None, at: datetime) -> ProgressLink:
    """From now on the link opens nothing. Effects: journal `order.progress_withdrawn`. Errors: NotAllowed, NoLink."""
    held = _held(order, by)
    link = _withdrawn(held, at)
    record(held, "order.progress_withdrawn", by=by, at=at)
    return link


@transaction.atomic
def renew_progress(order: Order, *, by: User | None, at: datetime) -> ProgressLink:
    """A new link in place of the one in use, e.g. after it came into wrong hands.

    Effects: the old link withdrawn, a new one; journal `order.progress_renewed`. Errors: NotAllowed, NoLink.
    """
    held = _held(order, by)
    _withdrawn(held, at)
    link = _new(held, by=by, at=at)
    record(held, "order.progress_renewed", by=by, at=at)
    return link


def _withdrawn(order: Order, at: datetime) -> ProgressLink:
    link = _live(order)
    if link is None:
        raise NoLink()
    link.withdrawn_at = at
    link.save(update_fields=["withdrawn_at"])
    return link


@transaction.atomic
def wish_call(order: Order, *, at: datetime, day: date, slot: str) -> CallWish:
    """The customer wants to be called in `slot` of `day`; it replaces an earlier wish, the same one twice is one.

    Effects: the wish; journal `order.call_wished` by nobody of ours. Errors: SlotNotOffered.
    """
    held = hold(order.pk)
    if all((day, slot) != (offer.day, offer.slot) for offer in slots_at(at)):
        raise SlotNotOffered(field="slot")
    known = CallWish.objects.filter(order=held).first()
    if known is not None and (known.day, known.slot) == (day, slot):
        return known
    wish = known or CallWish(order=held)
    wish.day, wish.slot, wish.at = day, slot, at
    wish.save()
    record(held, "order.call_wished", by=None, at=at, call_day=day.isoformat(), call_slot=slot)
    return wish
