"""Permission at the door of a view (DESIGN §6); rows are `visible_to`, acts on one row are `policy.py`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from cxorders.kit.errors import NotAllowed
from cxorders.organisation.models import User
from cxorders.organisation.roles import PERMISSIONS

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class SignedInRequest(HttpRequest):
    """What a guarded view gets: the gates of the middleware are passed, so there is a person. For type hints only."""

    user: User
    htmx: HtmxDetails


def may(user: Any, permission: str) -> bool:
    """Whether the grant `user` acts under carries `permission`."""
    grant = getattr(user, "active_grant", None)
    return grant is not None and grant.role.may(permission)


def requires(permission: str) -> Callable[[View], View]:
    """Let only roles with `permission` enter the view; others get NotAllowed (403).

    The permission stays readable on the view as `requires`, so that the access matrix can be held against it.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(request.user, permission):
                raise NotAllowed()
            return view(request, *args, **kwargs)

        guarded.requires = permission  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate
