"""The list of feedback records as a file, in the customers' own words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxorders.transfer.exporting import SIZE, Asked, Exporter, walk
from feedback.intake.filters import wanted_from
from feedback.intake.models import Record
from feedback.intake.queries import page_of

HEADERS = (
    _("记录号"), _("提交时间"), _("发生时间"), _("触点"), _("关键点"), _("公司"), _("单位"), _("采集人"), _("方式"),
    _("评分"), _("负面"), _("客户原话"), _("客户"), _("电话"), _("订单号"), _("补录"), _("校验码"),
)  # fmt: skip


def _rows(asked: Asked) -> Iterator[Sequence[Any]]:
    wanted = wanted_from(asked.query, timezone.now())

    def page(place: Any) -> tuple[list[Record], Any]:
        found = page_of(asked.user, replace(wanted, after=place), SIZE)
        return found.records, found.next

    for one in walk(page):
        customer = one.customer
        yield (
            one.number, one.submitted_at, one.occurred_at, one.touchpoint.name, one.key_point.name, one.company.name,
            one.unit.name, str(one.collector) if one.collector else "", one.method.name, one.rating,
            _("是") if one.negative else "", one.verbatim, customer.name if customer else one.anonymous_reason,
            asked.phone(customer.phone if customer else ""), one.order.number if one.order else "",
            _("是") if one.late else "", one.digest,
        )  # fmt: skip


RECORDS = Exporter("records", _("体验反馈"), "record.read", HEADERS, _rows, phones=True)
