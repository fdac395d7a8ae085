from django.urls import path

from touchpoints.progress import views

app_name = "progress"
urlpatterns = [
    path("o/<str:token>/", views.progress, name="page"),
    path("o/<str:token>/call/", views.call_me, name="call"),
    path("orders/<str:number>/progress/share/", views.share, name="share"),
    path("orders/<str:number>/progress/withdraw/", views.withdraw, name="withdraw"),
    path("orders/<str:number>/progress/renew/", views.renew, name="renew"),
]
