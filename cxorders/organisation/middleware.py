"""Who asks, in which role, in which language: three small gates every request passes."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from cxorders.kit import kept_form
from cxorders.organisation.queries import grants_of

OPEN_URLS = frozenset(
    {
        "organisation:login",
        "organisation:switch_language",
        "web:healthz",
        "web:readyz",
        "web:worker",
        "web:offline",
        # a customer with the link to an order: the views check its token
        "progress:page",
        "progress:call",
        "intake:rate_stage",
    }
)
"""the only URL names that answer without a signed-in person; the access matrix checks this list"""

GRANT_KEY = "active_grant"

Handler = Callable[[HttpRequest], HttpResponse]


class LoginRequired(LoginRequiredMiddleware):
    """Closed unless listed in OPEN_URLS. An htmx request of an expired session is sent to the sign-in page whole."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.user.is_authenticated or (match is not None and match.view_name in OPEN_URLS):
            return None
        kept_form.keep(request, view_func)
        response = self.handle_no_permission(request, view_func)
        if request.headers.get("HX-Request") == "true":
            blank = HttpResponse(status=204)
            blank["HX-Redirect"] = response["Location"]
            return blank
        return response


class ActiveGrant:
    """Sets `request.user.active_grant` (chosen earlier, else the first in force) and `request.user.grants_in_force`."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated:
            held = grants_of(user, at=timezone.now())
            wanted = request.session.get(GRANT_KEY)
            user.grants_in_force = held
            user.active_grant = next((g for g in held if g.pk == wanted), held[0] if held else None)
        return self.get_response(request)


class UserLanguage:
    """Speaks the language of the person, or of the cookie before sign-in; Chinese by default."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        wanted = user.language if user.is_authenticated else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
