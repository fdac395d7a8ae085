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
    it; all empty where a month's run alone counts the indicator. `due_based`: a day counts when it is over (C2). `up`:
    more is better.
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

REPORTING = Indicator(
    code="M34",
    kpi="K-TIMELYREP",
    version=1,
    name=_("体验信息及时上报率"),
    numerator=_("员工按时记录的反馈"),
    denominator=_("员工记录的反馈和漏报的环节"),
    about=_(
        "员工记下的反馈，在时限内（24 自然小时，安全 1 小时）的算及时，过了时限的算迟报；"
        "环节完成后 5 个工作日内员工没有记录、却从客户自填、回访或导入知道的，算漏报，按第 5 个工作日归月。"
        "说明了原因的环节剔除。"
    ),
    adds=(),
    of=(),
)
COVERAGE = Indicator(
    code="M54",
    kpi="K-PROBE",
    version=1,
    name=_("关键点采集覆盖率"),
    numerator=_("有记录的预期反馈"),
    denominator=_("本月到期的预期反馈"),
    about=_(
        "环节完成时按类型应采集的反馈，期限落在本月的，有记录的占比；5 个工作日后才有的记录不算。"
        "说明了原因的剔除，剔除的件数另列。关键点覆盖另列：本月完成的环节和关键点，有记录的占比。"
    ),
    adds=(),
    of=(),
    due_based=True,
)

COMPENSATED = Indicator(
    code="M62",
    kpi="K-COMP",
    version=1,
    name=_("承诺赔付及时率"),
    numerator=_("10 个工作日内付了的赔付"),
    denominator=_("本月到期的赔付"),
    about=_(
        "公司批准赔付的标准失约后，付款期限（失约后第 10 个工作日）落在本月的，期限内付了的占比；"
        "截止时没有付的算不及时，要再付一倍。已豁免的和写明原因不赔的剔除。没有批准赔付的公司没有这一项。"
    ),
    adds=(),
    of=(),
    due_based=True,
)

ROLLED: tuple[Indicator, ...] = (CSAT, ON_TIME, CLOSURE)
"""what rollups hold: dashboards, boards and companies side by side read these"""
COMPUTED: tuple[Indicator, ...] = (*ROLLED, REPORTING, COVERAGE, COMPENSATED)
"""what a run computes, in this order"""
INDICATORS: Mapping[str, Indicator] = {one.code: one for one in (*COMPUTED, DISSATISFIED)}
