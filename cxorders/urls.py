"""Every address of the product; each capability owns what lies below its prefix."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("cxorders.web.urls")),
    path("", include("cxorders.organisation.urls")),
    path("views/", include("cxorders.saved_views.urls")),
    path("customers/", include("cxorders.customers.urls")),
    path("transfer/", include("cxorders.transfer.urls")),
    path("map/", include("touchpoints.catalogue.urls")),
    path("standards/", include("touchpoints.standards.urls")),
    path("orders/heat/", include("touchpoints.heat.urls")),
    path("orders/", include("touchpoints.orders.urls")),
    path("promises/", include("touchpoints.promises.urls")),
    path("compensations/", include("touchpoints.compensation.urls")),
    path("pledges/", include("touchpoints.pledges.urls")),
    path("appointments/", include("touchpoints.appointments.urls")),
    path("", include("touchpoints.progress.urls")),
    path("feedback/", include("feedback.intake.urls")),
    path("contacts/", include("feedback.contacts.urls")),
    path("issues/", include("feedback.issues.urls")),
    path("callbacks/", include("feedback.callbacks.urls")),
    path("probes/", include("feedback.probes.urls")),
    path("scores/", include("kpi.scorecards.urls")),
    path("admin/", admin.site.urls),
]
