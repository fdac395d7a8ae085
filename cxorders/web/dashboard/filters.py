"""Filters of the dashboard out of the address, never raising: what makes no sense filters nothing."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from cxorders.kit.formats import month_prose
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from cxorders.web.figures import Period, last_days, month_period, period_text
from feedback.issues.filters import SEVERITIES, TOUCHPOINTS
from kpi.metrics.periods import Month, WrongPeriod

USUAL, LONG = "30", "90"
MONTHS_BACK = 6


@dataclass(frozen=True)
class Wanted:
    """What the dashboard is narrowed to, already clean."""

    period: Period
    unit: Unit | None = None
    touchpoint: str = ""
    severity: str = ""
    running: bool = False
    """without issues whose clock stands still"""
    key_point: str = ""

    def query(self, **more: object) -> str:
        """The address part that keeps these filters, and `more`."""
        kept: dict[str, object] = {
            "period": self.period.code if self.period.code != USUAL else "",
            "unit": self.unit.pk if self.unit else "",
            "tp": self.touchpoint,
            "severity": self.severity,
        }
        filled = {name: value for name, value in {**kept, **more}.items() if value not in ("", None)}
        return f"?{urlencode(filled)}" if filled else ""


def wanted_from(query: QueryDict, user: User, at: datetime) -> Wanted:
    """The filters in `query`; a unit outside the reach of `user` is none."""
    return Wanted(
        period=period_from(query.get("period", ""), at),
        unit=_unit(query.get("unit", ""), user),
        touchpoint=_one_of(query.get("tp", ""), TOUCHPOINTS),
        severity=_one_of(query.get("severity", ""), SEVERITIES),
        running=query.get("running") == "1",
        key_point=query.get("kp", "")[:40],
    )


def period_from(text: str, at: datetime) -> Period:
    """The last 30 days, the last 90, or a month written 2026-10."""
    if text in (USUAL, LONG, ""):
        return last_days(at, int(text or USUAL))
    try:
        month = Month.parse(text)
    except WrongPeriod:
        return last_days(at, int(USUAL))
    return month_period(month) if month.start <= at else last_days(at, int(USUAL))


def period_options(at: datetime) -> list[tuple[str, str]]:
    """What can be chosen: days back, then the months of the last half year."""
    this = Month.at(at)
    months = [this.shifted(-back) for back in range(MONTHS_BACK)]
    days = [(code, period_text(last_days(at, int(code)))) for code in (USUAL, LONG)]
    return [*days, *((str(month), month_prose(month.first)) for month in months)]


def before_text(period: Period) -> str:
    """与上一个 30 天比."""
    return _("与上一个 %(n)s 天比") % {"n": period.days}


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""


def _unit(text: str, user: User) -> Unit | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    unit = Unit.objects.filter(pk=int(text)).first()
    return unit if unit is not None and scope_of(user).covers(unit) else None
