from django.urls import path

from feedback.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.records, name="list"),
    path("new/", views.new, name="new"),
    path("new/find/", views.find, name="find"),
    path("mine/", views.mine, name="mine"),
    path("o/<str:token>/", views.rate_stage, name="rate_stage"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/notes/", views.note, name="note"),
    path("<str:number>/photos/<int:key>/", views.photo, name="photo"),
]
