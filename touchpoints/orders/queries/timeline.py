"""The journal of an order as lines people read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cxorders.journal.queries import timeline
from touchpoints.orders.enums import AskedBy, PauseReason
from touchpoints.orders.models import Order
from touchpoints.orders.wording import due_text

MOST = 60


@dataclass(frozen=True)
class Line:
    """One entry in the shape of the component `timeline`."""

    actor: str
    post: str
    verb: str
    at: datetime
    when: str
    icon: str
    kind: str
    text: str
    note: str
    strong: bool


WORDS: dict[str, tuple[str, str, Any]] = {
    "order.created": ("pencil", "", gettext_lazy("登记订单")),
    "order.accepted": ("clipboard-check", "", gettext_lazy("受理订单，承诺已冻结")),
    "order.customer_told": ("message-check", "", gettext_lazy("告知客户预计完工时间")),
    "order.rejected": ("ban", "", gettext_lazy("不予受理")),
    "order.running": ("loader-2", "", gettext_lazy("订单开始办理")),
    "order.suspended": ("player-pause", "warn", gettext_lazy("挂起整单")),
    "order.resumed": ("refresh", "", gettext_lazy("恢复整单")),
    "order.done": ("check", "ok", gettext_lazy("全部服务环节完成，转入观察期")),
    "order.closed": ("checks", "ok", gettext_lazy("订单结束")),
    "order.cancelled": ("x", "bad", gettext_lazy("取消订单")),
    "order.reopened": ("rotate-2", "bad", gettext_lazy("重开返工")),
    "order.progress_shared": ("external-link", "", gettext_lazy("生成客户进度链接")),
    "order.progress_withdrawn": ("ban", "warn", gettext_lazy("停用客户进度链接")),
    "order.progress_renewed": ("refresh", "", gettext_lazy("换了客户进度链接")),
    "order.call_wished": ("phone-call", "warn", gettext_lazy("客户约了来电时间")),
    "order.handed_over": ("user-check", "", gettext_lazy("首问负责转给")),
    "stage.started": ("arrow-narrow-right", "", gettext_lazy("开始")),
    "stage.completed": ("check", "", gettext_lazy("完成")),
    "stage.failed": ("x", "bad", gettext_lazy("未成")),
    "stage.retried": ("refresh", "", gettext_lazy("再约后继续")),
    "stage.skipped": ("minus", "", gettext_lazy("跳过")),
    "stage.decided": ("check", "", gettext_lazy("确定需要")),
    "stage.decision_due": ("help", "warn", gettext_lazy("待定是否需要")),
    "stage.paused": ("player-pause", "warn", gettext_lazy("挂起，停止计时")),
    "stage.pause_approved": ("gavel", "", gettext_lazy("批准挂起")),
    "stage.resumed": ("refresh", "", gettext_lazy("恢复计时")),
    "stage.assigned": ("user-check", "", gettext_lazy("交给")),
    "stage.appointed": ("calendar-event", "", gettext_lazy("约定时间并告知客户")),
    "stage.breach_told": ("message-check", "", gettext_lazy("告知客户失约原因")),
    "stage.exemption_asked": ("gavel", "", gettext_lazy("申请豁免失约")),
    "stage.exempted": ("gavel", "ok", gettext_lazy("同意豁免失约")),
    "stage.exemption_refused": ("gavel", "warn", gettext_lazy("不同意豁免失约")),
    "stage.called_back": ("phone-call", "ok", gettext_lazy("回访完成")),
    "pledge.given": ("message-check", "", gettext_lazy("口头答应客户")),
    "pledge.kept": ("checks", "ok", gettext_lazy("兑现口头承诺")),
    "pledge.changed": ("calendar-event", "warn", gettext_lazy("与客户另约承诺的时间")),
    "pledge.withdrawn": ("x", "", gettext_lazy("经客户同意取消口头承诺")),
    "pledge.handed_over": ("user-check", "", gettext_lazy("口头承诺转给")),
    "compensation.due": ("scale", "warn", gettext_lazy("失约，应赔付客户")),
    "compensation.paid": ("scale", "ok", gettext_lazy("付了失约赔付")),
    "compensation.refused": ("scale", "", gettext_lazy("失约不赔，写明原因")),
    "probe.handed_over": ("user-check", "", gettext_lazy("采集转给")),
    "probe.excused": ("info-circle", "", gettext_lazy("说明了没有采集的原因")),
    "stage.not_called_back": ("phone-off", "", gettext_lazy("回访未接通")),
}
"""verb → icon, kind, words"""


def timeline_of(order: Order) -> list[Line]:
    """The newest lines of the order's journal, newest first; the start of a stage by the system is left out."""
    rows = timeline(order).exclude(verb__in=("stage.started", "order.running"))[:MOST]
    return [_line(row.verb, row.actor_name, row.at, row.data) for row in rows]


def _line(verb: str, actor: str, at: datetime, data: dict[str, Any]) -> Line:
    icon, kind, words = WORDS.get(verb, ("point", "", verb))
    english = (get_language() or "").startswith("en")
    stage = str(data.get("en" if english and data.get("en") else "zh", "") or "")
    said = f"{stage}{' · ' if stage else ''}{words}"
    if data.get("assignee_name"):
        said = f"{said} {data['assignee_name']}"
    if data.get("late"):
        kind = "bad"
    return Line(
        actor=actor or _("系统"),
        post="",
        verb=said,
        at=at,
        when="",
        icon=icon,
        kind=kind,
        text=_text(data),
        note=_note(data),
        strong=False,
    )


def _text(data: dict[str, Any]) -> str:
    """The reason a person gave."""
    parts = [str(data["text"])] if data.get("text") else []
    reason = str(data.get("reason") or "")
    if reason:
        parts.insert(0, str(PauseReason(reason).label) if reason in PauseReason.values else reason)
    if data.get("alternative"):
        parts.append(_("替代办法：%(text)s") % {"text": data["alternative"]})
    return "\n".join(parts)


def _note(data: dict[str, Any]) -> str:
    """Moments and people that belong to the line."""
    parts = []
    for key, words in (
        ("promised_at", _("预计 %(at)s")),
        ("appointed_at", _("约定 %(at)s")),
        ("retry_by", _("%(at)s 前再约")),
        ("auto_end_at", _("最迟 %(at)s 恢复")),
        ("due_at", _("时限 %(at)s")),
    ):
        moment = parse_datetime(str(data[key])) if data.get(key) else None
        if moment is not None:
            parts.append(words % {"at": due_text(moment)})
    if data.get("approved_by"):
        parts.append(_("%(name)s 批准") % {"name": data["approved_by"]})
    if data.get("asked_by") in AskedBy.values:
        parts.append(_("%(who)s 提出") % {"who": AskedBy(data["asked_by"]).label})
    return " · ".join(parts)
