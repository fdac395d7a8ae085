"""The rows behind M34 and M54, by the same conditions as the counts."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cxorders.organisation.models import User
from feedback.intake.models import Record
from feedback.probes.models import Probe
from kpi.metrics.models import MetricValue
from kpi.metrics.queries import probing
from kpi.metrics.queries.facts import Window
from kpi.metrics.queries.paging import (
    COUNTED,
    EXCLUDED,
    MISSED,
    Row,
    Rows,
    below,
    mark_of,
    page_by,
    place_of,
    seen_of,
)
from touchpoints.orders.models import Order

SHOWN = ("order", "stage__stage_type", "key_point", "method")


# ---- M54 -----------------------------------------------------------------------------------------------------------


def expected_probes(value: MetricValue, part: str, window: Window, user: User, after: str, limit: int) -> Rows:
    """The probes of a month: with a record, without one, excused."""
    rows = probing.required(window).annotate(heard=probing.heard(window)).filter(below(value.unit))
    no = probing.excused(window)
    rows = rows.filter(no) if part == EXCLUDED else rows.exclude(no)
    if part in (COUNTED, MISSED):
        rows = rows.filter(heard=part == COUNTED)
    page, more = page_by(rows.select_related(*SHOWN), "due_at", after, limit)
    seen = seen_of(Order.objects.visible_to(user), [probe.order for probe in page])
    found = []
    for probe in page:
        if part == EXCLUDED:
            said = (str(probe.get_excuse_code_display()), "info-circle")
        elif probe.heard:
            said = (_("有记录"), "circle-check")
        else:
            said = (_("没有记录"), "calendar-x")
        found.append(_probe_row(probe, probe.due_at, said, counts=said[1] == "circle-check", seen=seen))
    return Rows(found, mark_of(page[-1].due_at, page[-1].pk) if more else "")


def _probe_row(probe: Probe, at: datetime, said: tuple[str, str], *, counts: bool, seen: set[int]) -> Row:
    visible = probe.order_id in seen
    stage, point, method = probe.stage.stage_type.name, probe.key_point.name, probe.method.name
    return Row(
        kind="order",
        number=probe.order.number,
        title=f"{stage} · {point} · {method}" if visible else "",
        at=at,
        reason=said[0],
        icon=said[1],
        counts=counts,
        visible=visible,
    )


# ---- M34 -----------------------------------------------------------------------------------------------------------


def reported(value: MetricValue, part: str, window: Window, user: User, after: str, limit: int) -> Rows:
    """Staff records in time and late, and the stages nobody reported, the latest first.

    Two kinds of facts in one list: their places are told apart by the last bit of the key.
    """
    inside = below(value.unit)
    records: QuerySet[Any] = probing.staff_records(window).filter(inside).select_related("key_point")
    silent: QuerySet[Any] = probing.silent_stages(window).annotate(no=probing.excused_stage(window)).filter(inside)
    silent = silent.select_related(*SHOWN).filter(no=part == EXCLUDED)
    if part == EXCLUDED:
        records = records.none()
    if part in (COUNTED, MISSED):
        records = records.filter(late=part == MISSED)
    if part == COUNTED:
        silent = silent.none()
    first = _some(records, "occurred_at", 0, after, limit)
    second = _some(silent, "missing_at", 1, after, limit)
    together = sorted([*first, *second], key=lambda row: (row[0], row[1]), reverse=True)
    page = together[:limit]
    seen_records = seen_of(Record.objects.visible_to(user), [fact for _at, _key, fact in page if _is_record(fact)])
    seen_orders = seen_of(Order.objects.visible_to(user), [row[2].order for row in page if not _is_record(row[2])])
    found = []
    for at, _place, fact in page:
        if _is_record(fact):
            found.append(_record_row(fact, fact.pk in seen_records))
        elif part == EXCLUDED:
            found.append(_probe_row(fact, at, (_("说明了原因"), "info-circle"), counts=False, seen=seen_orders))
        else:
            said = (_("5 个工作日内员工没有记录"), "calendar-x")
            found.append(_probe_row(fact, at, said, counts=False, seen=seen_orders))
    more = len(together) > limit
    return Rows(found, mark_of(page[-1][0], page[-1][1]) if more else "")


def _is_record(fact: Record | Probe) -> bool:
    return isinstance(fact, Record)


def _some(rows: QuerySet[Any], name: str, bit: int, after: str, limit: int) -> list[tuple[datetime, int, Any]]:
    """Moment, place and fact of one kind, one more than a page."""
    mark = place_of(after)
    if mark is not None:
        at, place = mark
        rows = rows.filter(Q(**{f"{name}__lt": at}) | Q(**{name: at, "pk__lt": (place - bit + 1) // 2}))
    found = rows.order_by(f"-{name}", "-pk")[: limit + 1]
    return [(getattr(fact, name), 2 * fact.pk + bit, fact) for fact in found]


def _record_row(record: Record, visible: bool) -> Row:
    return Row(
        kind="record",
        number=record.number,
        title=(record.verbatim[:60] or record.key_point.name) if visible else "",
        at=record.occurred_at,
        reason=_("迟报") if record.late else _("按时记录"),
        icon="clock-exclamation" if record.late else "circle-check",
        counts=not record.late,
        visible=visible,
        rating=record.rating,
    )
