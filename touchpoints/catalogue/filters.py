"""What a map page was asked for: filters and company out of the URL."""

from django.http import Http404, HttpRequest

from cxorders.organisation.enums import Reach, UnitKind
from cxorders.organisation.models import Unit, User
from touchpoints.catalogue.enums import Industry
from touchpoints.catalogue.policy import may_see, own_company
from touchpoints.catalogue.queries import MapFilter

TEXT_LIMIT = 60


def word(request: HttpRequest, name: str) -> str:
    """One parameter of the URL, trimmed, without characters no database keeps."""
    return request.GET.get(name, "").replace("\0", "").strip()[:TEXT_LIMIT]


def map_filter(request: HttpRequest) -> MapFilter:
    """The filters of the map; an industry nobody knows filters nothing."""
    industry = word(request, "industry")
    return MapFilter(
        touchpoint=word(request, "tp"),
        text=word(request, "q"),
        industry=industry if industry in Industry.values and industry != Industry.ALL else "",
        adjusted=word(request, "own") == "1",
    )


def company_shown(request: HttpRequest, user: User) -> Unit | None:
    """The company whose values the page shows: the person's own, or the one a person of the group chose.

    None shows the group's. Http404 for a company that is not there or not this person's to see.
    """
    code = word(request, "company")
    own = own_company(user)
    if not code or (own is not None and own.code == code):
        return own
    company = Unit.objects.filter(code=code, kind=UnitKind.COMPANY).first()
    if company is None or not may_see(user, company):
        raise Http404(code)
    return company


def companies_to_choose(user: User) -> list[tuple[str, str]]:
    """Code and name of every company, for a person who sees the group; nobody else has a choice."""
    grant = user.active_grant
    if grant is None or grant.role.reach is not Reach.GROUP or own_company(user) is not None:
        return []
    return [(unit.code, unit.name) for unit in Unit.objects.filter(kind=UnitKind.COMPANY).order_by("path")]
