from django.urls import path

from cxorders.customers import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("<str:number>/", views.customer_detail, name="detail"),
    path("<str:number>/phone/", views.customer_reveal, name="reveal"),
    path("<str:number>/calls/", views.customer_calls, name="calls"),
]
