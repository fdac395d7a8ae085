"""States of appointments, the table that says which steps exist, windows of the day, what counts how (M12)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AppointmentState(models.TextChoices):
    BOOKED = "booked", _("已约")
    CONFIRMED = "confirmed", _("已确认")
    KEPT = "kept", _("按时到场")
    LATE = "late", _("到场晚了")
    NO_ACCESS = "no_access", _("上门不遇")
    MISSED = "missed", _("未到场")
    CANCELLED = "cancelled", pgettext_lazy("appointment", "已取消")
    MOVED = "moved", _("已改约")


S = AppointmentState

APPOINTMENT_TRANSITIONS: dict[str, frozenset[str]] = {
    S.BOOKED: frozenset({S.CONFIRMED, S.KEPT, S.LATE, S.NO_ACCESS, S.MISSED, S.CANCELLED, S.MOVED}),
    S.CONFIRMED: frozenset({S.KEPT, S.LATE, S.NO_ACCESS, S.MISSED, S.CANCELLED, S.MOVED}),
    S.KEPT: frozenset({S.NO_ACCESS}),  # arrived in time, and nobody opens
    S.LATE: frozenset({S.NO_ACCESS}),
    S.NO_ACCESS: frozenset(),
    S.MISSED: frozenset(),
    S.CANCELLED: frozenset(),
    S.MOVED: frozenset(),
}

OPEN_STATES = (S.BOOKED, S.CONFIRMED)
GIVEN_BACK = (S.CANCELLED, S.MOVED)
"""states in which the place of the crew is free again"""


class Half(models.TextChoices):
    """A half-day, the unit in which places of a crew are counted."""

    AM = "am", _("上午")
    PM = "pm", _("下午")


class Outcome(models.TextChoices):
    """How an appointment that is over counts for M12; decided once, when it ends."""

    KEPT = "kept", _("履约")
    LATE = "late", _("晚到")
    MISSED = "missed", _("未履约")
    NO_ACCESS = "no_access", _("不遇，证据齐全")
    CUSTOMER_CANCELLED = "cust_cancelled", _("客户取消，不计")
    CUSTOMER_MOVED = "cust_moved", _("客户改约，不计")
    REPLACED = "replaced", _("提前商定改期，按新约定计")


@dataclass(frozen=True)
class Window:
    """A stretch of the day that is promised to a customer."""

    code: str
    half: str
    opens: time
    closes: time

    @property
    def label(self) -> str:
        """08:30–10:30"""
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


WINDOWS = {
    window.code: window
    for window in (
        Window("0830", Half.AM, time(8, 30), time(10, 30)),
        Window("1030", Half.AM, time(10, 30), time(12, 0)),
        Window("am", Half.AM, time(8, 30), time(12, 0)),
        Window("1330", Half.PM, time(13, 30), time(15, 30)),
        Window("1530", Half.PM, time(15, 30), time(17, 30)),
        Window("pm", Half.PM, time(13, 30), time(17, 30)),
    )
}

USUAL_PLACES = {"HS": 6, "EC": 3}
"""touchpoint of a crew → visits it usually makes in a half-day"""
OTHER_PLACES = 4
MOST_PLACES = 40

TOLERANCE = timedelta(minutes=15)
"""before and after the window (STD-HS-01, M12)"""
CUSTOMER_NOTICE = timedelta(hours=1)
"""a customer who moves earlier than this before the window leaves the base (M12)"""
CONFIRM_AHEAD = timedelta(days=4)
"""a confirmation is given the day before; a week-end or a short holiday may lie between"""
DAYS_AHEAD = 90
DEVICE_LAG = timedelta(hours=12)
"""how long an arrival may wait on a phone without network and keep the time of the phone"""
DEVICE_LEAD = timedelta(minutes=2)
"""how far the clock of a phone may go ahead"""


def end_of_day(at: datetime) -> datetime:
    """24:00 of the local day of `at`: until then a crew that comes is late, after it has missed the appointment."""
    local = timezone.localtime(at, timezone.get_default_timezone())
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
