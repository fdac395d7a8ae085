"""The indicators this product computes: code, words, where their counts stand in a rollup. One definition per code.

A change of meaning raises `version`; values keep the version they were computed with (C3).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Indicator:
    """One share: its metric code, the KPI of the catalogue that holds its marks, and its words.

    `adds` are the rollup columns that make the numerator, `of` those of the denominator, `less` what is taken out of
    it. `due_based`: a day counts when it is over (C2). `up`: more is better.
    """

    code: str
    kpi: str
    version: int
    name: Promise
    numerator: Promise
    denominator: Promise
    about: Promise
    adds: tuple[str, ...]
    of: tuple[str, ...]
    less: tuple[str, ...] = ()
    due_based: bool = False
    up: bool = True


CSAT = Indicator(
    code="M01",
    kpi="K-CSAT",
    version=1,
    name=_("客户满意率"),
    numerator=_("评 4 分或 5 分的回答"),
    denominator=_("有效回答"),
    about=_(
        "总体评分 4、5 分的回答 ÷ 1–5 分的有效回答，按回答时间归月。"
        "同一客户就同一订单 24 小时内多次回答，以最后一次为准。客户自填满 30 份时以自填为正式值，员工代录另列。"
    ),
    adds=("r4", "r5"),
    of=("r1", "r2", "r3", "r4", "r5"),
)
ON_TIME = Indicator(
    code="M11",
    kpi="K-ONTIME",
    version=1,
    name=_("处理及时率"),
    numerator=_("按时答复的问题"),
    denominator=_("应答复的问题"),
    about=_("答复时限落在本月的问题，办没办完都算；截止时没有答复算不及时。批准豁免的剔除，重开后的返工另算一件。"),
    adds=("on_time",),
    of=("due",),
    less=("exempt",),
    due_based=True,
)
CLOSURE = Indicator(
    code="M15",
    kpi="K-CLOSE",
    version=1,
    name=_("闭环率"),
    numerator=_("四要素齐全且回访核实解决的问题"),
    denominator=_("应闭环的问题"),
    about=_(
        "闭环时限落在本月的问题里，时限前四项都成立的占比：原因已记录、措施已落实、已答复客户和反映人、客户确认解决（或按规则联系不上并留言）。"
    ),
    adds=("closed_loop",),
    of=("closure_due",),
    less=("closure_exempt",),
    due_based=True,
)
DISSATISFIED = Indicator(
    code="M01D",
    kpi="K-DISSAT",
    version=1,
    name=_("不满意率"),
    numerator=_("评 1 分或 2 分的回答"),
    denominator=_("有效回答"),
    about=_("总体评分 1、2 分的回答 ÷ 1–5 分的有效回答。"),
    adds=("r1", "r2"),
    of=("r1", "r2", "r3", "r4", "r5"),
    up=False,
)
"""for dashboards only; a month's value is part of M01"""

COMPUTED: tuple[Indicator, ...] = (CSAT, ON_TIME, CLOSURE)
"""what a run computes, in this order"""
INDICATORS: Mapping[str, Indicator] = {one.code: one for one in (*COMPUTED, DISSATISFIED)}
