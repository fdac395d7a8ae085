from django.urls import path

from cxorders.web import comparing, gallery, health, home, offline, searching
from cxorders.web.dashboard import views as dashboard
from cxorders.web.journalling import views as journalling

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/rows/<str:code>/", dashboard.rows, name="dashboard_rows"),
    path("compare/", comparing.compare, name="compare"),
    path("search/", searching.search, name="search"),
    path("journal/", journalling.journal, name="journal"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("sw.js", offline.worker, name="worker"),
    path("offline/", offline.offline, name="offline"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
