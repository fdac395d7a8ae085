"""What may be wrong with a row, in the language of the reader. Rooms above add their own sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

MESSAGES: dict[str, Promise] = {
    "required": gettext_lazy("不能为空"),
    "too_long": gettext_lazy("最多 %(most)s 个字"),
    "phone_digits": gettext_lazy("应为 11 位手机号；固定电话带区号"),
    "phone_scientific": gettext_lazy("被 Excel 改成了 %(text)s，数字已丢失；请把这一列设为文本后重填"),
    "no_date": gettext_lazy("“%(text)s”不是日期，例如 2026-03-05 或 2026-03-05 09:30"),
    "no_yes_no": gettext_lazy("请填“是”或“否”"),
    "no_number": gettext_lazy("应为整数"),
    "twice_in_file": gettext_lazy("与第 %(row)s 行重复"),
    "exists": gettext_lazy("系统里已有：%(what)s"),
    "unknown_code": gettext_lazy("没有“%(text)s”这个代码或名称"),
    "ambiguous": gettext_lazy("“%(text)s”对应不止一条，请改填编号"),
    "other_company": gettext_lazy("“%(text)s”不属于这家企业"),
    "no_customer": gettext_lazy("没有电话为 %(text)s 的客户，请先导入客户"),
    "future": gettext_lazy("时间还没有到"),
    "before": gettext_lazy("早于%(what)s"),
    "one_of": gettext_lazy("%(what)s至少填一项"),
    "refused_by_database": gettext_lazy("这一行写不进数据库，请检查有没有特殊字符"),
}
"""code → sentence"""

FAILURES: dict[str, Promise] = {
    "no_progress": gettext_lazy("处理程序几次都没有走下去，已停下。已导入的行都在，可以继续，也可以撤销。"),
    "file_gone": gettext_lazy("留存的文件不在了，不能继续。"),
    "file_changed": gettext_lazy("留存的文件被改动过，不能继续。"),
}


def register(sentences: Mapping[str, Promise]) -> None:
    """Make further sentences known; a room does this in `ready`."""
    MESSAGES.update(sentences)


def sentence(code: str, values: dict[str, Any]) -> str:
    """The sentence behind `code`. Values with `_en` beside them are given in the language of the reader."""
    english = (get_language() or "").startswith("en")
    if code == "said":
        return str(values["en" if english else "zh"])
    shown = {name: values.get(f"{name}_en", value) if english else value for name, value in values.items()}
    return str(MESSAGES[code]) % shown if code in MESSAGES else code


def in_words(row: int, column: str, said: str) -> str:
    """“第 17 行 · 电话：应为 11 位”."""
    where = _("第 %(row)s 行") % {"row": row}
    return (
        _("%(where)s · %(column)s：%(said)s") % {"where": where, "column": column, "said": said}
        if column
        else (_("%(where)s：%(said)s") % {"where": where, "said": said})
    )
