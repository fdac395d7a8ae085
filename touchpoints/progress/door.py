"""The door of the public page: language, limits, tokens, and what every answer carries."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from touchpoints.progress.panels import Visit
from touchpoints.progress.queries import link_by_token
from touchpoints.progress.throttle import MISSES, READS, WRITES, too_many

Inside = Callable[[HttpRequest, Visit], HttpResponse]


def language_of(request: HttpRequest) -> str:
    """`?lang=en` or `?lang=zh`, else the language the request has anyway."""
    wanted = {"en": "en", "zh": settings.LANGUAGE_CODE}.get(request.GET.get("lang", ""))
    return wanted or translation.get_language() or settings.LANGUAGE_CODE


def by_token(view: Inside) -> Callable[..., HttpResponse]:
    """Let a view of a Visit be reached by token: in the wanted language, with limits, never indexed or stored.

    Unknown, expired and withdrawn tokens get one and the same page (404), too many requests another (429).
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            response = _answer(view, request, token, language)
        response["Content-Language"] = language
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


def _answer(view: Inside, request: HttpRequest, token: str, language: str) -> HttpResponse:
    now = timezone.now()
    link = link_by_token(token, now)
    context: dict[str, Any] = {"language": language}
    if link is None:
        busy = too_many(request, "miss", MISSES)
        return render(request, "touchpoints/progress/gone.html", {**context, "busy": busy}, status=429 if busy else 404)
    kind, most = ("write", WRITES) if request.method == "POST" else ("read", READS)
    if too_many(request, kind, most, str(link.pk)):
        return render(request, "touchpoints/progress/gone.html", {**context, "busy": True}, status=429)
    return view(request, Visit(link, token, language, now))
