"""The queue of issues as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxorders.transfer.exporting import SIZE, Asked, Exporter, walk
from feedback.issues.filters import wanted_from
from feedback.issues.queries.listing import Row, page_of

HEADERS = (
    _("问题号"), _("问题"), _("状态"), _("等级"), _("触点"), _("类别"), _("公司"), _("单位"), _("负责人"), _("客户"),
    _("电话"), _("登记时间"), _("答复期限"), _("答复时间"), _("关闭时间"), _("答复"), _("超时"),
)  # fmt: skip


def _rows(asked: Asked) -> Iterator[Sequence[Any]]:
    request = HttpRequest()
    request.GET = asked.query  # type: ignore[assignment]
    wanted, now = wanted_from(request), timezone.now()

    def page(place: Any) -> tuple[list[Row], Any]:
        found = page_of(asked.user, replace(wanted, after=place), at=now, size=SIZE)
        return found.rows, found.next

    for row in walk(page):
        one, customer = row.issue, row.issue.customer
        yield (
            one.number, one.title, one.get_state_display(), one.severity.name if one.severity else "",
            one.touchpoint.name, one.category.name if one.category else "", one.company.name, one.unit.name,
            str(one.owner) if one.owner else "", customer.name if customer else "",
            asked.phone(customer.phone if customer else ""), one.opened_at, one.due_at, one.replied_at, one.closed_at,
            one.reply_text, _("是") if row.is_late else "",
        )  # fmt: skip


ISSUES = Exporter("issues", _("问题"), "issue.read", HEADERS, _rows, phones=True)
