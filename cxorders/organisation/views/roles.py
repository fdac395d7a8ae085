"""The roles as an auditor reads them: what each is for, what it may do, how far it sees."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cxorders.organisation.access import SignedInRequest, requires
from cxorders.organisation.enums import REACH_TEXT
from cxorders.organisation.roles import PERMISSIONS, ROLES


@require_safe
@requires("organisation.read")
def roles(request: SignedInRequest) -> HttpResponse:
    """Every role of the code, with its permissions in words, and the matrix of all."""
    listed = [
        {
            "role": role,
            "reach": REACH_TEXT[role.reach],
            "permissions": [text for code, text in PERMISSIONS.items() if code in role.permissions],
        }
        for role in ROLES.values()
    ]
    matrix = [(code, text, [code in role.permissions for role in ROLES.values()]) for code, text in PERMISSIONS.items()]
    page = {"roles": listed, "matrix": matrix}
    return render(request, "cxorders/organisation/roles.html", page)
