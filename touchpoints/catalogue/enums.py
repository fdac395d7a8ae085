"""Choices of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionType(models.TextChoices):
    """How a question is answered (types of the catalogue file)."""

    CSAT5 = "csat5", _("满意度 1–5")
    YES_NO = "yn", _("是/否")
    NUMBER = "num", _("数字")
    TEXT = "text", _("文字")
    CES7 = "ces7", _("费力度 1–7")
    NPS = "nps", _("推荐 0–10")
    SCALE10 = "scale10", _("1–10 分")
    CHOICE = "choice", _("选择")


class LimitUnit(models.TextChoices):
    """Units of standards and promises (metrics.md 0.4)."""

    MINUTES = "MIN", pgettext_lazy("unit", "分钟")
    CALENDAR_HOURS = "CH", pgettext_lazy("unit", "小时")
    CALENDAR_DAYS = "CD", pgettext_lazy("unit", "自然日")
    WORKING_DAYS = "WD", pgettext_lazy("unit", "工作日")
    WORKING_HOURS = "WH", pgettext_lazy("unit", "工作时")
    MONTHS = "MONTH", pgettext_lazy("unit", "个月")
    SECONDS = "SEC", pgettext_lazy("unit", "秒")
    RINGS = "RINGS", pgettext_lazy("unit", "声铃响")
    PERCENT = "%", "%"
    PER_30_DAYS = "PER_30D", pgettext_lazy("unit", "次/30 天")
    TIME_OF_DAY = "TIME", pgettext_lazy("unit", "时刻")
    TIMES = "TIMES", pgettext_lazy("unit", "倍")


class Industry(models.TextChoices):
    """Whose business a row belongs to."""

    ALL = "all", pgettext_lazy("industry", "通用")
    GAS = "gas", pgettext_lazy("industry", "燃气")
    TELECOM = "telecom", pgettext_lazy("industry", "通信")
