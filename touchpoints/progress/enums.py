"""Times at which a customer may ask to be called, and how long a link lives."""

from datetime import time

from django.db import models
from django.utils.translation import pgettext_lazy


class Slot(models.TextChoices):
    """A part of a day."""

    MORNING = "morning", pgettext_lazy("call me", "上午 9:00–11:30")
    AFTERNOON = "afternoon", pgettext_lazy("call me", "下午 13:30–17:30")
    EVENING = "evening", pgettext_lazy("call me", "傍晚 17:30–20:00")


SLOT_TIMES: dict[str, tuple[time, time]] = {
    Slot.MORNING: (time(9), time(11, 30)),
    Slot.AFTERNOON: (time(13, 30), time(17, 30)),
    Slot.EVENING: (time(17, 30), time(20)),
}
DAYS_OFFERED = 3
LIVES_DAYS = 90
"""days a link still opens after its order closed"""
