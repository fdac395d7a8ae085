"""The person behind a request."""

from typing import cast

from django.http import HttpRequest

from cxorders.organisation.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person; the middleware lets nobody else through."""
    return cast(User, request.user)
