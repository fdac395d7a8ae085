"""The two kinds of orders a table may hold: orders that move, and history."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cxorders.customers.importing import ADDRESS, CUSTOMER_NUMBER, CUSTOMER_PHONE
from cxorders.transfer import cells
from cxorders.transfer.kinds import Column, Kind, Origin, Pass, Words
from cxorders.transfer.models import Made
from cxorders.transfer.references import pieces
from touchpoints.orders.importing.passes import HistoryPass, OrdersPass, tell_of
from touchpoints.orders.models import Order, Stage, StageType

MOST_STAGES = 12
"""pairs of stage columns in a table of history; no order type has more stages"""
QUIET = frozenset({"order.imported"})

ORIGINAL = Column(
    "original", _("原单号"), cells.short(60), required=True,
    synonyms=("单号", "订单号", "工单号", "工单编号", "订单编号", "外部单号"),
    about=_("原系统里的单号；同一单号只会导入一次"), example="2025-GD-00871",
)  # fmt: skip
SHARED = (
    ORIGINAL,
    CUSTOMER_NUMBER,
    CUSTOMER_PHONE,
    Column(
        "type", _("订单类型"), cells.short(60), required=True, synonyms=("类型", "业务类型", "工单类型"),
        about=_("代码或名称，见“订单类型”表"), example="OT-RETAIL-INSTALL",
    ),
    Column(
        "unit", _("受理单位"), cells.short(80), required=True, synonyms=("受理部门", "部门", "营业厅", "单位"),
        about=_("本企业单位的代码或名称"), example="中心营业厅",
    ),
    Column(
        "accepted", _("受理时间"), cells.moment, required=True,
        synonyms=("受理日期", "登记时间", "申请时间", "报装日期"),
        about=_("日期，或日期加时间"), example="2026-03-05 09:30", is_text=False,
    ),
    replace(ADDRESS, about=_("客户已登记的用气地址；可不填")),
    Column(
        "promised", _("承诺完工"), cells.moment, synonyms=("承诺完工日期", "约定完成时间", "预计完工"),
        about=_("告诉过客户的完工时间；不填则按现行标准推算"), example="2026-04-05", is_text=False,
    ),
    Column(
        "title", _("说明"), cells.short(120), synonyms=("备注", "事由", "内容"), about=_("一句话说明，可不填"),
        example="加装采暖炉",
    ),
)  # fmt: skip


class _OrderKind(Kind):
    icon = "map-route"
    makes = (Order,)
    belongings: ClassVar = ((Stage, "order"),)
    quiet_verbs: ClassVar[frozenset[str]] = QUIET

    def restore(self, made: Sequence[Made], *, at: datetime) -> None:
        """The heat map hears of the stages that go."""
        for piece in pieces([one.object_id for one in made]):
            rows = Stage.objects.filter(order__in=piece, ended_at__isnull=False).order_by("pk")
            over: dict[int, list[Stage]] = defaultdict(list)
            for stage in rows.only("company_id", "ended_at", "due_at"):
                over[stage.company_id].append(stage)
            for company_id, stages in over.items():
                tell_of(company_id, stages, at=at)

    def guides(self) -> Iterable[tuple[Words, Sequence[Words], Sequence[Sequence[Any]]]]:
        """Order types with their stages, for the template."""
        rows = StageType.objects.filter(retired=False, order_type__retired=False).select_related("order_type")
        lines, number, before = [], 0, None
        for row in rows.order_by("order_type__position", "order_type", "seq"):
            number = number + 1 if row.order_type_id == before else 1
            before = row.order_type_id
            lines.append((row.order_type.code, row.order_type.name, number, row.code, row.name))
        return ((_("订单类型"), (_("类型代码"), _("订单类型"), _("序号"), _("环节代码"), _("环节")), lines),)


class OrdersKind(_OrderKind):
    """Orders on their way: drafts, or running in a stage that is named."""

    code = "orders"
    name = _("在办订单")
    about = _("还没有完工的订单：填当前环节的继续办理，不填的成为草稿")
    columns = (
        *SHARED,
        Column(
            "stage", _("当前环节"), cells.short(60), synonyms=("环节", "当前状态", "办理环节"),
            about=_("环节代码或名称，见“订单类型”表；不填为草稿"), example="DESIGN",
        ),
        Column(
            "stage_started", _("环节开始时间"), cells.moment, synonyms=("环节开始", "进入环节时间"),
            about=_("当前环节从什么时候开始；不填按受理时间"), example="2026-03-12", is_text=False,
        ),
    )  # fmt: skip

    def begin(self, origin: Origin) -> Pass:
        """A pass over orders that move."""
        return OrdersPass(origin)


class HistoryKind(_OrderKind):
    """Finished orders with the times of their stages."""

    code = "history"
    name = _("历史订单")
    about = _("已经完工的订单和各环节起止时间，用于查询和对比")
    icon = "history"
    columns = (
        *SHARED,
        Column(
            "done", _("完工时间"), cells.moment, required=True, synonyms=("完工日期", "办结时间", "完成时间"),
            about=_("日期，或日期加时间"), example="2026-04-02 16:00", is_text=False,
        ),
        *(
            column
            for number in range(1, MOST_STAGES + 1)
            for column in (
                Column(
                    f"start{number}", format_lazy("{}{}{}", _("环节"), number, _("开始")), cells.moment,
                    about=_("第几个环节见“订单类型”表的序号；没有走的环节留空"), is_text=False,
                    example="2026-03-05 09:30" if number == 1 else "",
                ),
                Column(
                    f"end{number}", format_lazy("{}{}{}", _("环节"), number, _("完成")), cells.moment, is_text=False,
                    example="2026-03-05 10:00" if number == 1 else "",
                ),
            )
        ),
    )  # fmt: skip

    def begin(self, origin: Origin) -> Pass:
        """A pass over finished orders."""
        return HistoryPass(origin, MOST_STAGES)
