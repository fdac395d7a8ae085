"""What a score page was asked for, out of the URL. A value nobody offers falls back to the usual one."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from cxorders.organisation.enums import Reach, UnitKind
from cxorders.organisation.models import Unit, User
from kpi.metrics.definitions import ROLLED
from kpi.metrics.periods import Month, WrongPeriod
from kpi.metrics.queries.paging import PARTS
from kpi.scorecards.queries import BY_SCORE, levels_for, usual_level

LONGEST = 40


@dataclass(frozen=True)
class BoardFilter:
    """Month, level, company and order of the board."""

    month: Month
    level: str
    company: Unit | None
    sort: str
    page: int


def word(request: HttpRequest, name: str) -> str:
    """One parameter of the URL, trimmed, without characters no database keeps."""
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST]


def whole_number(request: HttpRequest, name: str) -> int | None:
    """A parameter that is a small whole number, else None."""
    text = word(request, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def month_asked(text: str, at: datetime) -> Month:
    """The month "2026-10", or the last whole month where none was named."""
    try:
        return Month.parse(text)
    except WrongPeriod:
        return Month.at(at).shifted(-1)


def companies_to_choose(user: User) -> list[Unit]:
    """The companies a person of the group may narrow the board to; nobody else has a choice."""
    grant = user.active_grant
    if grant is None or grant.role.reach is not Reach.GROUP:
        return []
    return list(Unit.objects.filter(kind=UnitKind.COMPANY).order_by("path"))


def board_filter(request: HttpRequest, user: User, at: datetime) -> BoardFilter:
    """The filter of the board as `user` may use it."""
    level, company, sort = word(request, "level"), word(request, "company"), word(request, "sort").lstrip("-")
    chosen = next((unit for unit in companies_to_choose(user) if unit.code == company), None) if company else None
    return BoardFilter(
        month=month_asked(word(request, "period"), at),
        level=level if level in levels_for(user) else usual_level(user),
        company=chosen,
        sort=sort if sort in {one.code for one in ROLLED} else BY_SCORE,
        page=max(whole_number(request, "page") or 1, 1),
    )


def part_asked(request: HttpRequest) -> str:
    """Which rows of an indicator are open, empty for the usual ones."""
    part = word(request, "part")
    return part if part in PARTS else ""
