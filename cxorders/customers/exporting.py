"""The list of customers as a file."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cxorders.customers.queries import page_of
from cxorders.transfer.exporting import SIZE, Asked, Exporter, walk

MOST_TEXT = 60


def _rows(asked: Asked) -> Iterator[Sequence[Any]]:
    text = (asked.query.get("phone") or asked.query.get("q") or "").replace("\x00", "").strip()[:MOST_TEXT]
    for customer in walk(lambda place: page_of(asked.user, text, place, SIZE)):
        yield (
            customer.number, customer.name, customer.salutation, asked.phone(customer.phone), customer.segment_code,
            _("是") if customer.do_not_call else _("否"), "；".join(home.address for home in customer.premises.all()),
            customer.company.name, customer.created_at,
        )  # fmt: skip


CUSTOMERS = Exporter(
    "customers", _("客户"), "customer.read",
    (_("客户号"), _("姓名"), _("称呼"), _("电话"), _("客户分类"), _("不外呼"), _("地址"), _("公司"), _("登记时间")),
    _rows, phones=True,
)  # fmt: skip
