"""A company approves what it pays for a broken promise, from when on, or switches it off."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import Unit, User
from touchpoints.compensation import policy
from touchpoints.compensation.enums import MOST_AMOUNT
from touchpoints.compensation.models import CompensationItem, CompensationTerms
from touchpoints.compensation.queries import today_of

CENT = Decimal("0.01")


class StandardNotInTable(BusinessError):
    """Only standards of the table of the catalogue are paid for."""

    code = "compensation_not_in_table"
    zh = "赔付表里没有这项标准，或已停用。"
    en = "The compensation table has no such standard, or it is retired."
    status = 404


class TermsAmountWrong(BusinessError):
    code = "compensation_amount_wrong"
    zh = "金额从 0 到 {most} 元，最多两位小数。"
    en = "The amount is between 0 and {most} yuan, with at most two decimals."


class TermsTooEarly(BusinessError):
    """What broke before the decision was taken is not paid for, and a month that was counted stays as it was."""

    code = "compensation_terms_too_early"
    zh = "最早从明天起生效，已经失约的承诺不追溯。"
    en = "It can take effect tomorrow at the earliest; promises already broken are not included."


@transaction.atomic
def set_terms(
    company: Unit, code: str, *, by: User, at: datetime, is_on: bool, amount: Decimal, valid_from: date
) -> CompensationTerms:
    """Decide for promises by the standard `code` that break on `valid_from` or later: paid with `amount` yuan, or not.

    Earlier decisions stay as rows; the newest one whose day has come counts. The same decision again changes nothing.
    Effects: the row; journal `compensation.switched_on` or `compensation.switched_off`.
    Errors: NotAllowed, StandardNotInTable, TermsAmountWrong, TermsTooEarly.
    """
    if not policy.may_set(by, company):
        raise NotAllowed()
    item = CompensationItem.objects.filter(code=code, retired=False).first()
    if item is None:
        raise StandardNotInTable()
    if not amount.is_finite() or not 0 <= amount <= MOST_AMOUNT or amount != amount.quantize(CENT):
        raise TermsAmountWrong(field="amount", most=MOST_AMOUNT)
    if valid_from <= today_of(company, at):
        raise TermsTooEarly(field="valid_from")
    Unit.objects.select_for_update().get(pk=company.pk)  # two decisions come one after the other
    last = CompensationTerms.objects.filter(company=company, item=item).order_by("-pk").first()
    wanted = {"is_on": is_on, "amount": amount, "valid_from": valid_from}
    if last is not None and all(getattr(last, name) == value for name, value in wanted.items()):
        return last
    terms = CompensationTerms.objects.create(company=company, item=item, by=by, at=at, **wanted)
    record(
        terms, "compensation.switched_on" if is_on else "compensation.switched_off", by=by, at=at,
        unit_id=company.pk, company_id=company.pk, code=item.code, zh=item.standard.zh, en=item.standard.en,
        amount=str(amount), valid_from=valid_from.isoformat(), before=_words(last),
    )  # fmt: skip
    return terms


def _words(last: CompensationTerms | None) -> str:
    """The decision before, as the journal keeps it; nothing where there was none or it was switched off."""
    return f"{last.amount} · {last.valid_from.isoformat()}" if last is not None and last.is_on else ""
