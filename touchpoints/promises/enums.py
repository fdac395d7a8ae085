"""Choices of promises: where one stands, how a customer was told."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Standing(models.TextChoices):
    """Where a promise stands; always computed from clocks, never typed (workflows.md §11)."""

    RUNNING = "running", pgettext_lazy("promise", "进行中")
    AT_RISK = "risk", pgettext_lazy("promise", "快到期")
    BROKEN = "broken", pgettext_lazy("promise", "已失约")
    KEPT = "kept", pgettext_lazy("promise", "本月兑现")
    EXEMPT = "exempt", pgettext_lazy("promise", "已豁免")


class ToldHow(models.TextChoices):
    """How the customer heard of a broken promise."""

    PHONE = "phone", pgettext_lazy("told by", "电话")
    MESSAGE = "message", pgettext_lazy("told by", "短信或微信")
    IN_PERSON = "in_person", pgettext_lazy("told by", "当面")
    IN_WRITING = "in_writing", _("书面通知")


class ExemptionState(models.TextChoices):
    """Where a request to leave a broken promise out is."""

    ASKED = "asked", pgettext_lazy("exemption", "等待决定")
    GRANTED = "granted", pgettext_lazy("exemption", "同意豁免")
    REFUSED = "refused", pgettext_lazy("exemption", "不同意")


EXEMPTION_TRANSITIONS: dict[str, frozenset[str]] = {
    ExemptionState.ASKED: frozenset({ExemptionState.GRANTED, ExemptionState.REFUSED}),
    ExemptionState.GRANTED: frozenset(),
    ExemptionState.REFUSED: frozenset(),
}


class ExemptionReason(models.TextChoices):
    """What is not the company's fault."""

    CUSTOMER = "customer", pgettext_lazy("exemption", "客户原因(改期、不在、未缴费)")
    PERMIT = "permit", pgettext_lazy("exemption", "许可或集团外第三方")
    EMERGENCY = "emergency", pgettext_lazy("exemption", "人员调去抢险")
    FORCE_MAJEURE = "force_majeure", pgettext_lazy("exemption", "不可抗力")
    WRONG_RECORD = "wrong_record", pgettext_lazy("exemption", "按时做到，记录有误")


TELL_WITHIN_DAYS = 1
"""working days after the due time in which the customer is told, before he asks (workflows.md §11)"""
