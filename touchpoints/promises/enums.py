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


class ToldHow(models.TextChoices):
    """How the customer heard of a broken promise."""

    PHONE = "phone", pgettext_lazy("told by", "电话")
    MESSAGE = "message", pgettext_lazy("told by", "短信或微信")
    IN_PERSON = "in_person", pgettext_lazy("told by", "当面")
    IN_WRITING = "in_writing", _("书面通知")


TELL_WITHIN_DAYS = 1
"""working days after the due time in which the customer is told, before he asks (workflows.md §11)"""
