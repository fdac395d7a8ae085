"""The story of one issue in words, out of the journal (DESIGN §5.4)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cxorders.journal.models import Entry
from cxorders.journal.queries import timeline
from cxorders.kit import badges, formats
from cxorders.organisation.models import Grant
from feedback.issues.enums import CauseCode, ClosedHow
from feedback.issues.models import Issue
from touchpoints.orders.enums import PauseReason

CONTACT = frozenset({"issue.contacted", "issue.replied", "issue.joined"})
"""steps in which the customer speaks or is spoken to"""

LOOKS: dict[str, tuple[str, str]] = {
    "issue.opened": ("lock", "seal"),
    "issue.joined": ("message-plus", "warn"),
    "issue.triaged": ("tag", "run"),
    "issue.raised": ("chevrons-up", "bad"),
    "issue.dispatched": ("send", "run"),
    "issue.redispatched": ("send", "warn"),
    "issue.emergency": ("alert-octagon", "bad"),
    "issue.accepted": ("user-check", "ok"),
    "issue.contacted": ("phone", "run"),
    "issue.paused": ("player-pause", ""),
    "issue.resumed": ("clock-check", ""),
    "issue.replied": ("message-check", "brand"),
    "issue.verifying": ("phone-call", "brand"),
    "issue.closed": ("check", "ok"),
    "issue.reopened": ("rotate-2", "bad"),
    "issue.overdue": ("calendar-x", "bad"),
    "issue.handed_over": ("user", ""),
}
"""verb → icon and colour kind"""


def story(entries: Sequence[Entry], *, show: str = "") -> list[dict[str, Any]]:
    """Rows for the timeline component, newest first; `show` contact or flow keeps only these."""
    rows = [entry for entry in entries if not show or (entry.verb in CONTACT) == (show == "contact")]
    posts = _posts({entry.actor_id for entry in rows if entry.actor_id is not None})
    return [_row(entry, posts) for entry in rows]


def entries_of(issue: Issue) -> list[Entry]:
    """Every journal row of the issue, newest first."""
    return list(timeline(issue))


def _posts(people: set[int]) -> dict[int, str]:
    """Person → the unit of the first grant, for all people of a story in one query."""
    grants = Grant.objects.filter(user_id__in=people, ends_at=None).select_related("unit").order_by("-starts_at", "-pk")
    return {grant.user_id: grant.unit.name for grant in grants}


def _row(entry: Entry, posts: dict[int, str]) -> dict[str, Any]:
    icon, kind = LOOKS.get(entry.verb, ("point", ""))
    verb, text, note = _words(entry)
    return {
        "actor": entry.actor_name or _("系统"),
        "post": posts.get(entry.actor_id or 0, ""),
        "verb": verb,
        "at": entry.at,
        "icon": icon,
        "kind": kind,
        "text": text,
        "note": note,
    }


def _words(entry: Entry) -> tuple[str, str, str]:
    """Verb, words of a person, and grey remark of one journal row."""
    data = entry.data
    name = entry.verb.rpartition(".")[2]
    teller = _TELLERS.get(name)
    return teller(data) if teller is not None else (name, "", "")


def _severity(code: str) -> str:
    return str(badges.badge("severity", code).label)


def _moment(text: str) -> str:
    at = parse_datetime(text) if text else None
    return formats.date_prose(timezone.localtime(at)) if isinstance(at, datetime) else ""


def _opened(data: dict[str, Any]) -> tuple[str, str, str]:
    reasons = {
        "rating": _("评分低"),
        "sms": _("短信评测不满意"),
        "nps": _("推荐意愿低"),
        "ces": _("办理费力"),
        "charge": _("客户说有标准外收费"),
        "warning_red": _("文字预警红色"),
        "warning_orange": _("文字预警橙色"),
        "ticked": _("采集人标记有问题"),
    }
    owner = _("首问负责人：%(name)s") % {"name": data.get("owner") or "—"}
    if data.get("record"):
        why = reasons.get(str(data.get("reason", "")), _("客户不满意"))
        return _("提交反馈，系统生成问题"), "", _("触发：%(why)s · %(owner)s") % {"why": why, "owner": owner}
    return _("登记问题"), str(data.get("text", "")), owner


def _closed(data: dict[str, Any]) -> tuple[str, str, str]:
    how = str(ClosedHow(data["how"]).label) if data.get("how") in ClosedHow.values else ""
    rating = data.get("rating")
    return (
        _("关闭：%(how)s") % {"how": how},
        str(data.get("reason", "")),
        (_("客户评分 %(rating)s 分") % {"rating": rating} if rating else ""),
    )


def _replied(data: dict[str, Any]) -> tuple[str, str, str]:
    cause = str(CauseCode(data["cause"]).label) if data.get("cause") in CauseCode.values else ""
    told = _("同时答复反映人 %(name)s") % {"name": data["author"]} if data.get("author") else ""
    parts = [_("原因：%(cause)s") % {"cause": cause}, _("措施：%(action)s") % {"action": data.get("action_taken", "")}]
    return _("答复客户"), str(data.get("reply_text", "")), " · ".join([*parts, told] if told else parts)


def _paused(data: dict[str, Any]) -> tuple[str, str, str]:
    reason = str(PauseReason(data["reason"]).label) if data.get("reason") in PauseReason.values else ""
    note = _("%(at)s 自动恢复") % {"at": _moment(str(data.get("until", "")))}
    return _("挂起计时：%(reason)s") % {"reason": reason}, str(data.get("note", "")), note


_TELLERS: dict[str, Callable[[dict[str, Any]], tuple[str, str, str]]] = {
    "opened": _opened,
    "joined": lambda d: (
        _("同一件事又有一条反馈（第 %(n)s 次）") % {"n": d.get("contacts", "")},
        "",
        str(d.get("record", "")),
    ),
    "triaged": lambda d: (_("定级为%(severity)s") % {"severity": _severity(str(d.get("severity", "")))}, "", ""),
    "raised": lambda d: (
        _("第三次反馈，提级为%(severity)s") % {"severity": _severity(str(d.get("severity", "")))},
        "",
        _("规则 %(rule)s") % {"rule": d.get("rule", "")},
    ),
    "dispatched": lambda d: (
        _("派单到%(unit)s") % {"unit": d.get("unit_name", "")},
        "",
        _("规则 %(rule)s") % {"rule": d.get("rule", "")},
    ),
    "redispatched": lambda d: (
        _("改派到%(unit)s") % {"unit": d.get("unit_name", "")},
        str(d.get("reason", "")),
        _("原派 %(unit)s，时限不变") % {"unit": d.get("before", "")},
    ),
    "emergency": lambda d: (
        _("同时开出抢险抢修单 %(order)s") % {"order": d.get("order", "")},
        "",
        _("规则 %(rule)s") % {"rule": d.get("rule", "")},
    ),
    "accepted": lambda d: (_("接收，首问负责移交给 %(name)s") % {"name": d.get("owner", "")}, "", ""),
    "contacted": lambda d: (_("与客户联系"), str(d.get("text", "")), ""),
    "paused": _paused,
    "resumed": lambda d: (
        _("恢复计时"),
        "",
        _("到期顺延到 %(at)s") % {"at": _moment(str(d.get("due_at", "")))},
    ),
    "replied": _replied,
    "verifying": lambda d: (_("转回访核实"), "", ""),
    "closed": _closed,
    "reopened": lambda d: (
        _("重开（第 %(n)s 次），退回%(unit)s") % {"n": d.get("count", ""), "unit": d.get("unit_name", "")},
        str(d.get("reason", "")),
        "",
    ),
    "overdue": lambda d: (_("到期没有答复，记为超时"), "", ""),
    "handed_over": lambda d: (
        _("责任移交：%(before)s → %(owner)s") % {"before": d.get("before", ""), "owner": d.get("owner", "")},
        "",
        "",
    ),
}
