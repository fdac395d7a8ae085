"""Values and units of standards and promises as people read them: ≤ 15 分钟, 7–15 工作日, ≥ 95%."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from touchpoints.catalogue.enums import LimitUnit

Limit = Any
"""a number, [from, to], or ["22:00", "06:00"]"""


def unit_name(unit: str) -> str:
    """The unit alone, for a form: 工作日."""
    return str(LimitUnit(unit).label) if unit in LimitUnit.values else unit


def figure(value: float | int) -> str:
    """A number without needless decimals: 15, 0.5."""
    return f"{value:g}" if abs(value) < 100_000 else f"{value:.2f}".rstrip("0").rstrip(".")


def amount(value: Limit, unit: str) -> str:
    """A value with its unit: 15 分钟, 7–15 工作日, 22:00–06:00."""
    if isinstance(value, list):
        text = "–".join(part if isinstance(part, str) else figure(part) for part in value)
        last = value[-1]
    else:
        text, last = figure(value), value
    count = 1 if last == 1 else 2
    match unit:
        case "MIN":
            words = ngettext("%(n)s 分钟", "%(n)s 分钟", count)
        case "CH":
            words = ngettext("%(n)s 小时", "%(n)s 小时", count)
        case "CD":
            words = ngettext("%(n)s 自然日", "%(n)s 自然日", count)
        case "WD":
            words = ngettext("%(n)s 工作日", "%(n)s 工作日", count)
        case "WH":
            words = ngettext("%(n)s 工作时", "%(n)s 工作时", count)
        case "MONTH":
            words = ngettext("%(n)s 个月", "%(n)s 个月", count)
        case "SEC":
            words = ngettext("%(n)s 秒", "%(n)s 秒", count)
        case "RINGS":
            words = ngettext("%(n)s 声铃响", "%(n)s 声铃响", count)
        case "PER_30D":
            words = ngettext("每 30 天 %(n)s 次", "每 30 天 %(n)s 次", count)
        case "TIMES":
            words = ngettext("%(n)s 倍", "%(n)s 倍", count)
        case "%":
            return f"{text}%"
        case _other:
            return text
    return words % {"n": text}


def limit(op: str, value: Limit, unit: str) -> str:
    """A whole requirement: ≤ 15 分钟, ≥ 95%, 7–15 工作日, 22:00–06:00 之间不做."""
    said = amount(value, unit)
    if op == "<=":
        return f"≤ {said}"
    if op == ">=":
        return f"≥ {said}"
    if op == "not_in":
        return _("%(interval)s 之间不做") % {"interval": said}
    return said
