"""`/journal/`: who did what to what, when. Nothing here can be changed."""

from datetime import date, datetime

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cxorders.journal.models import Entry
from cxorders.kit.formats import date_prose
from cxorders.organisation.access import SignedInRequest, requires
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from cxorders.web.journalling.queries import Line, Wanted, page_of
from cxorders.web.journalling.words import FAMILIES, LABELS, ORGANISATION, SYSTEM, VALUES, WORDS
from feedback.intake.filters import place_from, place_text

MOST_DATA = 220
MOMENT = 19
"""length of a moment written without a zone"""


@require_safe
@requires("journal.read")
def journal(request: SignedInRequest) -> HttpResponse:
    """The actions in reach, newest first, with filters in the address."""
    wanted = wanted_from(request.GET, request.user)
    lines, place = page_of(request.user, wanted)
    query = request.GET.copy()
    query["after"] = place_text(place)
    blind = scope_of(request.user).blind
    context = {
        "lines": [_shown(line) for line in lines],
        "wanted": wanted,
        "actor": User.objects.filter(pk=wanted.actor).first() if wanted.actor else None,
        "families": [(code, label) for code, label in FAMILIES.items() if not blind or code in ORGANISATION],
        "companies": _companies(request.user),
        "next": f"?{query.urlencode()}" if place else "",
        "filtered": bool(wanted.actor or wanted.family or wanted.company or wanted.first or wanted.last),
        "now": timezone.now(),
    }
    return render(request, "web/journal.html", context)


def wanted_from(query: QueryDict, user: User) -> Wanted:
    """The filters in `query`; what makes no sense filters nothing. A name looks up the person."""
    family = query.get("about", "")
    return Wanted(
        actor=_actor(query.get("by", ""), user),
        family=family if family in FAMILIES else "",
        company=_whole(query.get("company", "")),
        first=_day(query.get("from", "")),
        last=_day(query.get("to", "")),
        after=_place(query.get("after", "")),
    )


def _actor(text: str, user: User) -> int | None:
    """The person with this sign-in name or name; 0, which nobody has, for a name nobody has."""
    text = text.strip()[:80]
    if not text:
        return None
    people = User.objects.visible_to(user)
    found = people.filter(username=text).first() or people.filter(name=text).order_by("pk").first()
    return found.pk if found is not None else 0


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 9000 else None


def _place(text: str) -> tuple[datetime, int] | None:
    return place_from(text)


def _companies(user: User) -> list[tuple[str, str]]:
    if not scope_of(user).everything:
        return []
    rows = Unit.objects.filter(kind=UnitKind.COMPANY).order_by("path")
    return [(str(unit.pk), unit.name) for unit in rows]


def _shown(line: Line) -> dict[str, object]:
    """One line of the page in words; a verb without words shows its own name."""
    entry = line.entry
    return {
        "at": entry.at,
        "actor": entry.actor_name or SYSTEM,
        "verb": WORDS.get(entry.verb, entry.verb),
        "family": FAMILIES.get(entry.verb.partition(".")[0], ""),
        "unit": line.unit,
        "number": line.number or f"#{entry.subject_id}",
        "url": line.url,
        "data": details(entry),
    }


def details(entry: Entry) -> str:
    """What else the row says, in the words of the business; keys without words, numbers of rows and phones stay out."""
    parts = []
    for name, label in LABELS.items():
        value = entry.data.get(name)
        if value in (None, "") or isinstance(value, (dict, list)):
            continue
        parts.append(_("%(label)s：%(value)s") % {"label": label, "value": _valued(name, value)})
    text = " · ".join(parts)
    return text if len(text) <= MOST_DATA else f"{text[:MOST_DATA]}…"


def _valued(name: str, value: object) -> object:
    """A value in words where it is a code; days and times as people read them."""
    words = VALUES.get(name, {}).get(str(value))
    if words is not None:
        return words
    moment = parse_datetime(value) if isinstance(value, str) and len(value) >= MOMENT else None
    return date_prose(moment) if isinstance(moment, datetime) and moment.tzinfo is not None else value
