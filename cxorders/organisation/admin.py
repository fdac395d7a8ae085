"""/admin/: technical tables only, for administrators of the group; no business content (workflows §14)."""

from collections.abc import Callable
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cxorders.kit.errors import NotAllowed


class TechnicalSite(admin.AdminSite):
    """Admits superusers and whoever acts as administrator at the group; everybody else gets 403."""

    site_header = site_title = _("技术维护")
    index_title = _("技术表")

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        if not user.is_active:
            return False
        grant = getattr(user, "active_grant", None)
        at_the_group = grant is not None and grant.role_code == "admin" and grant.unit.company_id is None
        return user.is_superuser or at_the_group

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise NotAllowed()
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one door only."""
        return redirect(settings.LOGIN_URL)


class Technical(admin.ModelAdmin):
    """Rows to look at; whoever enters the site may."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Locks(Technical):
    """Failed sign-ins; deleting a row lifts its lock."""

    list_display = ["username", "ip_address", "attempt_time", "failures_since_start"]
    search_fields = ["username", "ip_address"]
    exclude = ["get_data", "post_data", "session_hash"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class SignIns(Technical):
    """Who signed in and out."""

    list_display = ["username", "ip_address", "attempt_time", "logout_time"]
    search_fields = ["username", "ip_address"]
    exclude = ["session_hash"]


def furnish(site: admin.AdminSite) -> None:
    """Leave exactly the technical tables on `site`, whatever the applications registered themselves."""
    for model in list(site._registry):
        site.unregister(model)
    site.register(AccessAttempt, Locks)
    site.register(AccessLog, SignIns)
