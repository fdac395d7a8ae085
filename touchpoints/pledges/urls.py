from django.urls import path

from touchpoints.pledges import views

app_name = "pledges"
urlpatterns = [
    path("", views.pledge_list, name="list"),
    path("for/<str:number>/", views.give, name="give"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/keep/", views.keep, name="keep"),
    path("<str:number>/change/", views.change, name="change"),
    path("<str:number>/withdraw/", views.withdraw, name="withdraw"),
]
