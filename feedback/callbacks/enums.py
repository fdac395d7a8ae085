"""States and words of call-backs (workflows.md §4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallbackState(models.TextChoices):
    PLANNED = "planned", _("未到窗口")
    DUE = "due", _("待回访")
    IN_CALL = "in_call", _("通话中")
    REACHED = "reached", _("已接通")
    NOT_REACHED = "not_reached", _("未接通")
    RETRY_PLANNED = "retry_planned", _("换时段")
    FINISHED = "finished", _("完成")
    UNREACHABLE = "unreachable", _("联系不上")
    REFUSED = "refused", _("客户拒绝")
    VOID = "void", _("作废")


S = CallbackState

CALLBACK_TRANSITIONS: dict[str, frozenset[str]] = {
    S.PLANNED: frozenset({S.DUE, S.VOID}),  # C2 C11
    S.DUE: frozenset({S.IN_CALL, S.VOID}),  # C3
    S.IN_CALL: frozenset({S.REACHED, S.NOT_REACHED, S.DUE, S.RETRY_PLANNED, S.VOID}),  # C4 C5; released claims go back
    S.REACHED: frozenset({S.FINISHED, S.REFUSED, S.VOID}),  # C8 C9
    S.NOT_REACHED: frozenset({S.RETRY_PLANNED, S.UNREACHABLE, S.VOID}),  # C6 C7
    S.RETRY_PLANNED: frozenset({S.IN_CALL, S.VOID}),  # C3 again
    S.FINISHED: frozenset({S.VOID}),
    S.UNREACHABLE: frozenset({S.VOID}),
    S.REFUSED: frozenset({S.VOID}),
    S.VOID: frozenset(),
}

FINAL_STATES = (S.FINISHED, S.UNREACHABLE, S.REFUSED, S.VOID)
WAITING_STATES = (S.PLANNED, S.DUE, S.RETRY_PLANNED, S.IN_CALL)


class AttemptResult(models.TextChoices):
    """Result codes of a call (catalogue callback_common)."""

    REACHED = "reached_complete", _("接通并完成")
    PARTIAL = "reached_partial", _("接通未答完")
    REFUSED = "refused", _("拒绝回访")
    BUSY = "busy", _("占线")
    NO_ANSWER = "no_answer", _("无人接听")
    POWER_OFF = "power_off", _("关机")
    WRONG_NUMBER = "wrong_number", _("号码错误")
    NOT_CUSTOMER = "not_customer", _("非客户本人")
    LANGUAGE = "language", _("语言不通")
    APPOINTMENT = "appointment_made", _("约定改时再打")


NOT_REACHED_RESULTS = (
    AttemptResult.BUSY,
    AttemptResult.NO_ANSWER,
    AttemptResult.POWER_OFF,
    AttemptResult.WRONG_NUMBER,
    AttemptResult.NOT_CUSTOMER,
    AttemptResult.LANGUAGE,
    AttemptResult.APPOINTMENT,
)


class Slot(models.TextChoices):
    """Time slots of a day; a second try goes into another one (CB-03)."""

    AM = "AM", _("上午")
    NOON = "NOON", _("午间")
    PM = "PM", _("下午")
    EVENING = "EVE", _("晚间")
    WEEKEND = "WE", _("周末")
