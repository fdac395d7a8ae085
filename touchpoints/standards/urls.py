from django.urls import path

from touchpoints.standards.views import pages, steps

app_name = "standards"
urlpatterns = [
    path("", pages.standard_list, name="list"),
    path("waiting/", pages.waiting, name="waiting"),
    path("versions/<int:key>/decide/", steps.decide, name="decide"),
    path("versions/<int:key>/withdraw/", steps.withdraw, name="withdraw"),
    path("versions/<int:key>/display/", steps.display, name="display"),
    path("<str:code>/own/", steps.propose, name="propose"),
]
