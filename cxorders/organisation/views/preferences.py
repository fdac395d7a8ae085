"""What a person chooses for herself: language, active role, password."""

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxorders.organisation.access import SignedInRequest
from cxorders.organisation.actions import change_password, choose_language
from cxorders.organisation.forms import LanguageForm, OwnPasswordForm
from cxorders.organisation.middleware import GRANT_KEY
from cxorders.organisation.queries.directory import history_of


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on: kept with the person, and in a cookie before sign-in."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        choose_language(request.user, language=language)
    response = redirect(_back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@require_POST
def switch_grant(request: HttpRequest) -> HttpResponse:
    """Act under another of the person's own grants."""
    wanted = request.POST.get("grant", "")
    held = {str(grant.pk): grant.pk for grant in getattr(request.user, "grants_in_force", [])}
    if wanted not in held:
        return HttpResponseBadRequest()
    request.session[GRANT_KEY] = held[wanted]
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request: SignedInRequest) -> HttpResponse:
    """A person sets the own password; the sign-in on this device stays, all others end."""
    user = request.user
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_password(user, by=user, at=timezone.now(), password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        return redirect("organisation:password_change_done")
    status = 422 if request.method == "POST" else 200
    return render(request, "registration/password_change_form.html", {"form": form}, status=status)


@require_safe
def password_change_done(request: SignedInRequest) -> HttpResponse:
    """The new password is in force."""
    return render(request, "registration/password_change_done.html")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """The own account: grants now and before, language."""
    user = request.user
    form = LanguageForm(request.POST or None, initial={"language": user.language})
    if request.method == "POST" and form.is_valid():
        choose_language(user, language=form.cleaned_data["language"])
        return redirect("organisation:profile")
    page = {"form": form, "person": user, "grants": list(history_of(user)), "now": timezone.now()}
    return render(request, "cxorders/organisation/profile.html", page, status=422 if request.method == "POST" else 200)
