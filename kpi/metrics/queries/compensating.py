"""Which facts make up M62, compensation paid within ten working days, and the rows behind it.

As in `facts`, every condition holds for a given cut-off for ever: a compensation ends once, and keeps the moment.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cxorders.kit.formats import number
from cxorders.organisation.models import User
from kpi.metrics.models import MetricValue
from kpi.metrics.queries.facts import Window
from kpi.metrics.queries.paging import BASE, COUNTED, EXCLUDED, MISSED, Row, Rows, below, mark_of, page_by, seen_of
from touchpoints.compensation.enums import CompensationState
from touchpoints.compensation.models import Compensation
from touchpoints.orders.models import Order


def due(window: Window) -> QuerySet[Compensation]:
    """Compensations whose last day to pay fell into the month and before the cut-off (C2), refused ones included."""
    month = window.month
    return Compensation.objects.filter(
        due_at__gte=month.start, due_at__lt=month.end, due_at__lte=window.cut_off_at, created_at__lte=window.cut_off_at
    )


def refused(window: Window) -> Q:
    """Refused with a reason, or exempted, by the cut-off."""
    return Q(state=CompensationState.REFUSED, ended_at__isnull=False, ended_at__lte=window.cut_off_at)


def in_time(window: Window) -> Q:
    """Paid within ten working days, as noted by the cut-off; a late payment carries the second sum."""
    return Q(state=CompensationState.PAID, extra=0, ended_at__isnull=False, ended_at__lte=window.cut_off_at)


def owed_rows(value: MetricValue, part: str, window: Window, user: User, after: str, limit: int) -> Rows:
    """The compensations of a month: paid in time, late or not paid, refused."""
    no, paid = refused(window), in_time(window)
    conditions = {BASE: ~no, COUNTED: paid, MISSED: ~no & ~paid, EXCLUDED: no}
    rows = due(window).filter(conditions[part], below(value.unit))
    page, more = page_by(rows.select_related("stage__order", "stage__stage_type"), "due_at", after, limit)
    seen = seen_of(Order.objects.visible_to(user), [row.stage.order for row in page])
    found = [_row(row, window, visible=row.stage.order_id in seen) for row in page]
    return Rows(found, mark_of(page[-1].due_at, page[-1].pk) if more else "")


def _row(owed: Compensation, window: Window, *, visible: bool) -> Row:
    reason, icon = _why(owed, window)
    kind, amount = owed.stage.stage_type, _("%(sum)s 元") % {"sum": number(owed.amount, 2)}
    return Row(
        kind="order",
        number=owed.stage.order.number,
        title=f"{kind.name} · {amount}" if visible else "",
        at=owed.due_at,
        reason=reason,
        icon=icon,
        counts=icon == "circle-check",
        visible=visible,
    )


def _why(owed: Compensation, window: Window) -> tuple[str, str]:
    known = owed.ended_at is not None and owed.ended_at <= window.cut_off_at
    if known and owed.state == CompensationState.REFUSED:
        return owed.refused_for, "shield-check"
    if known and owed.extra == 0:
        return _("期限内付了"), "circle-check"
    return (_("晚付，加付一倍"), "clock-exclamation") if known else (_("截止时还没有付"), "calendar-x")
