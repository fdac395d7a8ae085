"""What a phone needs to show the day of a crew without a network: the worker in its browser, and a page of its own."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """`/sw.js`, at the root because a worker serves only what lies below it; browsers ask for it anew each time.

    A release with other static files is another text, so that browsers put it in the place of the old one.
    """
    release = getattr(staticfiles_storage, "manifest_hash", "") or "unreleased"
    response = render(request, "web/worker.js", {"release": release}, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a network in place of a page that was not kept. It names nobody."""
    return render(request, "web/offline.html")
