"""State → colour kind, icon and word, in one table (STYLE §2). A new state picks a kind, never a new colour."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Label = str | Promise


class Badge(NamedTuple):
    """What a state looks like: CSS kind (hold, run, up, brand, ok, warn, bad, line, solid-bad), icon name, word."""

    kind: str
    icon: str
    label: Label


ISSUE = {
    "new": Badge("hold", "inbox", pgettext_lazy("issue", "新建")),
    "triaged": Badge("run", "tag", _("已定级")),
    "dispatched": Badge("run", "send", _("已派单")),
    "accepted": Badge("run", "user-check", _("已接收")),
    "returned": Badge("warn", "corner-down-left", _("退单待裁")),
    "in_progress": Badge("run", "loader-2", _("处理中")),
    "pending_customer": Badge("hold", "player-pause", _("待客户")),
    "gate_review": Badge("up", "gavel", _("公司把关")),
    "hq_queue": Badge("up", "building-bank", _("待集团受理")),
    "hq_dispatched": Badge("up", "building-bank", _("集团处理")),
    "replied": Badge("brand", "message-check", _("已答复")),
    "verifying": Badge("brand", "phone-call", _("回访核实")),
    "closed": Badge("ok", "check", pgettext_lazy("issue", "已关闭")),
    "reopened": Badge("bad", "rotate-2", _("已重开")),
    "merged": Badge("hold", "git-merge", _("已合并")),
    "rejected": Badge("hold", "ban", _("不予受理")),
}
ORDER = {
    "draft": Badge("hold", "pencil", _("草稿")),
    "accepted": Badge("run", "clipboard-check", _("已受理")),
    "running": Badge("run", "loader-2", _("进行中")),
    "suspended": Badge("hold", "player-pause", _("已挂起")),
    "done": Badge("brand", "check", _("已完工")),
    "observing": Badge("brand", "eye-check", _("观察期")),
    "closed": Badge("ok", "checks", _("已结束")),
    "cancelled": Badge("hold", "x", _("已取消")),
    "rejected": Badge("hold", "ban", _("不予受理")),
}
STAGE = {
    "pending": Badge("hold", "circle", _("未开始")),
    "active": Badge("run", "loader-2", _("进行中")),
    "paused": Badge("hold", "player-pause", _("挂起")),
    "done": Badge("brand", "check", pgettext_lazy("stage", "完成")),
    "skipped": Badge("line", "minus", _("跳过")),
    "failed": Badge("bad", "x", _("失败")),
    "late": Badge("bad", "exclamation-mark", _("超时")),
}
APPOINTMENT = {
    "booked": Badge("run", "calendar-event", _("已约")),
    "confirmed": Badge("brand", "user-check", _("已确认")),
    "kept": Badge("ok", "check", _("按时到场")),
    "late": Badge("warn", "clock-exclamation", _("到场晚了")),
    "no_access": Badge("warn", "home", _("上门不遇")),
    "missed": Badge("bad", "calendar-x", _("未到场")),
    "cancelled": Badge("hold", "x", pgettext_lazy("appointment", "已取消")),
    "moved": Badge("hold", "calendar-time", _("已改约")),
}
IMPORT = {
    "uploaded": Badge("hold", "cloud-up", _("已上传")),
    "mapped": Badge("hold", "adjustments", _("已对列")),
    "checking": Badge("run", "loader-2", _("检查中")),
    "previewed": Badge("warn", "eye-check", _("待导入")),
    "loading": Badge("run", "loader-2", _("导入中")),
    "loaded": Badge("ok", "check", _("已导入")),
    "failed": Badge("bad", "alert-triangle", _("已中断")),
    "undoing": Badge("run", "arrow-back-up", _("撤销中")),
    "undone": Badge("hold", "arrow-back-up", _("已撤销")),
    "discarded": Badge("hold", "trash", _("已放弃")),
}
STANDARD = {
    "draft": Badge("warn", "hourglass", _("待批准")),
    "rejected": Badge("bad", "x", _("没有批准")),
    "withdrawn": Badge("hold", "arrow-back-up", _("提议人撤回")),
    "replaced": Badge("hold", "git-merge", _("没有生效就被接替")),
    "approved": Badge("run", "calendar-event", _("已批准，待生效")),
    "displayed": Badge("brand", "eye-check", _("已公示，待生效")),
    "in_force": Badge("ok", "check", _("生效中")),
    "superseded": Badge("hold", "minus", _("已失效")),
}
RECORD = {
    "captured": Badge("warn", "cloud-up", _("待上传")),
    "submitted": Badge("warn", "cloud-up", _("待锁定")),
    "locked": Badge("seal", "lock", _("已锁定")),
    "verified": Badge("ok", "shield-check", _("已核实")),
    "disputed": Badge("warn", "message-2-exclamation", _("有异议")),
    "void": Badge("hold", "ban", _("作废")),
}
CALLBACK = {
    "planned": Badge("hold", "calendar-time", _("未到窗口")),
    "due": Badge("warn", "phone", _("待回访")),
    "in_call": Badge("run", "phone-call", _("通话中")),
    "reached": Badge("run", "phone-incoming", _("已接通")),
    "not_reached": Badge("warn", "phone-off", _("没接通")),
    "retry_planned": Badge("warn", "refresh", _("换时段")),
    "finished": Badge("ok", "check", pgettext_lazy("callback", "完成")),
    "unreachable": Badge("hold", "phone-off", _("联系不上")),
    "refused": Badge("hold", "hand-stop", _("拒绝回访")),
    "void": Badge("hold", "ban", _("作废")),
}
FINDING = {
    "raised": Badge("warn", "flag-3", _("已提出")),
    "acknowledged": Badge("warn", "eye-check", _("已知悉")),
    "planned": Badge("run", "calendar-event", _("已排整改")),
    "doing": Badge("run", "tool", _("整改中")),
    "reported": Badge("brand", "eye-check", _("待复核")),
    "verified_ok": Badge("ok", "check", _("合格")),
    "verified_fail": Badge("bad", "x", _("不合格")),
    "overdue": Badge("bad", "calendar-x", _("逾期")),
    "contested": Badge("up", "message-2-exclamation", _("异议")),
    "upheld": Badge("up", "gavel", _("异议不成立")),
    "withdrawn": Badge("hold", "arrow-back-up", _("已撤回")),
    "closed": Badge("ok", "checks", pgettext_lazy("finding", "已关闭")),
}
SCORE = {
    "open": Badge("hold", "lock-open", _("未冻结")),
    "frozen": Badge("hold", "lock", _("已冻结")),
    "computed": Badge("run", "math-function", _("已计算")),
    "checked": Badge("run", "list-check", _("已核对")),
    "draft_published": Badge("warn", "eye-check", _("公示中")),
    "appeal_window": Badge("warn", "message-2-exclamation", _("申诉期")),
    "decided": Badge("brand", "gavel", _("已裁定")),
    "final": Badge("ok", "flag", _("已定稿")),
    "archived": Badge("hold", "note", _("已归档")),
    "recomputed": Badge("run", "refresh", _("已重算")),
    "veto": Badge("bad", "ban", _("否决")),
}
FLAG = {
    "near": Badge("warn", "clock-exclamation", _("临期")),
    "overdue": Badge("bad", "calendar-x", _("超时")),
    "unrated": Badge("warn", "alert-circle", _("未评")),
    "late": Badge("warn", "clock-exclamation", _("迟报")),
    "negative": Badge("bad", "mood-sad", _("不满意")),
    "safety": Badge("solid-bad", "alert-octagon", _("安全")),
    "anonymous": Badge("hold", "user", _("匿名")),
}
SEVERITY = {
    "SEV1": Badge("solid-bad", "alert-octagon", _("特急（安全）")),
    "SEV2": Badge("bad", "chevrons-up", _("紧急")),
    "SEV3": Badge("line", "equal", pgettext_lazy("severity", "一般")),
    "SEV4": Badge("line", "chevron-down", _("轻微")),
}
TOUCHPOINT = {
    "BH": Badge("tp", "building-store", _("营业厅")),
    "CC": Badge("tp", "headset", _("呼叫中心")),
    "HS": Badge("tp", "home-check", _("入户服务")),
    "EC": Badge("tp", "crane", _("工程施工")),
}
MACHINES: dict[str, dict[str, Badge]] = {
    "issue": ISSUE,
    "order": ORDER,
    "stage": STAGE,
    "appointment": APPOINTMENT,
    "import": IMPORT,
    "standard": STANDARD,
    "record": RECORD,
    "callback": CALLBACK,
    "finding": FINDING,
    "score": SCORE,
    "flag": FLAG,
    "severity": SEVERITY,
    "touchpoint": TOUCHPOINT,
}


def badge(machine: str, state: str) -> Badge:
    """The look of `state` of `machine`; a code the table does not know is shown grey under its own name."""
    return MACHINES.get(machine, {}).get(str(state), Badge("hold", "help", str(state)))
