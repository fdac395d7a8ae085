"""Choices of compensations: where one is, how it is paid, how its terms are counted."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CompensationState(models.TextChoices):
    """Where a compensation is; that it is overdue is computed from the clock (workflows.md §11)."""

    DUE = "due", pgettext_lazy("compensation", "待付")
    PAID = "paid", pgettext_lazy("compensation", "已付")
    REFUSED = "refused", pgettext_lazy("compensation", "不赔")


C = CompensationState

COMPENSATION_TRANSITIONS: dict[str, frozenset[str]] = {
    C.DUE: frozenset({C.PAID, C.REFUSED}),
    C.PAID: frozenset(),
    C.REFUSED: frozenset(),
}


class PaidForm(models.TextChoices):
    """How the customer got the money."""

    CREDIT = "credit", pgettext_lazy("compensation", "账单抵扣")
    TRANSFER = "transfer", pgettext_lazy("compensation", "银行转账")
    CASH = "cash", pgettext_lazy("compensation", "现金")


class View(models.TextChoices):
    """Lists of the page."""

    DUE = "due", pgettext_lazy("compensation", "待付")
    LATE = "late", pgettext_lazy("compensation", "逾期未付")
    PAID = "paid", pgettext_lazy("compensation", "已付")
    REFUSED = "refused", pgettext_lazy("compensation", "不赔")


PAY_WITHIN_DAYS = 10
"""working days after the breach in which the customer has the money; later, the same sum is owed again (M62)"""
OTHER = "other"
"""the reason of a refusal that no exemption of the table names"""
OTHER_ZH, OTHER_EN = "其他", "other"
EXEMPTED_ZH, EXEMPTED_EN = "失约已豁免", "breach exempted"
MOST_TEXT = 300
LEAST_TEXT = 4
"""characters that make a reason"""
MOST_AMOUNT = Decimal("99999.99")
"""yuan for one promise"""

VERB_TEXT = {
    "compensation.due": _("失约产生了赔付"),
    "compensation.paid": _("付了失约赔付"),
    "compensation.refused": _("写明原因，不赔"),
    "compensation.switched_on": _("批准本公司的失约赔付"),
    "compensation.switched_off": _("关闭本公司的失约赔付"),
}
"""the journal in words"""
