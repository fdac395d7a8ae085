"""One indicator opened: its fraction, how it became points, what else its definition publishes, its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cxorders.kit.formats import number, percent
from cxorders.organisation.models import User
from kpi.formulas.display import EXCLUSION_WARNING
from kpi.metrics.definitions import CLOSURE, COMPENSATED, COVERAGE, CSAT, ON_TIME, REPORTING
from kpi.metrics.models import MetricValue
from kpi.metrics.queries import PARTS, Rows, rows_behind, size_of
from kpi.metrics.queries.paging import COUNTED, EXCLUDED, MISSED
from kpi.scorecards.scoring import Line, Scored


@dataclass(frozen=True)
class Chip:
    """One way to look at the rows, with how many there are."""

    part: str
    label: Promise
    n: int
    current: bool


@dataclass(frozen=True)
class Opened:
    """The rows of one part of one value, and the figures beside it."""

    part: str
    chips: list[Chip] = field(default_factory=list)
    rows: Rows = field(default_factory=lambda: Rows([], ""))
    further: bool = False
    """whether this is not the first page"""
    figures: list[tuple[str, str]] = field(default_factory=list)
    warning: str = ""


def chosen_indicator(scored: Scored, code: str, beside: Sequence[Line] = ()) -> Line:
    """The line that was asked for (on the card or `beside` it), else the one with the fewest points, else the first."""
    known = next((line for line in (*scored.lines, *beside) if line.indicator.code == code), None)
    if known is not None:
        return known
    counted = [line for line in scored.lines if line.points is not None]
    return min(counted, key=lambda line: line.points or 0.0) if counted else scored.lines[0]


def opened(value: MetricValue | None, part: str, user: User, *, after: str) -> Opened:
    """What stands behind `value`; `part` defaults to what did not count, else to what did."""
    if value is None:
        return Opened(part)
    sizes = {each: size_of(value, each) for each in PARTS}
    part = part or (MISSED if sizes[MISSED] else COUNTED)
    return Opened(
        part=part,
        chips=[
            Chip(each, label, sizes[each], each == part)
            for each, label in PARTS.items()
            if sizes[each] or each != EXCLUDED
        ],
        rows=rows_behind(value, part, user=user, after=after),
        further=bool(after),
        figures=_FIGURES[value.code](value.extra),
        warning=_warning(value),
    )


def points_in_words(line: Line) -> str:
    """How the value became points: (82.4 − 60) ÷ (90 − 60) × 100."""
    marks, value = line.marks, line.share.value
    if marks is None or value is None or line.points is None:
        return ""
    worse = value <= marks.floor if marks.up else value >= marks.floor
    better = value >= marks.stretch if marks.up else value <= marks.stretch
    if worse:
        return _("没有过底线 %(floor)s") % {"floor": number(marks.floor)}
    if better:
        return _("达到挑战值 %(stretch)s") % {"stretch": number(marks.stretch)}
    shown, floor, target, stretch = (
        number(value, 1),
        number(marks.floor),
        number(marks.target),
        number(marks.stretch),
    )
    if (value < marks.target) is marks.up and value != marks.target:
        return f"({shown} − {floor}) ÷ ({target} − {floor}) × 100"
    return f"100 + ({shown} − {target}) ÷ ({stretch} − {target}) × 20"


def _warning(value: MetricValue) -> str:
    """C6: more than 5 % of the base was left out by decision or as a repetition."""
    left_out = sum(n for reason, n in value.excluded.items() if reason not in ("other_mode", "no_answer"))
    if left_out <= EXCLUSION_WARNING * (value.denominator + left_out):
        return ""
    share = percent(left_out / (value.denominator + left_out))
    return _("剔除占 %(share)s，超过 5%%，请逐条核对。") % {"share": share}


def _csat_figures(extra: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for mode, label in (("customer", _("客户自填")), ("staff", _("员工代录"))):
        answers = {int(rating): n for rating, n in extra["answers"][mode].items()}
        n = sum(answers.values())
        shown = percent((answers[4] + answers[5]) / n) if n else "—"
        rows.append((label, f"{shown} · n={number(n)}"))
    official = _("客户自填") if extra["official"] == "customer" else _("全部回答（自填不足 30 份）")
    rows.append((_("正式值取自"), official))
    rows.append((_("平均分"), number(extra["mean"], 2)))
    rows.append((_("不满意（1–2 分）"), percent(extra["dissatisfied"])))
    if extra["late_entry"]:
        rows.append((_("上月冻结后补录"), number(extra["late_entry"])))
    return rows


def _on_time_figures(extra: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("截止时仍未答复"), number(extra["overdue_open"])),
        (_("其中返工"), number(extra["rework"])),
        (_("时限因挂起顺延"), f"{number(extra['moved'])} · {percent(extra['moved_share'])}"),
    ]


def _closure_figures(extra: Mapping[str, Any]) -> list[tuple[str, str]]:
    gap = "—" if extra["gap"] is None else _("%(points)s 点") % {"points": number(extra["gap"] * 100, 1)}
    return [
        (_("形式关闭"), f"{percent(extra['formal_share'])} · {number(extra['formally_closed'])}"),
        (_("形式与核实之差"), gap),
        (_("原因已记录"), number(extra["cause"])),
        (_("措施已落实"), number(extra["action"])),
        (_("已答复"), number(extra["replied"])),
        (_("客户已确认"), number(extra["confirmed"])),
    ]


def _reporting_figures(extra: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("迟报"), f"{percent(extra['late_share'])} · {number(extra['late'])}"),
        (_("漏报"), f"{percent(extra['missing_share'])} · {number(extra['missing'])}"),
    ]


def _coverage_figures(extra: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("关键点覆盖"), percent(extra["coverage"])),
        (_("有记录的关键点"), f"{number(extra['covered'])} / {number(extra['events'])}"),
    ]


def _compensated_figures(extra: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("本月到期的失约"), number(extra["breaches"])),
        (_("应赔付"), _("%(sum)s 元") % {"sum": number(extra["fen"] / 100, 2)}),
        (_("逾期加付"), _("%(sum)s 元") % {"sum": number(extra["extra_fen"] / 100, 2)}),
    ]


_FIGURES: Mapping[str, Callable[[Mapping[str, Any]], list[tuple[str, str]]]] = {
    CSAT.code: _csat_figures,
    ON_TIME.code: _on_time_figures,
    CLOSURE.code: _closure_figures,
    REPORTING.code: _reporting_figures,
    COVERAGE.code: _coverage_figures,
    COMPENSATED.code: _compensated_figures,
}


def steps_of(scored: Scored) -> list[dict[str, Any]]:
    """The bars of the waterfall: what each indicator brings, with its arithmetic."""
    return [
        {
            "label": line.indicator.name,
            "value": line.contribution,
            "note": f"{number(line.points, 1)} × {_part(line.weight, scored.used)}",
            "kind": "quiet" if (line.points or 0.0) < 100 else "plus",
        }
        for line in scored.lines
        if line.points is not None
    ]


def _part(weight: int, used: int) -> str:
    return f"{weight}%" if used == 100 else f"{weight}/{used}"
