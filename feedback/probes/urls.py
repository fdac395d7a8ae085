from django.urls import path

from feedback.probes import views

app_name = "probes"
urlpatterns = [
    path("", views.probe_list, name="list"),
    path("<int:key>/excuse/", views.explain, name="excuse"),
]
