"""What every page of the shell needs: navigation by permission, the person, role, language, appearance."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from cxorders.organisation.access import may
from cxorders.organisation.scope import scope_of
from cxorders.transfer.exporting import exportable
from cxorders.web.open_work import said, up_to
from feedback.callbacks.enums import CallbackState
from feedback.callbacks.models import Callback
from feedback.contacts.queries.listing import waiting_for
from feedback.issues.models import Issue
from feedback.issues.queries.listing import STATES_OF

NAVIGATION: list[tuple[Any, list[tuple[str, str, Any, str]]]] = [
    (
        "",
        [
            ("web:home", "home", _("工作台"), "bench.read"),
            ("intake:list", "message-2", _("体验反馈"), "record.read"),
            ("issues:list", "route", _("问题流转"), "issue.read"),
            ("probes:list", "clipboard-check", _("预期反馈"), "record.read"),
            ("orders:list", "map-route", _("订单旅程"), "order.read"),
            ("promises:list", "clock-check", _("承诺"), "order.read"),
            ("appointments:board", "calendar-event", _("上门预约"), "order.work"),
            ("callbacks:list", "phone-call", _("回访"), "callback.read"),
            ("customers:list", "users", _("客户"), "customer.read"),
            ("contacts:list", "phone-incoming", _("首问"), "contact.create"),
        ],
    ),
    (
        _("看板"),
        [
            ("web:dashboard", "layout-dashboard", _("流转看板"), "dashboard.read"),
            ("heat:map", "flame", _("环节热力图"), "dashboard.read"),
            ("web:compare", "chart-dots-3", _("企业对比"), "compare.read"),
        ],
    ),
    (_("考核"), [("scorecards:list", "scale", _("考核得分"), "score.read")]),
    (
        _("设置"),
        [
            ("catalogue:map", "map-pin", _("触点地图"), "catalogue.read"),
            ("organisation:units", "building-community", _("组织与人员"), "organisation.read"),
            ("transfer:list", "cloud-up", _("数据导入"), "import.read"),
            ("web:journal", "history", _("操作日志"), "journal.read"),
        ],
    ),
]
"""group title → (URL name, icon, label, permission)"""


@dataclass
class Shell:
    """Plain values for base.html; see the note at its top."""

    nav: list[dict[str, Any]] = field(default_factory=list)
    tabs: list[dict[str, Any]] = field(default_factory=list)
    user: dict[str, Any] | None = None
    grants: list[dict[str, Any]] = field(default_factory=list)
    theme: str = "auto"
    language: str = "zh-hans"
    unread: int = 0
    exports: frozenset[str] = frozenset()
    """lists the person may take away as a file; `exports_in_full` those with full telephone numbers"""
    exports_in_full: frozenset[str] = frozenset()


def _item(request: HttpRequest, name: str, icon: str, label: Any) -> dict[str, Any] | None:
    try:
        url = reverse(name)
    except NoReverseMatch:
        return None
    here = request.path == url or (url != "/" and request.path.startswith(url))
    return {"url": url, "icon": icon, "label": label, "count": None, "current": here}


def _only_the_nearest(groups: list[dict[str, Any]]) -> None:
    """One entry is current: where one address lies below another, the longer one."""
    here = [item for group in groups for item in group["items"] if item["current"]]
    nearest = max((len(item["url"]) for item in here), default=0)
    for item in here:
        item["current"] = len(item["url"]) == nearest


def _counts(user: Any) -> dict[str, str]:
    """URL name → how much waits there, counted to 99 at most: issues somebody must answer, call-backs that are due,
    customers who wait for this person as first-asked.

    Three queries by partial indexes; nobody reads a number that is not theirs to work on, so guests get none.
    """
    scope, found = scope_of(user), {}
    if may(user, "issue.read"):
        # the front line sees issues of its own unit only: what it reported elsewhere is not its work
        found["issues:list"] = up_to(Issue.objects.filter(scope.rows(), state__in=STATES_OF["open"]))
    if may(user, "callback.read"):
        due = (CallbackState.DUE, CallbackState.RETRY_PLANNED, CallbackState.IN_CALL)
        found["callbacks:list"] = up_to(Callback.objects.filter(scope.rows(), state__in=due))
    if may(user, "contact.create"):
        found["contacts:list"] = up_to(waiting_for(user))
    return {name: said(count) for name, count in found.items() if count}


def _build(request: HttpRequest) -> Shell:
    user: Any = getattr(request, "user", None)
    theme = request.COOKIES.get("theme", "auto")
    shell = Shell(
        theme=theme if theme in {"light", "dark"} else "auto", language=getattr(request, "LANGUAGE_CODE", "zh-hans")
    )
    if user is None or not user.is_authenticated:
        return shell
    counts = _counts(user)
    for title, entries in NAVIGATION:
        items = [
            {**item, "count": counts.get(name)}
            for name, icon, label, need in entries
            if may(user, need) and (item := _item(request, name, icon, label))
        ]
        if items:
            shell.nav.append({"title": title, "items": items})
    _only_the_nearest(shell.nav)
    shell.tabs = [item for group in shell.nav for item in group["items"]][:3]
    shell.tabs.append({"url": "#menu", "icon": "menu-2", "label": _("全部"), "current": False})  # opens the side bar
    shell.exports, shell.exports_in_full = exportable(user)
    grant = user.active_grant
    shell.user = {
        "name": user.name,
        "initial": user.name[:1],
        "unit_line": f"{grant.unit.name} · {grant.role.name}" if grant else "",
    }
    shell.grants = [
        {
            "id": held.pk,
            "label": f"{held.unit.name} · {held.role.name}",
            "active": grant is not None and held.pk == grant.pk,
        }
        for held in user.grants_in_force
    ]
    return shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, built only when a template asks for it."""
    return {"shell": SimpleLazyObject(lambda: _build(request))}
