"""Paying a compensation, or refusing it with the reason."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.states import may_move, move
from cxorders.organisation.models import User
from cxorders.organisation.queries.calendars import calendar_for
from touchpoints.compensation import policy
from touchpoints.compensation.enums import (
    COMPENSATION_TRANSITIONS,
    LEAST_TEXT,
    MOST_TEXT,
    OTHER,
    OTHER_EN,
    OTHER_ZH,
    CompensationState,
    PaidForm,
)
from touchpoints.compensation.models import Compensation
from touchpoints.orders.actions.flow import note

MOST_REFERENCE = 60


class PaymentIncomplete(BusinessError):
    """A payment nobody can look up is none."""

    code = "compensation_payment_incomplete"
    zh = "请写明怎样付的，以及凭证号或账单号。"
    en = "Say how it was paid, and the number of the voucher or bill."


class PaidOnWrong(BusinessError):
    code = "compensation_paid_on_wrong"
    zh = "付款日期在失约那天（{first}）到今天之间。"
    en = "The day of payment lies between the day of the breach ({first}) and today."


class PaymentSumWrong(BusinessError):
    """Paid late, the same sum is owed once more."""

    code = "compensation_sum_wrong"
    zh = "按这个付款日期应付 {owed} 元（赔付 {amount} 元，逾期加付 {extra} 元）。"
    en = "Paid on that day, {owed} yuan are owed ({amount} yuan, and {extra} yuan for being late)."


class RefusalWithoutReason(BusinessError):
    code = "compensation_refusal_without_reason"
    zh = "选一项原因，并用至少 {least} 个字说明。"
    en = "Choose the reason and explain it in at least {least} characters."


def owed_on(compensation: Compensation, day: date) -> tuple[Decimal, Decimal]:
    """Yuan owed to a customer who is paid on `day` (of the company's calendar), and how much of it for being late."""
    deadline = compensation.due_at.astimezone(calendar_for(compensation.company).tz).date()
    extra = compensation.amount if day > deadline else Decimal(0)
    return compensation.amount + extra, extra


@transaction.atomic
def pay_compensation(
    compensation: Compensation,
    *,
    by: User | None,
    at: datetime,
    paid_on: date,
    form: str,
    reference: str,
    paid: Decimal,
) -> Compensation:
    """due → paid. Paid after the deadline, the same sum is owed again (M62, pattern P43) and recorded as `extra`.

    `paid_on`: day of the company's calendar; `paid`: yuan, exactly what is owed on that day.
    Effects: journal `compensation.paid`.
    Errors: NotAllowed, WrongState, PaidOnWrong, PaymentIncomplete, PaymentSumWrong, Stale.
    """
    _require(compensation, CompensationState.PAID, by)
    zone = calendar_for(compensation.company).tz
    first, today = compensation.broken_at.astimezone(zone).date(), at.astimezone(zone).date()
    if not first <= paid_on <= today:
        raise PaidOnWrong(field="paid_on", first=first.isoformat())
    number = reference.strip()
    if form not in PaidForm.values or not number or len(number) > MOST_REFERENCE:
        raise PaymentIncomplete(field="reference" if form in PaidForm.values else "form")
    owed, extra = owed_on(compensation, paid_on)
    if paid != owed:
        raise PaymentSumWrong(field="paid", owed=owed, amount=compensation.amount, extra=extra)
    move(
        compensation, CompensationState.PAID, table=COMPENSATION_TRANSITIONS,
        paid_on=paid_on, paid_form=form, reference=number, extra=extra, ended_at=at, ended_by=by,
    )  # fmt: skip
    note(
        compensation.stage, "compensation.paid", by=by, at=at, compensation=compensation.number,
        amount=str(owed), extra=str(extra), paid_on=paid_on.isoformat(), form=form, reference=number,
    )  # fmt: skip
    return compensation


@transaction.atomic
def refuse_compensation(
    compensation: Compensation, *, by: User | None, at: datetime, reason: str, text: str
) -> Compensation:
    """due → refused. `reason`: an exemption of the table by its English words, or "other"; `text` explains it.

    Effects: journal `compensation.refused`. Errors: NotAllowed, WrongState, RefusalWithoutReason, Stale.
    """
    _require(compensation, CompensationState.REFUSED, by)
    known = {en: zh for zh, en in compensation.terms.item.exempt} | {OTHER: OTHER_ZH}
    said = text.strip()
    if reason not in known or not LEAST_TEXT <= len(said) <= MOST_TEXT:
        raise RefusalWithoutReason(field="text" if reason in known else "reason", least=LEAST_TEXT)
    move(
        compensation, CompensationState.REFUSED, table=COMPENSATION_TRANSITIONS,
        refused_zh=known[reason], refused_en=OTHER_EN if reason == OTHER else reason, text=said,
        ended_at=at, ended_by=by,
    )  # fmt: skip
    note(
        compensation.stage, "compensation.refused", by=by, at=at,
        compensation=compensation.number, text=f"{known[reason]}：{said}",
    )  # fmt: skip
    return compensation


def _require(compensation: Compensation, target: str, by: User | None) -> None:
    if not policy.may_settle(by, compensation):
        raise NotAllowed()
    if not may_move(COMPENSATION_TRANSITIONS, compensation.state, target):
        raise WrongState()
