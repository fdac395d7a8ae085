"""What call-backs say on the customer page: calls that did not reach the customer, and calls that did."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _

from cxorders.customers.models import Customer
from cxorders.customers.panels import MOST_TOUCHES, Reason, Told, Touch, Why
from cxorders.kit.formats import date_prose
from cxorders.organisation.models import User
from feedback.callbacks.enums import CallbackState
from feedback.callbacks.models import Callback

S = CallbackState
REMEMBERED = timedelta(days=7)
"""how long a customer may call back after we rang in vain"""
MOST = 20


def told_of_customer(customer: Customer, user: User, at: datetime) -> Told:
    """Calls missed in the last days, and the last ones that ended without a record of their own. Two queries."""
    rows = Callback.objects.filter(customer_id__in=customer.keys).select_related("issue", "order", "finished_by")
    found = list(rows.prefetch_related("attempts").order_by("-pk")[:MOST])
    missed = [reason for row in found for reason in _missed(row, at)]
    ended = [row for row in found if row.finished_at is not None and row.record_id is None and row.state != S.VOID]
    return Told(reasons=missed, touches=[_touch(row) for row in ended[:MOST_TOUCHES]])


def _about(row: Callback) -> str:
    if row.issue is not None:
        return _("问题 %(number)s 的回访") % {"number": row.issue.number}
    if row.order is not None:
        return _("订单 %(number)s 的回访") % {"number": row.order.number}
    return _("回访")


def _missed(row: Callback, at: datetime) -> list[Reason]:
    if row.state not in (S.RETRY_PLANNED, S.UNREACHABLE) or not row.attempts_count:
        return []
    tries = [attempt.at for attempt in row.attempts.all()]
    if not tries or max(tries) < at - REMEMBERED:
        return []
    said = {"about": _about(row), "at": date_prose(max(tries)), "n": row.attempts_count}
    source = _("%(about)s打过 %(n)s 次没接通，最近 %(at)s") % said
    return [Reason(Why.CALLBACK_MISSED, _("我们打过电话没接到"), source, "", max(tries))]


def _touch(row: Callback) -> Touch:
    at = row.finished_at or row.planned_at
    by = row.finished_by.name if row.finished_by is not None else ""
    what = f"{_about(row)} · {row.get_state_display()}"
    return Touch(at, _("回访"), "phone-call", what, rating=row.rating, by=by)


def count_of(keys: Sequence[int]) -> Mapping[int, int]:
    """Customer key → number of call-backs."""
    rows = Callback.objects.filter(customer_id__in=keys).order_by().values_list("customer_id")
    return {key: many for key, many in rows.annotate(many=Count("pk")) if key is not None}
