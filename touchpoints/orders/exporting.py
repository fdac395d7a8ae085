"""The list of orders as a file; for a month of one stage, the stages behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxorders.organisation.access import may
from cxorders.transfer.exporting import SIZE, Asked, Exporter, walk
from touchpoints.orders.filters import passages_from, wanted_from
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries.listing import Row, page_of
from touchpoints.orders.queries.passages import WantedPassages, passages_of

HEADERS = (
    _("订单号"), _("订单类型"), _("状态"), _("客户"), _("电话"), _("地址"), _("公司"), _("受理单位"), _("首问人"),
    _("受理时间"), _("承诺完工"), _("预计完工"), _("完工时间"), _("环节"), _("环节单位"), _("环节开始"), _("环节到期"),
    _("环节完成"), _("情况"),
)  # fmt: skip


def _rows(asked: Asked) -> Iterator[Sequence[Any]]:
    now = timezone.now()
    passages = passages_from(asked.query)
    if passages is not None:
        yield from _passages(asked, passages)
        return
    wanted = wanted_from(asked.query, may(asked.user, "dashboard.read"))

    def page(place: Any) -> tuple[Sequence[Row], Any]:
        found = page_of(asked.user, replace(wanted, after=place), now, SIZE)
        return found.rows, found.next

    for row in walk(page):
        yield _line(asked, row.order, row.stage, row.slip.label if row.slip else row.note or row.waits)


def _passages(asked: Asked, wanted: WantedPassages) -> Iterator[Sequence[Any]]:
    now = timezone.now()

    def page(place: Any) -> tuple[Sequence[Any], Any]:
        found = passages_of(asked.user, replace(wanted, after=place), now, SIZE)
        return (found.rows, found.next) if found is not None else ((), None)

    for row in walk(page):
        yield _line(asked, row.stage.order, row.stage, row.slip.label if row.slip else "")


def _line(asked: Asked, order: Order, stage: Stage | None, standing: str) -> Sequence[Any]:
    customer, home = order.customer, order.premises
    return (
        order.number, order.order_type.name, order.get_state_display(),
        customer.name if customer else order.anonymous_reason, asked.phone(customer.phone if customer else ""),
        home.address if home else "", order.company.name, order.unit.name, str(order.owner) if order.owner else "",
        order.created_at, order.promised_at, order.expected_at, order.done_at, stage.stage_type.name if stage else "",
        stage.unit.name if stage else "", stage.started_at if stage else None, stage.due_at if stage else None,
        stage.ended_at if stage else None, standing,
    )  # fmt: skip


ORDERS = Exporter("orders", _("订单"), "order.read", HEADERS, _rows, phones=True)
