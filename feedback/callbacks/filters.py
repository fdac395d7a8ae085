"""What the queue of call-backs was asked for, out of the URL."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from feedback.callbacks.queries.listing import DUTIES, Place


def duty_from(request: HttpRequest) -> str:
    """The chosen tab; what is due today where none is chosen, the empty string where the choice is left to the page."""
    duty = request.GET.get("duty", request.POST.get("duty", ""))
    return duty if duty in DUTIES else ""


def place_from(request: HttpRequest) -> Place | None:
    """Where the page starts; nonsense starts at the beginning."""
    moment, _mark, key = request.GET.get("after", "").partition("~")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    fits = key.isascii() and key.isdigit() and len(key) < 19
    return (at, int(key)) if fits and isinstance(at, datetime) and at.tzinfo is not None else None


def place_text(place: Place) -> str:
    """A place in the list as it stands in a link."""
    return f"{place[0].isoformat()}~{place[1]}"
