"""Choices of promises made by word."""

from django.db import models
from django.utils.translation import pgettext_lazy


class PledgeState(models.TextChoices):
    """Where a promise by word is; that it is overdue is computed from the clock, never typed (workflows.md §11)."""

    OPEN = "open", pgettext_lazy("pledge", "进行中")
    KEPT = "kept", pgettext_lazy("pledge", "已兑现")
    WITHDRAWN = "withdrawn", pgettext_lazy("pledge", "客户同意取消")


P = PledgeState

PLEDGE_TRANSITIONS: dict[str, frozenset[str]] = {
    P.OPEN: frozenset({P.KEPT, P.WITHDRAWN}),
    P.KEPT: frozenset(),
    P.WITHDRAWN: frozenset(),
}


class GivenHow(models.TextChoices):
    """Where the word was given."""

    CALL = "call", pgettext_lazy("promised", "电话里")
    COUNTER = "counter", pgettext_lazy("promised", "柜台")
    VISIT = "visit", pgettext_lazy("promised", "上门时")
    SYMPOSIUM = "symposium", pgettext_lazy("promised", "座谈会")
    REPLY = "reply", pgettext_lazy("promised", "答复中")


class View(models.TextChoices):
    """Lists of the page."""

    OPEN = "open", pgettext_lazy("pledge", "进行中")
    OVERDUE = "overdue", pgettext_lazy("pledge", "已过期")
    ENDED = "ended", pgettext_lazy("pledge", "已结束")
