"""`/scores/`"""

from django.urls import path

from kpi.scorecards import views

app_name = "scorecards"
urlpatterns = [
    path("", views.board_page, name="list"),
    path("compute/", views.compute, name="compute"),
    path("progress/<str:period>/", views.progress, name="progress"),
    path("<str:period>/<str:code>/", views.detail, name="detail"),
]
