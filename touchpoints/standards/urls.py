from django.urls import path

from touchpoints.standards import views

app_name = "standards"
urlpatterns = [
    path("", views.standard_list, name="list"),
    path("<str:code>/own/", views.tighten, name="tighten"),
]
