"""The product's addresses and the bare page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.utils import timezone

from cxorders.journal.models import Entry


def bare(request: HttpRequest) -> HttpResponse:
    """The limit a submission is measured against: a signed-in request, one INSERT, a redirect."""
    Entry.objects.create(actor_id=request.user.pk, verb="bench", subject_label="bench", subject_id=1, at=timezone.now())
    return redirect("/")


urlpatterns = [path("bench/bare/", bare, name="bench_bare"), path("", include("cxorders.urls"))]
