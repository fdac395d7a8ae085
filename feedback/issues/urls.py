from django.urls import path

from feedback.issues import views
from feedback.issues.views.steps import STEPS

app_name = "issues"
urlpatterns = [
    path("", views.queue, name="list"),
    path("new/", views.new, name="new"),
    path("<str:number>/", views.detail, name="detail"),
    *(path(f"<str:number>/{code}/", views.step, {"code": code}, name=code) for code in STEPS),
]
