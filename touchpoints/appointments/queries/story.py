"""The journal of an appointment as lines people read, in the shape of the component `timeline`."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxorders.journal.queries import timeline
from cxorders.kit.formats import date_prose
from touchpoints.appointments.models import Appointment
from touchpoints.orders.enums import AskedBy

WORDS: dict[str, tuple[str, str, Any]] = {
    "appointment.booked": ("calendar-plus", "", gettext_lazy("约定上门")),
    "appointment.confirmed": ("check", "ok", gettext_lazy("客户确认")),
    "appointment.moved": ("calendar-time", "warn", gettext_lazy("改约到这个时段")),
    "appointment.cancelled": ("x", "bad", gettext_lazy("取消预约")),
    "appointment.arrived": ("map-pin", "ok", gettext_lazy("到场签到")),
    "appointment.no_access": ("home", "warn", gettext_lazy("上门不遇")),
    "appointment.missed": ("calendar-x", "bad", gettext_lazy("当天没有到场")),
}
"""verb → icon, kind, words"""


def story_of(appointment: Appointment) -> list[dict[str, Any]]:
    """The lines of one appointment, newest first."""
    lines = []
    for row in timeline(appointment)[:40]:
        icon, kind, words = WORDS.get(row.verb, ("point", "", row.verb))
        lines.append(
            {
                "actor": row.actor_name or _("系统"),
                "post": "",
                "verb": words,
                "at": row.at,
                "when": "",
                "icon": icon,
                "kind": "bad" if row.data.get("late") and row.verb == "appointment.arrived" else kind,
                "text": str(row.data.get("reason") or ""),
                "note": _note(row.data),
                "strong": False,
            }
        )
    return lines


def _note(data: dict[str, Any]) -> str:
    parts = []
    if data.get("asked_by") in AskedBy.values:
        parts.append(_("%(who)s 提出") % {"who": AskedBy(data["asked_by"]).label})
    for key, words in (("before", _("原约 %(at)s")), ("arrived_at", _("手机时间 %(at)s"))):
        moment = parse_datetime(str(data[key])) if data.get(key) else None
        if moment is not None:
            parts.append(words % {"at": date_prose(moment)})
    return " · ".join(parts)
