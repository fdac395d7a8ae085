"""The filters of the queue out of the URL; what makes no sense filters nothing."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from feedback.issues.enums import IssueState
from feedback.issues.queries.listing import AGES, Place, Wanted

AGE_LABELS = {"1": _("1 日内"), "3": _("1–3 日"), "5": _("3–5 日"), "more": _("5 日以上")}
"""ages of open issues in working days"""
VIEWS = ("open", "waiting", "mine", "raised", "closed")
SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")
TOUCHPOINTS = ("BH", "CC", "HS", "EC")


def wanted_from(request: HttpRequest) -> Wanted:
    """Clean filters of `request`."""
    return Wanted(
        view=_one_of(request, "view", VIEWS) or "open",
        state=_one_of(request, "state", tuple(IssueState.values)),
        severity=_one_of(request, "severity", SEVERITIES),
        touchpoint=_one_of(request, "tp", TOUCHPOINTS),
        unit=_key(request.GET.get("unit", "")),
        due=_one_of(request, "due", ("over", "near")),
        age=_one_of(request, "age", AGES),
        text=request.GET.get("q", "").replace("\0", "").strip()[:60],
        after=_place(request.GET.get("after", "")),
    )


def place_text(place: Place) -> str:
    """A place in the list as it stands in a link."""
    moment, key = place
    return f"{moment.isoformat()}~{key}"


def _one_of(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    value = request.GET.get(name, "")
    return value if value in known else ""


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _place(text: str) -> Place | None:
    moment, _mark, key = text.partition("~")
    number = _key(key)
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    if number is None or not isinstance(at, datetime) or at.tzinfo is None:
        return None
    return at, number
