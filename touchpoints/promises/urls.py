from django.urls import path

from touchpoints.promises import views

app_name = "promises"
urlpatterns = [
    path("", views.promise_list, name="list"),
    path("<str:number>/<int:stage_id>/tell/", views.tell, name="tell"),
]
