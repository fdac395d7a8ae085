"""States and words of expected feedback (workflows.md O8, O12; metrics.md M34, M54)."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.intake.enums import Source


class ProbeState(models.TextChoices):
    """What became of a probe, as the sweep has settled it."""

    OPEN = "open", _("待采集")
    DONE = "done", _("已采集")
    LATE = "late", _("迟采")
    MISSING = "missing", _("漏采")
    EXCUSED = "excused", _("已说明")


S = ProbeState

PROBE_TRANSITIONS: dict[str, frozenset[str]] = {
    S.OPEN: frozenset({S.DONE, S.LATE, S.MISSING, S.EXCUSED}),
    S.DONE: frozenset(),
    S.LATE: frozenset(),
    S.MISSING: frozenset(),
    S.EXCUSED: frozenset(),
}


class ExcuseCode(models.TextChoices):
    """Why nobody could be asked. An excuse is not a record."""

    REFUSED = "refused", _("客户不愿评价")
    UNREACHABLE = "unreachable", _("多次联系不上")
    NO_CONTACT = "no_contact", _("没有联系方式")
    PASSER_BY = "passer_by", _("不留名的路人")
    ASKED_TODAY = "asked_today", _("今天已经问过")
    ENOUGH_CALLS = "enough_calls", _("15 天内已打过两次")
    OTHER = "other", _("其他（写明）")


class Duty(models.TextChoices):
    """What the page shows; open ones are split by the clock when they are read."""

    TODAY = "today", _("今天应采集")
    OVERDUE = "overdue", _("已超期")
    MISSING = "missing", _("漏采")
    DONE = "done", _("已了结")


class Whose(models.TextChoices):
    """Whose probes the page shows."""

    MINE = "mine", _("该我采集")
    ALL = "all", _("本单位全部")


BY_PEOPLE = (Source.STAFF, Source.CALLBACK)
"""records a person took: they fulfil every probe of their stage that a person collects"""
SYSTEM = "system"
"""collector of a method the customer answers without anybody asking"""
CALLBACK = "callback"
"""collector of the methods the call-back department owes"""
AT_THE_FRONT = frozenset({"front", "field", "agent"})
"""collectors that stand for whoever did the stage"""
CALLBACK_DEPARTMENT = "D-CC"
USUAL_HOURS = 24
"""calendar hours where the method names none (record_rules)"""
MISSING_AFTER = 5
"""working days after the event from which a probe without a record is missing (M34)"""
SHOWN_BACK = timedelta(days=30)
"""how far back the page shows what is over"""
