"""Calling the customer: claim, give back, not reached, refused (C3, C5–C8)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cxorders.journal import actions as journal
from cxorders.kit.among import among
from cxorders.kit.errors import BusinessError, NotAllowed, Stale, WrongState
from cxorders.kit.states import move
from cxorders.organisation.models import User
from cxorders.organisation.queries import calendar_for
from feedback.callbacks import policy
from feedback.callbacks.actions.ending import wind_up
from feedback.callbacks.enums import (
    CALLBACK_TRANSITIONS,
    NOT_REACHED_RESULTS,
    AttemptResult,
    CallbackState,
)
from feedback.callbacks.models import Attempt, Callback
from feedback.callbacks.queries import FATIGUE_CALLS, SATISFACTION, recent_calls, tries_of
from feedback.callbacks.slots import is_exhausted, may_follow, next_try, permitted, slot_of

CLAIM_HOLDS = timedelta(minutes=15)


class PartyToTheMatter(BusinessError):
    """X4: who did the work, took the words or answered the issue does not verify it."""

    code = "callback_party"
    zh = "您服务过这位客户的这件事，请由别人回访。"
    en = "You served this customer in this matter; somebody else must call back."
    status = 403


class TooEarly(BusinessError):
    """C2: the window has not opened."""

    code = "callback_too_early"
    zh = "还没到回访窗口（{start} 起）。客户主动要求时才能提前。"
    en = "The window opens {start}. Only the customer's own wish allows an earlier call."


class OutsideHours(BusinessError):
    """C3: customers are called from 09:00 to 20:00."""

    code = "callback_outside_hours"
    zh = "只在 9:00–20:00 给客户打电话。"
    en = "Customers are called between 09:00 and 20:00 only."


class SameSlot(BusinessError):
    """CB-03: the next try goes into another slot and another half-day."""

    code = "callback_same_slot"
    zh = "上次也是这个时段没接通，请换一个时段和半天再打；客户约了这个时间除外。"
    en = "The last try was in this slot too. Try another slot and half-day, unless the customer asked for this time."


class TooManyCalls(BusinessError):
    """C1: two calls per customer in 15 days, safety and complaints excepted."""

    code = "callback_too_many_calls"
    zh = "15 天内已给这位客户打通过 2 次，满意度回访请改日再打。"
    en = "This customer was reached twice in 15 days; make the satisfaction call another day."


class ClaimedByOther(BusinessError):
    """C3: somebody else is on this call."""

    code = "callback_claimed"
    zh = "{name} 正在打这一通,15 分钟内没有结果会放回来。"
    en = "{name} is on this call; it comes back when nothing happens within 15 minutes."
    status = 409


class NoSuchResult(BusinessError):
    """C5: a miss has a code."""

    code = "callback_no_such_result"
    zh = "请选没接通的原因。"
    en = "Choose why the customer was not reached."


@transaction.atomic
def claim(callback: Callback, *, by: User, at: datetime, customer_asked: bool = False) -> Callback:
    """Take a call-back for 15 minutes (C3): due or retry_planned → in_call.

    `customer_asked` says that the customer wanted this very time: it allows a call before the window, in the same slot
    as the last try, and at any hour; it is written down. Gives back whatever `by` held before. A claim that ran out
    passes to the next who asks. Claiming the own call again renews it. Journal row.
    NotAllowed, PartyToTheMatter, ClaimedByOther, TooEarly, OutsideHours, SameSlot, TooManyCalls, WrongState, Stale.
    """
    if not policy.may_call(by, callback):
        raise NotAllowed()
    if policy.is_party(by, callback):
        raise PartyToTheMatter()
    if callback.state == CallbackState.IN_CALL:
        if callback.claimed_by_id == by.pk:
            return _renew(callback, by, at)
        if callback.claimed_until is not None and callback.claimed_until > at:
            raise ClaimedByOther(name=callback.claimed_by.name if callback.claimed_by else "")
        _give_back(callback, by=None, at=at)
    _check_time(callback, at, customer_asked=customer_asked or _appointed(callback))
    for held in _in_call().filter(claimed_by=by).exclude(pk=callback.pk):
        _give_back(held, by=by, at=at)
    if callback.state == CallbackState.PLANNED:
        move(callback, CallbackState.DUE, table=CALLBACK_TRANSITIONS)
    move(
        callback,
        CallbackState.IN_CALL,
        table=CALLBACK_TRANSITIONS,
        claimed_by=by,
        claimed_until=at + CLAIM_HOLDS,
    )
    journal.record(callback, "callback.claimed", by=by, at=at, customer_asked=customer_asked)
    return callback


@transaction.atomic
def release(callback: Callback, *, by: User, at: datetime) -> Callback:
    """Give a claimed call-back back without a try: in_call → due or retry_planned. NotAllowed, WrongState."""
    _require_claim(callback, by)
    return _give_back(callback, by=by, at=at)


def release_expired(at: datetime) -> int:
    """Give back every claim that ran out before `at`; returns how many."""
    given_back = 0
    expired = _in_call().filter(claimed_until__lt=at).order_by("pk")
    for callback in expired:
        with transaction.atomic():
            _give_back(callback, by=None, at=callback.claimed_until or at)
        given_back += 1
    return given_back


@transaction.atomic
def record_not_reached(
    callback: Callback,
    *,
    by: User,
    at: datetime,
    result: str,
    note: str = "",
    message_left: bool = False,
    next_try_at: datetime | None = None,
) -> Callback:
    """Write down a try that reached nobody (C5): in_call → not_reached → retry_planned (C6) or unreachable (C7).

    Attempt row with number and slot; journal row. After three tries in two slots, one of them evening or weekend, and
    a message left the customer counts as unreachable: CallbackFinished, and an issue closes by that rule. Else the next
    try is suggested in another slot and half-day, or at `next_try_at` where the customer named a time. A wrong number
    leaves a row at the customer too. NotAllowed, NoSuchResult, WrongState, Stale.
    """
    _require_claim(callback, by)
    if result not in NOT_REACHED_RESULTS:
        raise NoSuchResult(field="result")
    attempt = add_attempt(callback, by=by, at=at, result=result, note=note)
    left = callback.message_left or message_left
    values: dict[str, Any] = {
        "attempts_count": attempt.number,
        "message_left": left,
        "claimed_by": None,
        "claimed_until": None,
    }
    move(callback, CallbackState.NOT_REACHED, table=CALLBACK_TRANSITIONS, **values)
    journal.record(callback, "callback.not_reached", by=by, at=at, result=result, number=attempt.number, note=note)
    if result == AttemptResult.WRONG_NUMBER and callback.customer is not None:
        journal.record(callback.customer, "customer.phone_wrong", by=by, at=at, callback=callback.pk)
    tries = tries_of(callback)
    if is_exhausted(tries, message_left=left):
        move(callback, CallbackState.UNREACHABLE, table=CALLBACK_TRANSITIONS, finished_at=at, finished_by=by)
        journal.record(callback, "callback.unreachable", by=by, at=at, attempts=attempt.number)
        return wind_up(callback, by=by, at=at)
    calendar = calendar_for(callback.company)
    suggested = next_try(tries, calendar)
    asked = next_try_at if result == AttemptResult.APPOINTMENT else None
    move(
        callback,
        CallbackState.RETRY_PLANNED,
        table=CALLBACK_TRANSITIONS,
        next_try_at=asked or suggested.at,
        next_slot=slot_of(asked, calendar) if asked else suggested.slot,
    )
    return callback


@transaction.atomic
def refuse(callback: Callback, *, by: User, at: datetime, note: str = "") -> Callback:
    """The customer does not want to be asked (C8): in_call → reached → refused; counts as contacted.

    An issue stays in verification: it is neither confirmed nor unreachable, the company decides. Attempt row, journal
    row, CallbackFinished. NotAllowed, WrongState, Stale.
    """
    _require_claim(callback, by)
    attempt = add_attempt(callback, by=by, at=at, result=AttemptResult.REFUSED, note=note)
    move(callback, CallbackState.REACHED, table=CALLBACK_TRANSITIONS, attempts_count=attempt.number)
    move(
        callback,
        CallbackState.REFUSED,
        table=CALLBACK_TRANSITIONS,
        finished_at=at,
        finished_by=by,
        claimed_by=None,
        claimed_until=None,
    )
    journal.record(callback, "callback.refused", by=by, at=at, note=note)
    return wind_up(callback, by=by, at=at)


def add_attempt(callback: Callback, *, by: User, at: datetime, result: str, note: str = "") -> Attempt:
    """One row per try, numbered, with the slot of its time."""
    return Attempt.objects.create(
        callback=callback,
        number=callback.attempts_count + 1,
        at=at,
        slot=slot_of(at, calendar_for(callback.company)),
        result=result,
        note=note.strip()[:300],
        by=by,
    )


def require_claim(callback: Callback, by: User) -> None:
    """Only who claimed the call writes its result. NotAllowed, WrongState, Stale when another one took it over."""
    _require_claim(callback, by)


def _require_claim(callback: Callback, by: User) -> None:
    if not policy.may_call(by, callback):
        raise NotAllowed()
    if callback.state != CallbackState.IN_CALL:
        raise WrongState()
    if callback.claimed_by_id != by.pk:
        raise Stale()


def _in_call() -> QuerySet[Callback]:
    """Call-backs somebody holds now; a handful, by their own index."""
    return Callback.objects.filter(among("state", (CallbackState.IN_CALL,)))


def _renew(callback: Callback, by: User, at: datetime) -> Callback:
    """Fifteen more minutes for who is on the call already."""
    until = at + CLAIM_HOLDS
    if not Callback.objects.filter(pk=callback.pk, state=CallbackState.IN_CALL, claimed_by=by).update(
        claimed_until=until
    ):
        raise Stale()
    callback.claimed_until = until
    return callback


def _give_back(callback: Callback, *, by: User | None, at: datetime) -> Callback:
    target = CallbackState.RETRY_PLANNED if callback.attempts_count else CallbackState.DUE
    move(callback, target, table=CALLBACK_TRANSITIONS, claimed_by=None, claimed_until=None)
    journal.record(callback, "callback.released", by=by, at=at)
    return callback


def _appointed(callback: Callback) -> bool:
    """Whether the last try ended with an appointment: its time is the customer's wish."""
    last = callback.attempts.order_by("-number").first()
    return last is not None and last.result == AttemptResult.APPOINTMENT


def _check_time(callback: Callback, at: datetime, *, customer_asked: bool) -> None:
    if customer_asked:
        return
    calendar = calendar_for(callback.company)
    if callback.state == CallbackState.PLANNED:
        raise TooEarly(start=callback.window_start.astimezone(calendar.tz).strftime("%Y-%m-%d %H:%M"))
    if not permitted(at, calendar):
        raise OutsideHours()
    tries = tries_of(callback)
    if tries and not may_follow(tries[-1], at, calendar):
        raise SameSlot()
    if callback.rule_code == SATISFACTION and recent_calls(callback, at) >= FATIGUE_CALLS:
        raise TooManyCalls()
