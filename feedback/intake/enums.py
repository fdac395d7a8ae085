"""Choices of experience records (workflows.md §2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    """Who typed the answer: reported apart because of the mode effect (M01)."""

    STAFF = "staff", _("员工记录")
    CUSTOMER = "customer", _("客户自填")
    CALLBACK = "callback", _("回访记录")
    IMPORT = "import", _("导入")


class NoAnswer(models.TextChoices):
    """Why there is no quantitative answer; "no answer" is never a value (metrics.md 0.7)."""

    REFUSED = "refused", _("客户不愿评分")
    ABSENT = "absent", _("客户不在场")
    NOT_ASKED = "not_asked", _("现场不便询问")


class WarningLevel(models.TextChoices):
    """Level of the text warning (M44)."""

    NONE = "none", _("无")
    YELLOW = "yellow", _("黄")
    ORANGE = "orange", _("橙")
    RED = "red", _("红")
