"""Choices of computed values."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RunState(models.TextChoices):
    """How far one computation of a month got."""

    RUNNING = "running", pgettext_lazy("compute run", "计算中")
    FINISHED = "finished", pgettext_lazy("compute run", "已完成")
    FAILED = "failed", _("没有算成")


RUN_TRANSITIONS: dict[str, frozenset[str]] = {
    RunState.RUNNING: frozenset({RunState.FINISHED, RunState.FAILED}),
    RunState.FINISHED: frozenset(),
    RunState.FAILED: frozenset(),
}


class Answered(models.TextChoices):
    """Who typed the answer: the two modes of M01 that are reported apart (mode effect)."""

    CUSTOMER = "customer", _("客户自填")
    STAFF = "staff", _("员工代录")
