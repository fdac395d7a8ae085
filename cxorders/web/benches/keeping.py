"""The bench of administrators: the state of the organisation, no business content."""

from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cxorders.journal.models import Entry
from cxorders.organisation.enums import VERB_TEXT
from cxorders.organisation.models import CalendarDay, Grant, Unit, User
from cxorders.web.open_work import said, up_to

MOST = 8
PUBLISHED_BY = (12, 1)
"""month and day from which the calendar of the next year should be there"""


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench: people without a post, years without a calendar, units without windows. Seven queries."""
    today = timezone.localdate(at)
    in_force = Grant.objects.in_force(at).filter(user=OuterRef("pk"))
    idle = User.objects.visible_to(user).filter(~Exists(in_force), is_active=True)
    units = Unit.objects.visible_to(user).filter(closed_on=None)
    return {
        "idle": list(idle.order_by("-date_joined", "-pk")[:MOST]),
        "idle_count": said(up_to(idle)),
        "people": said(up_to(User.objects.visible_to(user).filter(is_active=True), 9999), 9999),
        "units": said(up_to(units, 9999), 9999),
        "without_rule": _without_rule(user),
        "years": _years(today),
        "entries": _changes(),
    }


def _years(today: date) -> list[dict[str, Any]]:
    """This year and the next: is the public calendar there, and must it be?"""
    there = set(CalendarDay.objects.order_by().values_list("notice_year", flat=True).distinct())
    return [
        {"year": today.year, "there": today.year in there, "urgent": True},
        {
            "year": today.year + 1,
            "there": today.year + 1 in there,
            "urgent": (today.month, today.day) >= PUBLISHED_BY,
        },
    ]


def _without_rule(user: User) -> list[Unit]:
    """Open units for which no window is set at themselves or above: no clock can run there."""
    holders = list(Unit.objects.filter(work_rule__isnull=False).order_by("path").values_list("path", flat=True))
    units = Unit.objects.visible_to(user).filter(closed_on=None).order_by("path")
    return [unit for unit in units if not any(unit.path.startswith(path) for path in holders)][:MOST]


def _changes() -> list[dict[str, Any]]:
    """The newest changes of the organisation."""
    rows = Entry.objects.filter(subject_label__in=("cxorders.unit", "cxorders.user", "cxorders.grant"))
    return [
        {"actor": entry.actor_name, "verb": VERB_TEXT.get(entry.verb, entry.verb), "at": entry.at, "icon": "settings"}
        for entry in rows.order_by("-at", "-pk")[:MOST]
    ]
