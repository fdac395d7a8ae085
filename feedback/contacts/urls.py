from django.urls import path

from feedback.contacts import views

app_name = "contacts"
urlpatterns = [
    path("", views.contact_list, name="list"),
    path("new/<str:number>/", views.register, name="register"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/answer/", views.answer, name="answer"),
]
