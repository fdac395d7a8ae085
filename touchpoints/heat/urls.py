from django.urls import path

from touchpoints.heat import views

app_name = "heat"
urlpatterns = [path("", views.heat_map_page, name="map")]
