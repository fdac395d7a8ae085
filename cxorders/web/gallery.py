"""The gallery: every component of the design system in every variant, with made-up but lifelike values (STYLE §7 l)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cxorders.kit import badges

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 10, 12, tzinfo=ZONE)


class Sample(forms.Form):
    """Form fields of every kind, sent empty, so that help and errors show."""

    title = forms.CharField(label=_("标题"), max_length=80, help_text=_("一句话说清楚是什么事"))
    severity = forms.ChoiceField(label=_("等级"), choices=[("", "—"), ("SEV2", _("紧急"))])
    told = forms.ChoiceField(label=_("已告知客户"), choices=[("1", _("是")), ("0", _("否"))], widget=forms.RadioSelect)
    reason = forms.CharField(label=_("说明"), required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label=_("客户同意改期"), required=False)


def _at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def _ratings() -> list[tuple[int, Any]]:
    return [(1, _("很不满意")), (2, _("不满意")), (3, _("一般")), (4, _("满意")), (5, _("很满意"))]


def _choices() -> dict[str, Any]:
    return {
        "ratings": _ratings(),
        "faces": [(5, _("非常满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("非常不满意"))],
        "yes_no": [("yes", _("是")), ("no", _("否"))],
        "methods": [("sign", _("服务单签字")), ("heard", _("当面听到")), ("scan", _("客户扫码"))],
        "segments": [("0", "0"), ("60", "60"), ("80", "80"), ("100", "100"), ("na", _("不适用"))],
        "severities": [("SEV1", _("特急（安全）")), ("SEV2", _("紧急")), ("SEV3", _("一般")), ("SEV4", _("轻微"))],
        "periods": [("30", _("近 30 天")), ("90", _("近 90 天"))],
    }


def _clock() -> dict[str, Any]:
    kinds = ("a", "b", "a", "c", "pause", "c", "g", "c", "left")
    lengths = (14, 31, 125, 480, 450, 350, 240, 542, 798)
    return {
        "segments": [{"kind": k, "minutes": m} for k, m in zip(kinds, lengths, strict=True)],
        "marks": [
            {"at": 60, "label": _("50% 提醒")},
            {"at": 84, "label": _("80% 报部门")},
            {"at": 99.9, "label": _("到期报把关")},
        ],
        "levels": [
            {"kind": "a", "label": _("首问受理"), "value": "14 分", "note": "刘芳 · 限 4 时", "verdict": "ok"},
            {"kind": "b", "label": _("派单"), "value": "31 分", "note": "规则 RT-07"},
            {"kind": "c", "label": _("工程部处理"), "value": "19 时 32 分", "note": "陈建国 · 含两段"},
            {"kind": "g", "label": _("公司把关"), "value": "4 时 00 分", "note": "限 7.5 时", "verdict": "ok"},
            {"kind": "pause", "label": _("挂起（不计）"), "value": "1 工作日", "note": "待客户 · 第 1 次"},
        ],
    }


# long: sample data of the gallery, nothing to split
def _journey() -> dict[str, Any]:
    stages = [
        {
            "name": "提出申请",
            "touchpoint": "BH",
            "promise": "≤1 工作日",
            "state": "done",
            "ratings": [5, 5],
            "slip": {"kind": "ok", "label": "当日"},
            "note": "",
        },
        {
            "name": "方案设计",
            "touchpoint": "EC",
            "promise": "≤10 天",
            "state": "done",
            "ratings": [4],
            "missing": 1,
            "slip": {"kind": "ok", "label": "8 天"},
            "note": "",
        },
        {
            "name": "庭院管网施工",
            "touchpoint": "EC",
            "promise": "≤12 工作日",
            "state": "skipped",
            "note": "立管已通，跳过",
        },
        {
            "name": "现场安装",
            "touchpoint": "EC",
            "promise": "≤7 天",
            "state": "active",
            "late": True,
            "ratings": [2, 1],
            "slip": {"kind": "bad", "label": "晚 12 天"},
            "issues": 1,
            "issues_url": "#",
            "note": "承诺 11-12 前",
        },
        {"name": "置换点火", "touchpoint": "HS", "promise": "≤3 天", "state": "pending"},
    ]
    bars = [
        {
            "name": "方案设计",
            "text": "8 天 / 10 天",
            "bars": [
                {"kind": "pr", "start": _at(10, 14), "end": _at(10, 24)},
                {"kind": "ac", "start": _at(10, 14), "end": _at(10, 22)},
            ],
        },
        {
            "name": "缴费签合同",
            "text": "1 日 / 1 日",
            "bars": [
                {"kind": "pr", "start": _at(11, 3), "end": _at(11, 5)},
                {"kind": "ps", "start": _at(10, 23), "end": _at(11, 3)},
                {"kind": "ac", "start": _at(11, 3), "end": _at(11, 4)},
            ],
        },
        {
            "name": "现场安装",
            "text": "晚 12 天",
            "late": True,
            "bars": [
                {"kind": "pr", "start": _at(11, 5), "end": _at(11, 12)},
                {"kind": "ac", "start": _at(11, 5), "end": _at(11, 12)},
                {"kind": "lt", "start": _at(11, 12), "end": NOW},
            ],
        },
        {"name": "验收", "text": "未开始", "bars": [{"kind": "fu", "start": NOW, "end": _at(11, 27)}]},
    ]
    weeks = [_at(10, 12) + timedelta(weeks=n) for n in range(8)]
    return {
        "stages": stages,
        "bars": bars,
        "ticks": [{"at": week, "label": f"{week:%m-%d}"} for week in weeks],
        "first": weeks[0],
        "last": _at(12, 1),
    }


# long: sample data of the gallery, nothing to split
def _voice() -> dict[str, Any]:
    return {
        "meta": ["周女士 · 居民散户", "采集：刘芳，城南营业厅", "2026-11-17 15:20", "当面听到"],
        "answers": [
            {"question": "付款后几天完成安装", "text": "未完成", "note": "（已 12 天）"},
            {"question": "施工方是否主动告知进度", "text": "否", "kind": "bad"},
            {"question": "对安装质量满意吗", "text": "不满意", "rating": 2},
        ],
        "notes": [{"author": "刘芳", "at": _at(11, 18, 9, 5), "text": "客户补充：上午 10 点后方便接电话。"}],
        "entries": [
            {
                "actor": "陈建国",
                "post": "工程部",
                "verb": "与客户联系",
                "at": _at(11, 24, 9, 40),
                "icon": "phone",
                "kind": "run",
                "text": "约定 11 月 26 日上午安装，周女士同意；已说明改约原因并致歉。",
            },
            {
                "actor": "何明远",
                "post": "把关人",
                "verb": "公司内解决，退回工程部",
                "at": _at(11, 23, 10),
                "icon": "corner-down-left",
                "kind": "up",
            },
            {
                "actor": "陈建国",
                "post": "工程部",
                "verb": "接收，首问负责移交给本人",
                "at": _at(11, 18, 9, 10),
                "icon": "user-check",
                "kind": "ok",
            },
            {
                "actor": "刘芳",
                "post": "城南营业厅",
                "verb": "提交反馈，系统生成问题",
                "at": _at(11, 17, 15, 20),
                "icon": "lock",
                "kind": "seal",
                "note": "触发：评分 2 分。同时通知 4 级 14 人。",
            },
        ],
        "days": [
            {"day": 17, "mark": "收到", "kind": "off"},
            {"day": 18, "mark": "①", "kind": "on"},
            {"day": 19, "mark": "挂起", "kind": "hold"},
            {"day": 20, "mark": "②", "kind": "on"},
            {"day": 21, "mark": "六", "kind": "off"},
            {"day": 22, "mark": "日", "kind": "off"},
            {"day": 23, "mark": "③", "kind": "on"},
            {"day": 24, "mark": "④", "kind": "on"},
            {"day": 25, "mark": "⑤", "kind": "due"},
        ],
    }


# long: sample data of the gallery, nothing to split
def _numbers() -> dict[str, Any]:
    cells = [
        ("工期与进度告知", 24.7, 186),
        ("现场安装", 16.2, 204),
        ("庭院施工扰民与恢复", 12.1, 132),
        ("方案设计与确认", 8.8, 159),
    ]
    hall = [
        ("咨询等候与首问接待", 11.8, 312),
        ("缴费与合同解释", 9.2, 228),
        ("提出申请", 3.6, 166),
        ("磁卡售气", 14.3, 7),
    ]
    return {
        "spark": [86.0, 86.9, 87.4, 88.8, 88.2, 89.5, None, 90.0, 91.0, 90.6, 91.6, 92.4],
        "rising": [4.0, 5.2, 3.1, 4.6, 6.2, 4.9, 7.0, 5.6, 6.1, 6.6, 6.4, 6.9],
        "heat": [
            {
                "touchpoint": "EC",
                "n": 1327,
                "cells": [{"label": a, "percent": p, "n": n, "url": "#"} for a, p, n in cells],
            },
            {
                "touchpoint": "BH",
                "n": 1843,
                "cells": [{"label": a, "percent": p, "n": n, "url": "#"} for a, p, n in hall],
            },
        ],
        "waterfall": [
            {"label": "满意率", "value": 26.76, "note": "91.0 × 25/85"},
            {"label": "处理及时率", "value": 31.47, "note": "107.0 × 25/85"},
            {"label": "闭环率", "value": 17.53, "note": "74.5 × 20/85", "kind": "quiet"},
            {"label": "信息不符率", "value": 19.41, "note": "110.0 × 15/85"},
            {"label": "扣分 PB-07", "value": -5.0},
            {"label": "加分 PB-12", "value": 2.0, "kind": "bonus"},
        ],
        "backlog": {
            "levels": ["首问受理", "部门处理", "公司把关", "回访核实"],
            "ages": [_("1 日内"), _("1–3 日"), _("3–5 日"), _("5 日以上")],
            "data": [[9, 1, 0, 0], [21, 18, 9, 4], [3, 4, 2, 1], [14, 11, 4, 0]],
        },
        "trend": {
            "labels": ["06", "07", "08", "09", "10", "11"],
            "unit": "%",
            "target": 90,
            "series": [
                {"name": "青岚公司", "values": [86.2, 87.1, None, 89.4, 91.0, 92.4], "n": [512, 540, 0, 590, 611, 648]},
                {"name": _("全集团"), "values": [87.0, 87.4, 87.9, 88.1, 88.6, 88.9], "reference": True},
            ],
        },
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """`/gallery/`: for everybody who is signed in; the demonstration values are fixed, no row is read."""
    context = {
        "now": NOW,
        "machines": {
            name: list(table) for name, table in badges.MACHINES.items() if name not in {"severity", "touchpoint"}
        },
        "severities": list(badges.SEVERITY),
        "touchpoints": list(badges.TOUCHPOINT),
        "crumbs": [{"label": _("问题流转"), "url": "#"}, {"label": "WT-26-03187"}],
        "choice": _choices(),
        "form": Sample({}),
        "tabs": [
            {"label": _("待回访"), "url": "#", "count": 38, "current": True},
            {"label": _("换时段"), "url": "#", "count": 6},
            {"label": _("已完成"), "url": "#"},
        ],
        "clock": _clock(),
        "journey": _journey(),
        "voice": _voice(),
        "numbers": _numbers(),
    }
    return render(request, "web/gallery.html", context)
