"""Words and states of contacts."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    CALL = "call", _("来电")
    COUNTER = "counter", _("到访")
    HOME = "home", _("上门时")
    ONLINE = "online", _("网上留言")


CHANNEL_ICONS = {"call": "phone-incoming", "counter": "building-store", "home": "home-check", "online": "message-2"}
CHANNEL_OF_TOUCHPOINT = {"CC": Channel.CALL, "BH": Channel.COUNTER, "HS": Channel.HOME, "EC": Channel.HOME}
"""where a person works → how customers usually reach that person"""


class Outcome(models.TextChoices):
    """What becomes of a contact."""

    ANSWERED = "answered", _("当场答复")
    HANDED = "handed", _("转部门答复")
    FEEDBACK = "feedback", _("记成反馈")
    ORDER = "order", _("受理成订单")


class ContactState(models.TextChoices):
    OPEN = "open", pgettext_lazy("contact", "待答复")
    ANSWERED = "answered", pgettext_lazy("contact", "已答复")
    PASSED = "passed", pgettext_lazy("contact", "已转成反馈或订单")


S = ContactState

CONTACT_TRANSITIONS: dict[str, frozenset[str]] = {
    S.OPEN: frozenset({S.ANSWERED, S.PASSED}),
    S.ANSWERED: frozenset(),
    S.PASSED: frozenset(),
}


class Within(models.TextChoices):
    """When the customer will have the answer, by the working calendar of the department."""

    HALF_DAY = "4WH", _("4 个工作小时内")
    ONE_DAY = "1WD", _("1 个工作日内")
    TWO_DAYS = "2WD", _("2 个工作日内")
    FIVE_DAYS = "5WD", _("5 个工作日内")


MOST_TAGS = 6
MOST_SUMMARY = 200
