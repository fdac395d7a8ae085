from django.urls import path

from touchpoints.compensation.views import pages, terms

app_name = "compensation"
urlpatterns = [
    path("", pages.compensation_list, name="list"),
    path("terms/", terms.terms_page, name="terms"),
    path("terms/<str:code>/", terms.decide, name="decide"),
    path("<str:number>/", pages.detail, name="detail"),
    path("<str:number>/pay/", pages.pay, name="pay"),
    path("<str:number>/refuse/", pages.refuse, name="refuse"),
]
