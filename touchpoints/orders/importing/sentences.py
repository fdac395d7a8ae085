"""What may be wrong with a row about orders or appointments; added to the sentences of the import."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "no_premises": _("这位客户没有登记这个地址，请先导入用气地址"),
    "no_such_stage": _("这类订单只有 %(count)s 个环节"),
    "after_done": _("晚于完工时间"),
    "no_window": _("“%(text)s”不是上门时段，例如 08:30-10:30 或 上午"),
    "past_day": _("日期已经过去"),
    "not_running": _("订单不在进行中，不能约上门"),
    "no_open_stage": _("订单没有这个进行中的环节"),
    "no_such_crew": _("“%(text)s”不是负责这个环节的班组"),
}
"""code → sentence"""
