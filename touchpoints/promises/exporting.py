"""The list of promises as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxorders.transfer.exporting import SIZE, Asked, Exporter, walk
from touchpoints.promises.filters import wanted_from
from touchpoints.promises.queries import Promises, Row

HEADERS = (
    _("订单号"), _("订单类型"), _("客户"), _("公司"), _("环节"), _("单位"), _("承诺"), _("状态"), _("开始"), _("到期"),
    _("完成"), _("原因"), _("告知客户"), _("谁在办"),
)  # fmt: skip


def _rows(asked: Asked) -> Iterator[Sequence[Any]]:
    wanted, now = wanted_from(asked.query), timezone.now()

    def page(place: Any) -> tuple[list[Row], Any]:
        found = Promises(asked.user, replace(wanted, after=place), now).page(SIZE)
        return found.rows, found.next

    for row in walk(page):
        stage, order = row.stage, row.stage.order
        yield (
            order.number, order.order_type.name, str(order.customer or order.anonymous_reason), stage.company.name,
            stage.stage_type.name, stage.unit.name, row.promise, row.standing.label, stage.started_at, stage.due_at,
            stage.ended_at, "；".join(row.why), row.told.at if row.told else None,
            str(stage.assignee) if stage.assignee else "",
        )  # fmt: skip


PROMISES = Exporter("promises", _("承诺"), "order.read", HEADERS, _rows)
