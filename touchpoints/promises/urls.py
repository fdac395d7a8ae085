from django.urls import path

from touchpoints.promises.views import exempting, pages

app_name = "promises"
urlpatterns = [
    path("", pages.promise_list, name="list"),
    path("exemptions/", exempting.request_list, name="exemptions"),
    path("exemptions/<int:key>/decide/", exempting.decide, name="decide"),
    path("exemptions/<int:key>/photo/", exempting.photo, name="exemption_photo"),
    path("<str:number>/<int:stage_id>/tell/", pages.tell, name="tell"),
    path("<str:number>/<int:stage_id>/exempt/", exempting.ask, name="exempt"),
]
