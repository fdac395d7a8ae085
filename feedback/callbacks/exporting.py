"""The queue of call-backs as a file."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxorders.organisation.models import User
from cxorders.transfer.exporting import SIZE, Asked, Exporter, walk
from feedback.callbacks.queries.listing import DUTIES, Line, Place, page_of

HEADERS = (
    _("问题或订单"), _("为什么回访"), _("事由"), _("客户"), _("电话"), _("公司"), _("单位"), _("状态"), _("窗口开始"),
    _("窗口结束"), _("已拨次数"), _("下次拨打"), _("领取人"),
)  # fmt: skip


def _page(user: User, duty: str, now: datetime, place: Place | None) -> tuple[list[Line], Place | None]:
    return page_of(user, duty, at=now, after=place, size=SIZE)


def _rows(asked: Asked) -> Iterator[Sequence[Any]]:
    duty, now = asked.query.get("duty", ""), timezone.now()
    # without a chosen tab the file holds all that wait, each once
    for name in (duty,) if duty in DUTIES else ("complaint", "satisfaction", "planned"):
        for line in walk(partial(_page, asked.user, name, now)):
            one = line.callback
            source = one.issue or one.order
            yield (
                source.number if source else "", line.why, line.about, line.name,
                asked.phone(one.customer.phone if one.customer else ""), one.company.name, one.unit.name,
                one.get_state_display(), one.window_start, one.window_end, one.attempts_count, one.next_try_at,
                str(one.claimed_by) if one.claimed_by else "",
            )  # fmt: skip


CALLBACKS = Exporter("callbacks", _("回访"), "callback.read", HEADERS, _rows, phones=True)
